"""The head's pictures and colours as glTF wants them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.core.errors import ExportError
from pipeline.core.vision import cv2
from pipeline.head.scene.studio import IRISES

Picture = NDArray[np.uint8]


def linear_colours(colours: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Linear light of bytes that hold its square root."""
    return (colours[:, :3].astype(np.float64) / 255) ** 2


def colour_png(picture: Picture, roots: bool) -> bytes:
    """A colour picture as PNG in sRGB; `roots`: it holds square roots of linear light.

    An iris, which the alpha of an eye's picture marks, gets the studio's default colour.
    """
    rgb = picture[..., :3].astype(np.float32) / 255
    linear = rgb**2 if roots else rgb**2.2
    if picture.shape[2] == 4:
        alpha = picture[..., 3:].astype(np.float32) / 255
        outer, inner = (np.asarray(colour, np.float32) for colour in IRISES[""])
        tint = outer + (inner - outer) * np.maximum(2 * alpha - 1, 0)
        linear = linear * (1 + (tint - 1) * np.minimum(2 * alpha, 1))
    rgb = np.clip(linear, 0, 1) ** (1 / 2.2)
    return _png((rgb * 255 + 0.5).astype(np.uint8)[..., ::-1])


def cover_png(picture: Picture) -> bytes:
    """Strands as a picture with alpha: brightness over the vertices' colour, and cover."""
    grey = np.clip(2 * picture[..., :1].astype(np.float32) / 255, 0, 1) ** (1 / 2.2)
    out = np.concatenate([np.repeat(grey, 3, axis=2) * 255, picture[..., 3:4]], axis=2)
    return _png((out + 0.5).astype(np.uint8))


def _png(bgr: NDArray[np.uint8]) -> bytes:
    done, data = cv2.imencode(".png", np.ascontiguousarray(bgr))
    if not done:
        raise ExportError("a picture of the head cannot be encoded", code="export.png")
    return bytes(data.tobytes())
