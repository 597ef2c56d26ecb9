"""Films of a character's head doing a scripted clip: faces without any living person.

The head is drawn at twice the size and averaged. Truth comes from the same geometry: vertices
blended by the same weights, projected by the same camera.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipeline.core.labels import track_name
from pipeline.core.progress import run
from pipeline.core.types import AUSignals, EventSpan
from pipeline.synth.render import MovingEvent, expose, true_events, true_signals
from pipeline.synth.script import MIDLINE_AUS, ClipScript, stream

if TYPE_CHECKING:
    from pipeline.head import HeadModel, HeadScene, HeadState

#: mm before the head, and the middle of the face.
_DISTANCE = 900.0
_MIDDLE = (0.0, -13.0, 0.0)
#: IOD as a share of the height of a 4:3 frame: close enough that the bust fills it.
_IOD_SHARE = 0.34


@functools.lru_cache(maxsize=4)
def _head(character: str) -> HeadModel:
    from pipeline.head import load_head

    return run(load_head(character, lod="live"))


class _HeadShapes:
    """The head's shapes as a field generator over its visible vertices, mm."""

    def __init__(self, head: HeadModel) -> None:
        self._head = head
        self._seen = np.flatnonzero(head.normals[: head.surfaces[0].stop, 2] > 0.1)

    def field(self, au: int, side: int) -> NDArray[np.float32]:
        """(1, P, 2) displacement across and up at activation 1, mm."""
        paired = track_name(au, "L" if side > 0 else "R")
        name = track_name(au) if au in MIDLINE_AUS else paired
        moved = np.zeros((len(self._head.vertices), 2), np.float32)
        ids, deltas = self._head.shape(self._head.shape_names.index(name))
        moved[ids] = deltas[:, :2]
        return moved[self._seen][None]


class HeadClipRenderer:
    """Frames, points and truth of one clip of a character; see `pipeline.synth.render`.

    Use and close it in one thread (VTK).
    """

    def __init__(
        self,
        seed: int,
        script: ClipScript,
        fps: float,
        size: tuple[int, int],
        character: str = "builtin",
    ) -> None:
        self.seed, self.script, self.fps, self.size = seed, script, fps, size
        self.n_frames = max(2, round(script.duration * fps))
        self.times = np.arange(self.n_frames) / fps
        self._head = _head(character)
        places = self._head.vertices[self._head.landmarks].astype(np.float64)
        self._iod = float(np.linalg.norm(places[45, :2] - places[36, :2]))
        shapes = _HeadShapes(self._head)
        self._events = [MovingEvent(event, shapes, self._iod) for event in script.events]
        self._signals = true_signals(self._events, self.times)
        rng = stream(seed, "identity")
        self._stance = (rng.uniform(-4, 4), rng.uniform(-3, 3))
        self._scene: HeadScene | None = None

    def events(self) -> tuple[EventSpan, ...]:
        """True events."""
        return true_events(self._events, self.times, self.fps)

    def signals(self) -> AUSignals:
        """True activations: the weights that the head was given."""
        return self._signals

    def draw(self, index: int) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
        """Frame (H, W, 3) uint8 RGB and its true points (68, 2) px."""
        from pipeline.head import HeadScene, project_landmarks

        if self._scene is None:
            self._scene = HeadScene(self._head)
        state = self._state(index)
        picture = self._scene.render(state).astype(np.float32)
        points = project_landmarks(
            self._head, dict(state.weights), state.camera, self.size, state.pose
        )
        return expose(picture, self.script, self.seed, index, self.times[index]), points

    def close(self) -> None:
        """Release the scene."""
        if self._scene is not None:
            self._scene.close()
            self._scene = None

    def _state(self, index: int) -> HeadState:
        from pipeline.head import Camera, HeadState

        time = self.times[index : index + 1]
        weights = dict(zip(self._signals.names, self._signals.values[index].tolist(), strict=True))
        closed = max((float(blink(time)[0]) for blink in self.script.blinks), default=0.0)
        weights |= {"AU43_L": closed, "AU43_R": closed}
        shift = np.array([wave(time)[0] for wave in self.script.shift])
        for nod in self.script.nods:
            shift += nod(time)[0] * np.array(self.script.nod_direction)
        yaw, pitch, roll = (float(wave(time)[0]) for wave in self.script.rotation)
        zoom = 1 + float(self.script.zoom(time)[0])
        across, down = shift * self._iod
        width, height = self.size
        focal = _IOD_SHARE * min(height, 0.75 * width) * _DISTANCE / self._iod
        camera = Camera(
            distance=_DISTANCE / zoom,
            target=(_MIDDLE[0] - across, _MIDDLE[1] + down, _MIDDLE[2]),
            fov=float(np.degrees(2 * np.arctan(0.5 * height / focal))),
        )
        pose = (self._stance[0] + yaw, self._stance[1] + pitch, roll)
        kept = {name: value for name, value in weights.items() if value > 0}
        return HeadState.of(kept, camera, self.size, quality="still", pose=pose)
