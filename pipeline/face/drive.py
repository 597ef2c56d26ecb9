"""Video drives the control rig: tracked points to weights of controls, Xu 2025, 3.2.3.

``D(n)`` of a control's points, in either of the paper's forms (`pipeline.face.key_weights`),
along the control's axis, in IOD; then over the control's range to a weight.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.core.tracks import CONTROLS, track_range
from pipeline.face.control_table import control_table
from pipeline.face.key_weights import Form, key_weights

if TYPE_CHECKING:
    from pipeline.face.track import FaceTrack

#: Motion (IOD) that is weight 1 of a track that the seven-part table does not have.
OTHER_RANGE = 0.1


class BindingLike(Protocol):
    """What a control follows (`pipeline.head.rig.Binding`)."""

    @property
    def control(self) -> str: ...
    @property
    def points(self) -> tuple[int, ...]: ...
    @property
    def axis(self) -> tuple[float, float]: ...
    @property
    def gain(self) -> float: ...
    @property
    def smoothing(self) -> float: ...
    @property
    def enabled(self) -> bool: ...


@dataclass(frozen=True)
class Follow:
    """A binding as the table has it; fields as in `pipeline.head.rig.Binding`."""

    control: str
    points: tuple[int, ...]
    axis: tuple[float, float]
    gain: float = 1.0
    smoothing: float = 0.0
    enabled: bool = True


def default_bindings() -> dict[str, Follow]:
    """Each control of the seven parts bound to its own points, gain 1, not smoothed."""
    return {c.name: Follow(c.name, c.points, c.axis) for c in control_table().values()}


@dataclass(frozen=True, eq=False)
class Drive:
    """What the video says about K controls in T frames.

    Parameters
    ----------
    names : tuple of str
        Controls, K.
    motion : (T, K) float32
        Motion of each control's points along its axis, smoothed and calibrated, before the
        gain, fraction of IOD. NaN where there is no face.
    weights : (T, K) float32
        Weights with the gain, within the control's range. NaN where there is no face: a
        recording bridges it; `at` gives 0, the control at rest.
    """

    names: tuple[str, ...]
    motion: NDArray[np.float32] = field(repr=False)
    weights: NDArray[np.float32] = field(repr=False)

    def at(self, frame: int) -> dict[str, float]:
        """Weights in one frame, those that are 0 left out; none where there is no face."""
        if not 0 <= frame < len(self.weights):
            return {}
        row = self.weights[frame]
        moving = np.flatnonzero(np.nan_to_num(row))
        return {self.names[i]: float(row[i]) for i in moving}


def drive_controls(
    displacement: ArrayLike,
    segment: ArrayLike,
    times: ArrayLike,
    bindings: Sequence[BindingLike],
    calibrated: Sequence[int] = (),
) -> Drive:
    """Weights of controls out of the points' displacement D(n).

    Parameters
    ----------
    displacement : (T, 70, 2)
        `key_weights` in any form: IOD, x to the right, y down; NaN where there is no face.
    segment : (T,) int
        Segment of each frame, each with its own neutral; -1 where there is no face.
    times : (T,) s
        For the smoothing, which does not reach over a segment's ends.
    bindings : sequence of BindingLike
        Disabled ones are left out.
    calibrated : sequence of int
        Frames whose face is to be the neutral of their segments in place of the one found:
        their motion becomes 0. Of several in one segment the last counts; a frame without a
        face, or outside the clip, does nothing.

    Returns
    -------
    Drive
    """
    moved = np.asarray(displacement, np.float64)
    parts = np.asarray(segment)
    bound = [b for b in bindings if b.enabled and b.points]
    motion = np.full((len(moved), len(bound)), np.nan)
    for column, binding in enumerate(bound):
        mean = moved[:, list(binding.points)].mean(axis=1)
        motion[:, column] = mean[:, 0] * binding.axis[0] - mean[:, 1] * binding.axis[1]
    motion[parts < 0] = np.nan
    origin = {int(parts[f]): f for f in calibrated if 0 <= f < len(parts) and parts[f] >= 0}
    interval = float(np.median(np.diff(np.asarray(times, np.float64)))) if len(moved) > 1 else 1.0
    for number in np.unique(parts[parts >= 0]):
        rows = np.flatnonzero(parts == number)
        _smooth(motion, rows, [b.smoothing / interval for b in bound])
        if int(number) in origin:
            motion[rows] -= motion[origin[int(number)]]
    weights = _weights(motion, bound)
    names = tuple(b.control for b in bound)
    return Drive(names, motion.astype(np.float32), weights.astype(np.float32))


def drive_from_track(
    track: FaceTrack,
    times: ArrayLike,
    bindings: Sequence[BindingLike],
    *,
    form: Form = "similarity",
    reference_point: int = 30,
    calibrated: Sequence[int] = (),
) -> Drive:
    """The same from a tracked face, D(n) taken in one of the forms of `key_weights`."""
    moved = key_weights(track, form, reference_point)
    return drive_controls(moved, track.segment, times, bindings, calibrated)


def bindings_with(own: Sequence[BindingLike]) -> tuple[BindingLike, ...]:
    """The table's bindings with a project's own in their places, then those of other tracks."""
    by_name: Mapping[str, BindingLike] = {b.control: b for b in own}
    table = default_bindings()
    others = [b for name, b in by_name.items() if name not in table]
    return (*(by_name.get(name, table[name]) for name in CONTROLS), *others)


def _smooth(motion: NDArray[np.float64], rows: NDArray[np.int_], sigmas: Sequence[float]) -> None:
    """Gaussian over the frames of one segment, in place; sigmas in frames."""
    for column, sigma in enumerate(sigmas):
        if sigma > 0.1 and len(rows) > 1:
            from scipy.ndimage import gaussian_filter1d

            motion[rows, column] = gaussian_filter1d(motion[rows, column], sigma, mode="nearest")


def _weights(motion: NDArray[np.float64], bindings: Sequence[BindingLike]) -> NDArray[np.float64]:
    table = control_table()
    weights = np.empty_like(motion)
    for column, binding in enumerate(bindings):
        control = table.get(binding.control)
        up, down = (control.up.range, control.down.range) if control else (OTHER_RANGE,) * 2
        one = motion[:, column] * binding.gain
        one = np.where(one >= 0, one / up, one / down)
        weights[:, column] = np.clip(one, *track_range(binding.control))
    return weights
