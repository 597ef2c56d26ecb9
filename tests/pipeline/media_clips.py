"""Clips whose frames carry their own number in blocks of pixels, safe against compression."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

BITS = 12
BLOCK = 16
SIZE = (128, 96)  # 8 x 6 blocks: a border of one, 6 x 4 inside, of which 12 hold bits


def numbered(number: int, size: tuple[int, int] = SIZE) -> np.ndarray:
    """A picture that says its number: bits as black and white blocks, the rest moving grey."""
    width, height = size
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    grey = 128 + 50 * np.sin(x / 9 + number / 5) * np.cos(y / 7 - number / 11)
    picture = np.stack([grey, grey + 10 * np.sin(x / 20), grey], -1).astype(np.uint8)
    for bit in range(BITS):
        row, column = divmod(bit, 6)
        top, left = BLOCK * (1 + row), BLOCK * (1 + column)
        picture[top : top + BLOCK, left : left + BLOCK] = 235 if number >> bit & 1 else 20
    picture[-8:, -8:] = (200, 30, 30)  # tells left from right and top from bottom
    return picture


def number_in(picture: np.ndarray) -> int:
    """Read the number back."""
    found = 0
    for bit in range(BITS):
        row, column = divmod(bit, 6)
        top, left = BLOCK * (1 + row), BLOCK * (1 + column)
        block = picture[top + 4 : top + BLOCK - 4, left + 4 : left + BLOCK - 4]
        found |= int(block.mean() > 128) << bit
    return found


def write_clip(
    path: Path,
    frames: int | Iterable[np.ndarray] = 150,
    *,
    codec: str = "libx264",
    fps: int = 25,
    pts: Sequence[int] | None = None,
    time_base: Fraction | None = None,
    options: dict[str, str] | None = None,
    gop: int = 60,
    b_frames: int = 3,
    pix_fmt: str = "yuv420p",
    rotation: int = 0,
    aspect: Fraction | None = None,
    size: tuple[int, int] = SIZE,
) -> Path:
    """Encode numbered frames (or given pictures) straight through FFmpeg's libraries."""
    pictures = [numbered(i, size) for i in range(frames)] if isinstance(frames, int) else frames
    unit = time_base or Fraction(1, fps)
    with av.open(str(path), "w") as target:
        stream = target.add_stream(codec, rate=fps, options=options or {})
        stream.width, stream.height = size
        stream.pix_fmt = pix_fmt
        context = stream.codec_context
        context.time_base = stream.time_base = unit
        context.gop_size = gop
        context.max_b_frames = b_frames
        if codec not in ("libx264", "mjpeg"):
            context.bit_rate = 2_000_000
        if aspect is not None:
            context.sample_aspect_ratio = aspect
        if rotation:
            stream.set_display_rotation(rotation)
        for index, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts = pts[index] if pts is not None else index
            frame.time_base = unit
            target.mux(stream.encode(frame))
        target.mux(stream.encode())
    return path


def remux(source: Path, target: Path, *, shift: int = 0, skip: int = 0) -> Path:
    """Copy packets with all times moved by ``shift`` units; ``skip`` leaves out the first ones."""
    with av.open(str(source)) as first, av.open(str(target), "w") as out:
        video = first.streams.video[0]
        copy = out.add_stream_from_template(video)
        for number, packet in enumerate(first.demux(video)):
            if not packet.size or number < skip:
                continue
            packet.stream = copy
            packet.pts += shift
            packet.dts += shift
            out.mux(packet)
    return target


def write_sound(path: Path, seconds: float = 0.5) -> Path:
    """A file that holds sound only."""
    with av.open(str(path), "w") as target:
        stream = target.add_stream("aac", rate=16_000)
        silence = np.zeros((1, int(16_000 * seconds)), np.float32)
        frame = av.AudioFrame.from_ndarray(silence, format="fltp", layout="mono")
        frame.sample_rate, frame.pts = 16_000, 0
        target.mux(stream.encode(frame))
        target.mux(stream.encode())
    return path
