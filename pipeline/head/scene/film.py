"""Films and stills of the head."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.core.errors import ExportError
from pipeline.core.paths import replacing
from pipeline.core.progress import Job, Progress
from pipeline.head.model import HeadModel
from pipeline.head.rig.rig import NO_RIG, Rig
from pipeline.head.scene.camera import Camera, HeadState, Look, Pose, holding
from pipeline.head.sculpt.parameters.detail import Lod

Weights = Mapping[str, float]


def render_film(
    model: HeadModel,
    weights_at: Callable[[float], Weights],
    times: Sequence[float] | NDArray[np.floating],
    path: str | Path,
    *,
    size: tuple[int, int] = (720, 720),
    fps: Fraction | float = 25.0,
    camera: Camera | None = None,
    quality: Lod = "live",
    pose_at: Callable[[float], Pose] | None = None,
    look: Look | None = None,
    rig: Rig = NO_RIG,
) -> Job[Path]:
    """Draw a film of the head; yields progress per frame, cancelling leaves no file.

    Parameters
    ----------
    weights_at, pose_at : callable
        Activations by track name, and the head's turn (deg), at a time in seconds.
    times : sequence of float
        Time of each frame, s.
    path : str or Path
        MP4, replaced only when the film is whole; returned.
    size : (width, height) px
    rig : Rig
        Frozen shapes that weights may name, and live manipulators.

    Raises
    ------
    ExportError, MediaError
        If there is no frame to write, or the film cannot be written.
    """
    from pipeline.head.scene.scene import HeadScene
    from pipeline.media import FilmWriter

    moments = [float(t) for t in times]
    if not moments:
        raise ExportError("the film would have no frames", where=path, code="export.empty")
    view = holding(camera or Camera(), model.top)
    seen = replace(look or Look(), ground="studio")  # no alpha in films
    scene = HeadScene(model)
    try:
        with FilmWriter(path, size, fps) as film:
            for number, moment in enumerate(moments):
                yield Progress("head film", number, len(moments))
                pose = pose_at(moment) if pose_at is not None else (0.0, 0.0, 0.0)
                state = HeadState.of(weights_at(moment), view, size, quality, pose, seen, rig)
                film.write(scene.render(state))
    finally:
        scene.close()
    yield Progress("head film", len(moments), len(moments))
    return Path(path)


def render_picture(
    model: HeadModel,
    weights: Weights,
    path: str | Path,
    *,
    size: tuple[int, int] = (720, 720),
    camera: Camera | None = None,
    quality: Lod = "still",
    pose: Pose = (0.0, 0.0, 0.0),
    look: Look | None = None,
    rig: Rig = NO_RIG,
) -> None:
    """Draw one still and write it as PNG, whole or not at all; with alpha on a transparent ground.

    Raises
    ------
    ExportError
        If the file cannot be written.
    """
    from pipeline.core.vision import cv2
    from pipeline.head.scene.scene import HeadScene

    scene = HeadScene(model)
    try:
        view = holding(camera or Camera(), model.top)
        rgb = scene.render(HeadState.of(weights, view, size, quality, pose, look, rig))
    finally:
        scene.close()
    done, data = cv2.imencode(".png", np.ascontiguousarray(rgb[:, :, [2, 1, 0, 3][: rgb.shape[2]]]))
    if not done:
        raise ExportError("the picture cannot be encoded", where=path, code="export.png")
    write_whole(path, data.tobytes())


def write_whole(path: str | Path, data: bytes) -> None:
    """Write an encoded picture, whole or not at all.

    Raises
    ------
    ExportError
        If the file cannot be written.
    """
    target = Path(path)
    try:
        with replacing(target) as temporary:
            temporary.write_bytes(data)
    except OSError as error:
        raise ExportError(
            f"the picture cannot be written ({error.strerror or error})",
            where=target,
            remedy="Choose another folder.",
            code="export.write",
        ) from error
