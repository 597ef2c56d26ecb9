"""Small pictures of characters for choosing among them, kept in the cache folder."""

from __future__ import annotations

import hashlib
import logging
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.core.paths import cache_dir, replacing
from pipeline.core.progress import Job, Progress, as_part
from pipeline.core.vision import cv2
from pipeline.head.cache import head_version
from pipeline.head.cast import CAST, SEED_PREFIX, Character, character_named
from pipeline.head.scene.camera import Camera, HeadState, holding

_log = logging.getLogger(__name__)

#: px
SIZE = (128, 128)
#: Portraits by seed that are kept, those used last.
MOST_SEEDS = 48
_CAMERA = Camera(yaw=18.0, pitch=3.0, distance=900.0, target=(0.0, -14.0, -34.0), fov=17.0)
_LOADING = 0.9  # of the time


def kept_portrait(name: str) -> NDArray[np.uint8] | None:
    """The portrait of a character where it was drawn before, (128, 128, 3) uint8 sRGB.

    Raises
    ------
    HeadError
        If there is no such character.
    """
    path = _file(character_named(name))
    if path is None:
        return None
    try:
        coded = np.frombuffer(path.read_bytes(), np.uint8)
    except OSError:
        return None  # not drawn yet, or removed by another process
    bgr = cv2.imdecode(coded, cv2.IMREAD_COLOR) if len(coded) else None
    if bgr is None or bgr.shape != (SIZE[1], SIZE[0], 3):
        _log.warning("the portrait %s is damaged and is drawn again", path.name)
        return None
    return np.ascontiguousarray(bgr[:, :, ::-1])


def draw_portrait(name: str) -> Job[NDArray[np.uint8]]:
    """The portrait of a character, drawn and kept where it is not yet, as `kept_portrait`.

    Raises
    ------
    HeadError
        If there is no such character, or no offscreen OpenGL can be had.
    """
    from pipeline.head.load import load_head
    from pipeline.head.scene.scene import HeadScene

    character = character_named(name)
    kept = kept_portrait(name)
    if kept is not None:
        return kept
    model = yield from as_part(load_head(name, lod="draft"), 0.0, _LOADING)
    yield Progress("portrait", _LOADING, 1.0, character.title)
    scene = HeadScene(model)
    try:
        picture = scene.render(HeadState.of({}, holding(_CAMERA, model.top), SIZE, "still"))[
            :, :, :3
        ]
    finally:
        scene.close()
    _keep(character, picture)
    return picture


def _file(character: Character) -> Path | None:
    try:
        folder = cache_dir()
    except OSError as error:
        _log.warning("no cache folder for portraits: %s", error)
        return None
    return folder / f"{_stem(character)}-{head_version(character, 'draft')}{_looks()}.png"


def _stem(character: Character) -> str:
    return f"portrait-{character.name.replace(':', '-')}"


@lru_cache(maxsize=1)
def _looks() -> str:
    """Hash of how heads are drawn."""
    digest = hashlib.sha256(repr((SIZE, _CAMERA)).encode())
    for source in sorted((Path(__file__).parent / "scene").glob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:4]


def _keep(character: Character, picture: NDArray[np.uint8]) -> None:
    path = _file(character)
    done, coded = cv2.imencode(".png", np.ascontiguousarray(picture[:, :, ::-1]))
    if path is None or not done:
        return
    try:
        with replacing(path) as temporary:
            temporary.write_bytes(coded.tobytes())
        _forget_others(path, character)
    except OSError as error:
        _log.warning("the portrait could not be kept: %s", error)


def _forget_others(kept: Path, character: Character) -> None:
    """Remove what older code has drawn of a character, and the oldest random ones."""
    for old in kept.parent.glob(f"{_stem(character)}-{'?' * 20}.png"):
        if old != kept:
            old.unlink(missing_ok=True)
    if character.name in CAST:
        return
    by_seed = kept.parent.glob(f"portrait-{SEED_PREFIX.replace(':', '-')}*.png")
    for old in sorted(by_seed, key=lambda path: path.stat().st_mtime_ns)[:-MOST_SEEDS]:
        old.unlink(missing_ok=True)
