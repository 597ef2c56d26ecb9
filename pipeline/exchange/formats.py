"""A layer of curves as a file for other programs; every format by its name."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline.core.errors import ExportError
from pipeline.core.tracks import is_unit, track_order, track_range
from pipeline.core.types import AUSignals
from pipeline.curves import Tangent
from pipeline.exchange.keyed import KeyedTrack, LayerTracks, keyed_track
from pipeline.exchange.tables import column_of, number, write_aus_csv
from pipeline.exchange.writing import whole_text

#: Version of the JSON written here; a reader refuses what it does not know.
JSON_VERSION = 1
_MAX_ROWS = 5_000_000


class Exporter(Protocol):
    """Writes the clips' tracks of one layer to `path`."""

    def __call__(
        self, clips: Sequence[LayerTracks], path: Path, *, layer: str, fps: float | None = None
    ) -> None: ...


def export_csv(
    clips: Sequence[LayerTracks], path: Path, *, layer: str, fps: float | None = None
) -> None:
    """Activations frame by frame, in the columns of ``aus.csv``.

    Action units come first, then controls (in [-1, 1]), then frozen shapes. One clip gives a
    file that is itself a SOURCE; several have a first column ``clip``. Without `fps` the rows
    are the clip's own frames; with it ``frame`` counts the new rows.

    Raises
    ------
    ExportError
        If there is nothing to export or the file cannot be written.
    """
    clips = with_curves(clips, path)
    if len(clips) == 1:
        times = row_times(clips[0], fps)
        _write_one(path, times, clips[0].values(times))
        return
    every = dict.fromkeys(name for clip in clips for name in clip.curves)
    units = [name for name in every if is_unit(name)]
    names = [*units, *sorted((n for n in every if not is_unit(n)), key=track_order)]
    with whole_text(path) as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["clip", "frame", "pts_s", *map(column_of, names)])
        for clip in clips:
            times = row_times(clip, fps)
            values = clip.values(times)
            for frame, second in enumerate(times):
                cells = (number(values[n][frame]) if n in values else "" for n in names)
                writer.writerow([clip.clip_id, frame, number(second, 9), *cells])


def export_json(
    clips: Sequence[LayerTracks], path: Path, *, layer: str, fps: float | None = None
) -> None:
    """Keys with their tangents, exactly; with `fps` also the sampled values.

    Times in s from the clip's first frame, slopes in 1/s; between two keys the cubic Hermite
    piece, constant outside, clamped to the track's ``range`` by whoever plays it. ``error`` is 0
    where the keys are exact (see `pipeline.exchange.keyed.keyed_track`).

    Raises
    ------
    ExportError
        If there is nothing to export or the file cannot be written.
    """
    clips = with_curves(clips, path)
    document = {
        "format": "tell-curves",
        "version": JSON_VERSION,
        "layer": layer,
        "clips": [_json_clip(clip, fps) for clip in clips],
    }
    with whole_text(path) as out:
        json.dump(document, out, allow_nan=False)
        out.write("\n")


def _json_clip(clip: LayerTracks, fps: float | None) -> dict[str, Any]:
    tracks = keyed_tracks(clip)
    row: dict[str, Any] = {
        "clip": clip.clip_id,
        "duration_s": float(clip.times[-1]) if len(clip.times) else 0.0,
        "frames": len(clip.times),
        "tracks": [
            {
                "name": track.name,
                "range": list(track_range(track.name)),
                "error": track.error,
                "keys": _json_keys(track),
            }
            for track in tracks
        ],
    }
    if fps is not None:
        times = row_times(clip, fps)
        row["fps"] = fps
        row["samples"] = {name: column.tolist() for name, column in clip.values(times).items()}
    return row


def _json_keys(track: KeyedTrack) -> list[dict[str, Any]]:
    curve = track.curve
    return [
        {"t": t, "v": v, "m_in": m_in, "m_out": m_out, "mode": Tangent(mode).name.lower()}
        for t, v, m_in, m_out, mode in zip(
            *(array.tolist() for array in curve.to_arrays().values()), strict=True
        )
    ]


def keyed_tracks(clip: LayerTracks, *, tolerance: float = 1e-3) -> list[KeyedTrack]:
    """The clip's tracks as keys, what every key-based exporter starts from."""
    span = (0.0, float(clip.times[-1]) if len(clip.times) else 0.0)

    def gain_of(name: str) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
        return lambda times: clip.gain(times, name)

    return [
        keyed_track(name, curve, gain_of(name), span, tolerance=tolerance)
        for name, curve in clip.curves.items()
    ]


def with_curves(clips: Sequence[LayerTracks], path: Path) -> list[LayerTracks]:
    kept = [clip for clip in clips if clip.curves]
    if not kept:
        raise ExportError(
            "there are no curves to export", where=path, remedy="Analyse the clip first",
            code="export.empty",
        )  # fmt: skip
    return kept


def row_times(clip: LayerTracks, fps: float | None = None) -> NDArray[np.float64]:
    """Times of a clip's rows (or a film's frames): its own frames, or an even grid over its length.

    Returns
    -------
    (N,) float64, s from the clip's first frame

    Raises
    ------
    ExportError
        If the clip has no frame times, or the rate is none or gives too many rows.
    """
    where = f"clip '{clip.clip_id}'"
    if fps is None:
        if len(clip.times) == 0:
            raise ExportError(
                "it has no frame times", where=where, remedy="Name a frame rate",
                code="export.times",
            )  # fmt: skip
        return np.asarray(clip.times, np.float64)
    if not 0 < fps <= 10_000:
        raise ExportError(
            f"{fps:g} is not a frame rate", where=where, remedy="Name one such as 60",
            code="export.fps",
        )  # fmt: skip
    end = float(clip.times[-1]) if len(clip.times) else max(c.t[-1] for c in clip.curves.values())
    count = int(np.floor(end * fps + 1e-6)) + 1
    if count > _MAX_ROWS:
        raise ExportError(
            f"at {fps:g} a second it would have {count:,} rows", where=where,
            remedy="Name a lower rate", code="export.size",
        )  # fmt: skip
    return np.arange(count) / fps


def _write_one(
    path: Path, times: NDArray[np.float64], found: dict[str, NDArray[np.float64]]
) -> None:
    units = sorted((name for name in found if is_unit(name)), key=track_order)
    values = np.empty((len(times), len(units)), np.float32)
    for at, name in enumerate(units):
        values[:, at] = found[name]
    others = {name: column for name, column in found.items() if name not in units}
    write_aus_csv(path, times, AUSignals(tuple(units), values), others)


def _export_gltf(
    clips: Sequence[LayerTracks], path: Path, *, layer: str, fps: float | None = None
) -> None:
    from pipeline.exchange.glb_animation import export_gltf  # loads the head: only when asked for

    export_gltf(clips, path, layer=layer, fps=fps)


#: Exporters by the name that ``--to`` takes.
FORMATS: dict[str, Exporter] = {"csv": export_csv, "gltf": _export_gltf, "json": export_json}
