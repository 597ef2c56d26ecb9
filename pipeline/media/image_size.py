"""Sizes from image headers alone, so that a hostile header is refused before decoding."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

_PNG = b"\x89PNG\r\n\x1a\n"
#: JPEG markers that start a frame and hold its size.
_SOF = frozenset({*range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0)})
_MAX_SEGMENTS = 1000


def header_size(file: Path) -> tuple[int, int] | None:
    """Width and height that a PNG, JPEG or BMP header states; None for all else.

    An unreadable file gives None too: reading it says what is wrong.
    """
    try:
        with file.open("rb") as stream:
            return stream_size(stream)
    except OSError:
        return None


def stream_size(stream: BinaryIO) -> tuple[int, int] | None:
    """The same for an open picture, read from its beginning."""
    head = stream.read(26)
    if head.startswith(_PNG) and len(head) >= 24:
        width, height = struct.unpack(">II", head[16:24])
        return width, height
    if head.startswith(b"BM") and len(head) == 26:
        width, height = struct.unpack("<ii", head[18:26])
        return abs(width), abs(height)
    if head.startswith(b"\xff\xd8"):
        stream.seek(2)
        return _jpeg_size(stream)
    return None


def _jpeg_size(stream: BinaryIO) -> tuple[int, int] | None:
    for _ in range(_MAX_SEGMENTS):
        marker = stream.read(2)
        while len(marker) == 2 and marker == b"\xff\xff":  # fill bytes
            marker = b"\xff" + stream.read(1)
        if len(marker) < 2 or marker[0] != 0xFF:
            return None
        if marker[1] == 0x01 or 0xD0 <= marker[1] <= 0xD8:
            continue
        length = stream.read(2)
        if len(length) < 2:
            return None
        if marker[1] in _SOF:
            body = stream.read(5)
            if len(body) < 5:
                return None
            height, width = struct.unpack(">HH", body[1:5])
            return width, height
        stream.seek(max(0, struct.unpack(">H", length)[0] - 2), 1)
    return None
