"""Finds the optional folder with real clips and reference data that lies beside a checkout."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


def shared(name: str) -> Path:
    """Path of a file in the shared folder; skips the test where it is absent."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"the shared folder with {name} is not beside this checkout")
    return path
