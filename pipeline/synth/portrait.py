"""Still portraits, placed in the frame at a known size, with their 68 points.

A subject is a portrait with its own geometry, tone and mirror side, so that one picture gives
several different faces.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.core.errors import FaceError, MediaError
from pipeline.core.vision import cv2
from pipeline.synth.fields import outer_eye_distance
from pipeline.synth.script import stream

#: The still is kept this many times larger than the frame: linear sampling of it is exact in
#: position, where OpenCV's cubic sampling rounds positions to 1/32 px.
OVERSAMPLING = 3
#: IOD as a share of the frame's height (at 4:3): 130 px at 640x480, as near as in CASME II.
_IOD_SHARE = 0.27
_LARGEST_SIDE = 8192
_RIGID = (27, 28, 29, 30, 36, 39, 42, 45)


@dataclass(frozen=True)
class Portrait:
    """A neutral face, ready to be moved.

    Parameters
    ----------
    still : (H * 3, W * 3, 3) float32
        The frame at rest, `OVERSAMPLING` times its size, grey levels.
    points : (68, 2) float64
        Landmarks at rest, px of the frame.
    size : tuple of int
        Width and height of the frame, px.
    """

    still: NDArray[np.float32] = field(repr=False)
    points: NDArray[np.float64] = field(repr=False)
    size: tuple[int, int]

    @property
    def image(self) -> NDArray[np.uint8]:
        """The frame at rest, (H, W, 3) uint8 RGB, without noise."""
        small = cv2.resize(self.still, self.size, interpolation=cv2.INTER_AREA)
        return np.clip(small + 0.5, 0, 255).astype(np.uint8)

    @property
    def iod(self) -> float:
        """Distance of the outer eye corners, px."""
        return outer_eye_distance(self.points)


@functools.lru_cache(maxsize=8)
def load_portrait(
    path: Path | None = None, size: tuple[int, int] = (640, 480), identity: int = 0
) -> Portrait:
    """Place a portrait in the frame as subject `identity`.

    Parameters
    ----------
    path : Path, optional
        An image with one face; scikit-image's public-domain astronaut by default.
    size : tuple of int
        Width and height of the frame, px.
    identity : int
        0 keeps the picture as it is; other numbers give other faces from it.

    Raises
    ------
    MediaError
        If the image cannot be read.
    FaceError
        If no face is found in it, or the landmark model is missing.
    """
    picture = _read(path)
    where = str(path or "the astronaut")
    coarse = find_points(picture, where=where)
    rng = stream(identity, "identity")
    mirrored = identity != 0 and rng.random() < 0.5
    if mirrored:
        picture = np.ascontiguousarray(picture[:, ::-1])
        coarse = find_points(picture, where=where)
    still = _place(picture, coarse, size, identity, rng)
    small = cv2.resize(still, size, interpolation=cv2.INTER_AREA)
    points = find_points(np.clip(small, 0, 255).astype(np.uint8), where=where, jitters=16)
    still.flags.writeable = False
    return Portrait(still, points, size)


def _read(path: Path | None) -> NDArray[np.uint8]:
    if path is None:
        from skimage.data import astronaut

        return astronaut()
    try:
        coded = np.fromfile(path, np.uint8)
    except OSError as error:
        raise MediaError(
            "the portrait cannot be read", where=path, remedy=str(error), code="synth.portrait"
        ) from error
    picture = cv2.imdecode(coded, cv2.IMREAD_COLOR) if coded.size else None
    if picture is None:
        raise MediaError(
            "the portrait is not an image", where=path, remedy="Give a JPEG or PNG picture",
            code="synth.portrait",
        )  # fmt: skip
    if max(picture.shape[:2]) > _LARGEST_SIDE:
        raise MediaError(
            f"the portrait is larger than {_LARGEST_SIDE} px", where=path,
            remedy="Scale it down first", code="synth.portrait",
        )  # fmt: skip
    return np.ascontiguousarray(picture[..., ::-1])


def _place(
    picture: NDArray[np.uint8],
    points: NDArray[np.float64],
    size: tuple[int, int],
    identity: int,
    rng: np.random.Generator,
) -> NDArray[np.float32]:
    """Crop and scale so that the face stands in the middle with the wished IOD; vary it."""
    width, height = (side * OVERSAMPLING for side in size)
    iod = outer_eye_distance(points)
    scale = iod / (_IOD_SHARE * min(height, 0.75 * width))  # picture px per still px
    # The face's middle (eyes to chin) stands a little under the frame's.
    middle = 0.5 * (points[27] + points[33])
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    x = (x - 0.5 * width) * np.float32(scale)
    y = (y - 0.5 * height) * np.float32(scale)
    if identity:
        bend_x, bend_y = _geometry(rng, width, height, 0.035 * iod)
        x, y = x * np.float32(rng.uniform(0.93, 1.07)) + bend_x, y + bend_y
    map_x, map_y = x + np.float32(middle[0]), y + np.float32(middle[1])
    still = cv2.remap(
        _softened(picture, scale * OVERSAMPLING), map_x, map_y, cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REFLECT_101,
    )  # fmt: skip
    if identity:
        tone = rng.uniform(0.75, 1.3)
        still = 255 * (np.clip(still, 0, 255) / 255) ** np.float32(tone)
        still *= rng.uniform(0.93, 1.05, 3).astype(np.float32)
    return np.clip(still, 0, 255)


def _softened(picture: NDArray[np.uint8], scale: float) -> NDArray[np.float32]:
    """Blur away detail finer than a px of the frame (`scale` px of the picture).

    A sensor's pixel averages over its area; hair and lashes that were sampled at points would
    flicker as they move.
    """
    sharp = picture.astype(np.float32)
    if scale <= 1:
        return sharp
    return np.asarray(cv2.GaussianBlur(sharp, (0, 0), 0.5 * np.sqrt(scale**2 - 1)), np.float32)


def _geometry(
    rng: np.random.Generator, width: int, height: int, amount: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Smooth random change of a face's shape, in the picture's px."""
    coarse = rng.normal(0, amount, (2, 5, 6)).astype(np.float32)
    return tuple(  # type: ignore[return-value]
        cv2.resize(one, (width, height), interpolation=cv2.INTER_CUBIC) for one in coarse
    )


def find_points(picture: NDArray[np.uint8], *, where: str, jitters: int = 5) -> NDArray[np.float64]:
    """Landmarks of the largest face, averaged over `jitters` shifted views: (68, 2) px."""
    from pipeline.face.detect import anchor_points, find_faces

    faces = find_faces(picture)
    if not faces:
        raise FaceError(
            "no face is found in the portrait", where=where,
            remedy="Give a picture with one frontal face", code="synth.no-face",
        )  # fmt: skip
    largest = max(faces, key=lambda face: face.area)
    gray = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)
    return anchor_points(gray, largest, jitters)
