"""What a document said."""

from __future__ import annotations

from PySide6.QtCore import SignalInstance

from app.state import Document


def codes(document: Document) -> list[str]:
    """Codes of the notices so far."""
    return [notice.code for notice in document.notices.recent]


def heard(signal: SignalInstance) -> list[tuple]:
    """Arguments of each emission from now on."""
    calls: list[tuple] = []
    signal.connect(lambda *arguments: calls.append(arguments))
    return calls
