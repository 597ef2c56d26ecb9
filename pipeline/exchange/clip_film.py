"""The clip as a film for showing to others: points, frame number and event bar burned in."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipeline.core.errors import ExportError
from pipeline.core.labels import format_aus
from pipeline.core.progress import Job, Progress
from pipeline.core.types import EventSpan

if TYPE_CHECKING:
    from pipeline.face import FaceTrack
    from pipeline.media import FrameSource

Image = NDArray[np.uint8]
Colour = tuple[int, int, int]

# The colours of the studio's dark theme, RGB.
_PANEL: Colour = (24, 28, 34)
_LINE: Colour = (44, 52, 64)
_TEXT: Colour = (213, 219, 228)
_ACCENT: Colour = (127, 227, 196)
_EVENT: Colour = (47, 111, 96)
_APEX: Colour = (255, 180, 84)
_NOW: Colour = (255, 107, 122)

#: OpenCV draws at fractions of a pixel of 2 ** -_SHIFT.
_SHIFT = 4
_STRIP = 56
_MARGIN = 8


def annotated_film(
    source: FrameSource,
    target: str | Path,
    *,
    track: FaceTrack | None = None,
    events: Sequence[EventSpan] = (),
    start: int = 0,
    stop: int | None = None,
    crf: int = 18,
) -> Job[Path]:
    """Write a clip as MP4 with what was found on it.

    The picture keeps its size; below it a strip shows the frame's index, its time, its number
    in the file's name, the event it lies in, and a bar of all events with their apexes. Every
    frame keeps its exact time. Points that were interpolated are drawn as rings.

    Parameters
    ----------
    source : FrameSource
        The clip.
    target : str or Path
        The MP4; replaced in one step when all is written.
    track : FaceTrack, optional
        Points to draw.
    events : sequence of EventSpan
        Spans to draw.
    start, stop : int
        Frames to show, ``stop`` exclusive; the whole clip by default.
    crf : int
        H.264 quality, see `pipeline.media.FilmWriter`.

    Returns
    -------
    Path
        The film.

    Raises
    ------
    ExportError
        ``export.empty`` if no frame lies between ``start`` and ``stop``; ``export.mismatch``
        if the track is that of another clip.
    MediaError
        If a frame cannot be read or the film cannot be written.
    """
    from pipeline.media import FilmWriter

    frames = range(source.n_frames)[slice(start, stop)]
    _check(source, frames, track)
    scale = max(1.0, source.height / 480)
    strip = 2 * round(_STRIP * scale / 2)
    bar = _event_bar(source.width, scale, frames, events)
    times = source.pts[frames.start : frames.stop] - source.pts[frames.start]
    size = (source.width, source.height + strip)
    film = FilmWriter(
        target,
        size,
        Fraction(source.fps).limit_denominator(1001),
        pts=times,
        time_base=source.time_base,
        crf=crf,
    )
    with film:
        for index, rgb in source.iter_frames(frames.start, frames.stop):
            canvas = np.empty((size[1], size[0], 3), np.uint8)
            canvas[: source.height] = rgb
            canvas[source.height :] = _PANEL
            if track is not None:
                draw_points(canvas[: source.height], track.points[index], track.measured[index])
            _draw_strip(canvas[source.height :], source, index, events, scale)
            _draw_bar(canvas[-len(bar) :], bar, index, frames, scale)
            film.write(canvas)
            yield Progress("film", index - frames.start + 1, len(frames))
    return Path(target)


def draw_points(rgb: Image, points: NDArray[np.float32], measured: NDArray[np.bool_]) -> None:
    """Draw landmarks into a picture, in place, at fractions of a pixel.

    Parameters
    ----------
    rgb : (H, W, 3) uint8
        Written to.
    points : (N, 2) float32
        px; rows of NaN are left out.
    measured : (N,) bool
        False draws a ring: the point was interpolated.
    """
    from pipeline.core.vision import cv2

    radius = max(1.0, rgb.shape[0] / 320) * (1 << _SHIFT)
    # Far points would overflow OpenCV's fixed-point coordinates.
    inside = np.all(np.isfinite(points) & (np.abs(points) < 1e5), axis=1)
    for (x, y), solid in zip(points[inside], measured[inside], strict=True):
        at = (round(float(x) * (1 << _SHIFT)), round(float(y) * (1 << _SHIFT)))
        colour, fill = (_ACCENT, -1) if solid else (_APEX, 1)
        cv2.circle(rgb, at, round(radius), colour, fill, cv2.LINE_AA, _SHIFT)


def _check(source: FrameSource, frames: range, track: FaceTrack | None) -> None:
    if not frames:
        raise ExportError(
            "there is no frame in the chosen span",
            where=source.path,
            remedy=f"Choose frames between 0 and {source.n_frames - 1}",
            code="export.empty",
        )
    if track is not None and len(track.points) != source.n_frames:
        raise ExportError(
            f"its points are those of a clip of {len(track.points)} frames, "
            f"this one has {source.n_frames}",
            where=source.path,
            remedy="Analyse the clip again",
            code="export.mismatch",
        )


def _bar_left_right(width: int, scale: float) -> tuple[int, int]:
    margin = min(round(_MARGIN * scale), width // 4)
    return margin, max(margin + 1, width - margin - 1)


def _place(index: int, frames: range, width: int, scale: float) -> int:
    left, right = _bar_left_right(width, scale)
    share = (index - frames.start) / max(1, len(frames) - 1)
    return round(left + (right - left) * min(1.0, max(0.0, share)))


def _event_bar(width: int, scale: float, frames: range, events: Sequence[EventSpan]) -> Image:
    """The bar without the playhead, (h, width, 3)."""
    height = round(24 * scale)
    bar: Image = np.empty((height, width, 3), np.uint8)
    bar[:] = _PANEL
    left, right = _bar_left_right(width, scale)
    top, bottom = height // 6, height - height // 3
    bar[top:bottom, left : right + 1] = _LINE
    thick = max(1, round(scale))
    for event in events:
        if event.offset < frames.start or event.onset >= frames.stop:
            continue
        first, last = (_place(i, frames, width, scale) for i in (event.onset, event.offset))
        bar[top:bottom, first : last + 1] = _EVENT
        if event.apex is not None and event.apex in frames:
            apex = _place(event.apex, frames, width, scale)
            bar[top:bottom, apex : apex + thick] = _APEX
    return bar


def _draw_bar(area: Image, bar: Image, index: int, frames: range, scale: float) -> None:
    area[:] = bar
    now = _place(index, frames, area.shape[1], scale)
    area[:, now : now + max(1, round(scale))] = _NOW


def _draw_strip(
    area: Image, source: FrameSource, index: int, events: Sequence[EventSpan], scale: float
) -> None:
    from pipeline.core.vision import cv2

    text = f"{index}  {source.seconds(index):.3f} s"
    if source.file_numbers is not None:
        text += f"  #{source.file_numbers[index]}"
    size, thick = 0.45 * scale, max(1, round(scale))
    base = round(20 * scale)
    font = cv2.FONT_HERSHEY_SIMPLEX
    margin = round(_MARGIN * scale)
    cv2.putText(area, text, (margin, base), font, size, _TEXT, thick, cv2.LINE_AA)
    label = _label(index, events)
    if not label:
        return
    (wide, _), _ = cv2.getTextSize(label, font, size, thick)
    (used, _), _ = cv2.getTextSize(text, font, size, thick)
    left = max(margin + used + 2 * margin, area.shape[1] - margin - wide)
    cv2.putText(area, label, (left, base), font, size, _ACCENT, thick, cv2.LINE_AA)


def _label(index: int, events: Sequence[EventSpan]) -> str:
    """What the frame's event is called; OpenCV's fonts know ASCII only."""
    for event in events:
        if event.onset <= index <= event.offset:
            words = [event.emotion, format_aus(event.aus)]
            words += ["apex"] if index == event.apex else []
            return "  ".join(word for word in words if word).encode("ascii", "replace").decode()
    return ""
