"""AU curves as an animation of a head's morph weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.core.progress import run
from pipeline.core.tracks import CONTROLS, track_range
from pipeline.curves import MIN_GAP, Curve
from pipeline.exchange.glb import WeightAnimation, write_glb
from pipeline.exchange.keyed import LayerTracks
from pipeline.head.model import HeadModel
from pipeline.head.rig.rig import NO_RIG, Rig

#: Longest piece between keys, s: products of weights and clamped sums are not cubic.
_LONGEST = 1 / 30
_INNER = 1e-6

Array = NDArray[np.float64]


def weight_animation(
    model: HeadModel, name: str, curves: Mapping[str, Curve], *, end: float = 0.0
) -> WeightAnimation:
    """Keys of all targets' weights for curves by control.

    All targets share their keys: those of every curve, with others between wherever two are
    further apart than a thirtieth of a second. Curves that drive a shape alone come out exactly.

    Parameters
    ----------
    curves : mapping of str to Curve
        By control: ``"AU12_L"``, a frozen shape's name. Values beyond [0, 1] (a control's
        beyond [-1, 1]) are clamped; a control below 0 moves its opposite.
    end : float
        Least time of the last key, s.
    """
    keys = [np.array([0.0, max(end, MIN_GAP)]), *(curve.t for curve in curves.values())]
    times = np.unique(np.concatenate(keys).round(6))
    times = np.union1d(times, _turns(curves, times[-1]))
    times = times[times >= 0]
    times = times[np.r_[True, np.diff(times) >= MIN_GAP]]
    times = np.unique(np.concatenate([times, *_between(times)]))
    before = _weights(model, curves, times - _INNER)
    at = _weights(model, curves, times)
    after = _weights(model, curves, times + _INNER)
    return WeightAnimation(name, times, at, (at - before) / _INNER, (after - at) / _INNER)


def _turns(curves: Mapping[str, Curve], end: float) -> Array:
    """Times at which a curve leaves its range or a control passes 0: the weights have a kink."""
    found = [np.zeros(0)]
    for name, curve in curves.items():
        coarse = np.unique(np.append(np.arange(0.0, end, _LONGEST / 4), curve.t))
        for level in {0.0, *track_range(name)}:
            values = curve(coarse) - level
            at = np.flatnonzero(values[:-1] * values[1:] < 0)
            low, high, rising = coarse[at], coarse[at + 1], values[at] < 0
            for _ in range(30):
                middle = (low + high) / 2
                before = (curve(middle) < level) == rising
                low, high = np.where(before, middle, low), np.where(before, high, middle)
            found.append(low)
    return np.concatenate(found)


def _between(times: Array) -> list[Array]:
    gaps = np.diff(times)
    return [
        np.linspace(start, start + gap, int(np.ceil(gap / _LONGEST)) + 1)[1:-1]
        for start, gap in zip(times[:-1], gaps, strict=True)
        if gap > _LONGEST
    ]


def _weights(model: HeadModel, curves: Mapping[str, Curve], times: Array) -> Array:
    values = {name: curve(times) for name, curve in curves.items()}
    # The model's own way of adding, clamping and multiplying, in double precision for slopes.
    return model.activation_rows(values, len(times))


def export_gltf(
    clips: Sequence[LayerTracks],
    path: Path,
    *,
    layer: str,
    fps: float | None = None,
    model: HeadModel | None = None,
    rig: Rig = NO_RIG,
) -> None:
    """A head, by default the built-in one, as GLB with an animation of its weights for each clip.

    Keys are the curves' own and others between (`weight_animation`); a frame rate does not
    matter here. Frozen shapes of the rig are targets by name; they move with their own tracks
    and with those of the controls that they are mapped to. Controls of the seven parts are
    targets where a track names one.

    Raises
    ------
    ExportError
        If there are no curves or the file cannot be written.
    """
    from pipeline.exchange.formats import keyed_tracks, with_curves
    from pipeline.head import load_head
    from pipeline.head.rig.shapes import rigged

    clips = with_curves(clips, path)
    if model is None:
        model = run(load_head("builtin", lod="live"))
    controls = any(name in CONTROLS for clip in clips for name in clip.curves)
    model = rigged(model, rig, controls)
    animations = []
    for clip in clips:
        curves = {track.name: track.curve for track in keyed_tracks(clip)}
        end = float(clip.times[-1]) if len(clip.times) else 0.0
        animations.append(weight_animation(model, clip.clip_id, curves, end=end))
    write_glb(path, model, animation=animations)
