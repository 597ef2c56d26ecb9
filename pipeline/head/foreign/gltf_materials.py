"""Materials of a glTF file in the studio's terms."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.core.errors import HeadError
from pipeline.core.vision import cv2
from pipeline.head.foreign.gltf_file import GltfFile
from pipeline.head.foreign.materials import material_of, plausible
from pipeline.head.scene.studio import MATERIALS
from pipeline.media.image_size import stream_size

_LARGEST = 2048
_MOST_PIXELS = 1 << 26
_MOST_PICTURES = 64
Picture = NDArray[np.uint8]


@dataclass(frozen=True)
class Look:
    """How a part is drawn; see `pipeline.head.foreign.mesh.Part`."""

    name: str
    material: str
    colour: tuple[float, float, float] = (1.0, 1.0, 1.0)
    picture: str = ""
    cover: str = ""
    two_sided: bool = False

    @property
    def pictured(self) -> bool:
        """Whether it needs places in a picture."""
        return bool(self.picture or self.cover)


class Materials:
    """The file's materials; each is read once.

    Parameters
    ----------
    file : GltfFile
    """

    def __init__(self, file: GltfFile) -> None:
        self.file = file
        self.pictures: dict[str, Picture] = {}
        self.notices: list[str] = []
        self._looks: dict[tuple[Any, ...], Look] = {}

    def look(self, material: dict[str, Any], mesh: str) -> Look:
        """Look of a part in a mesh of that name.

        `material` holds its ``index`` (None for none), and whether its vertices are ``painted``.
        """
        key = (material["index"], mesh, material["painted"])
        if key not in self._looks:
            self._looks[key] = self._read(material, mesh)
        return self._looks[key]

    def _read(self, material: dict[str, Any], mesh: str) -> Look:
        painted = bool(material["painted"])
        if material["index"] is None:
            kind = material_of(mesh)
            return Look(mesh, kind, (1.0, 1.0, 1.0) if painted else plausible(kind, None))
        file = self.file
        entry = file.item("materials", material["index"])
        name = str(entry.get("name") or mesh)[:200]
        kind = material_of(name)
        if kind == "skin":
            kind = material_of(mesh)
        surface = file.table(entry.get("pbrMetallicRoughness"))
        factor = np.clip(file.numbers(surface.get("baseColorFactor"), 4, [1, 1, 1, 1]), 0, 1)
        red, green, blue, alpha = (float(f) for f in factor)
        two_sided = entry.get("doubleSided") is True
        see_through = entry.get("alphaMode") in ("BLEND", "MASK")
        if surface.get("baseColorTexture") is None:
            if see_through and alpha < 0.5:
                self.notices.append(f"'{name}' is transparent and drawn opaque")
            colour = (red, green, blue) if painted else plausible(kind, (red, green, blue))
            return Look(name, kind, colour, two_sided=two_sided)
        try:
            rgba = self._picture(file.table(surface["baseColorTexture"]))
        except HeadError as error:
            self.notices.append(f"the picture of '{name}' is left out: {error.what}")
            return Look(name, kind, (red, green, blue), two_sided=two_sided)
        linear = (rgba[..., :3].astype(np.float32) / 255) ** 2.2 * factor[:3].astype(np.float32)
        if see_through and rgba.shape[2] == 4 and rgba[..., 3].min() < 128:
            return self._strands(name, kind, rgba, linear, two_sided)
        key = f"colour {material['index']}"
        # As the shader has it: roots of linear light.
        self.pictures[key] = (np.sqrt(linear) * 255 + 0.5).astype(np.uint8)
        return Look(name, kind, picture=key, two_sided=two_sided)

    def _strands(
        self, name: str, kind: str, rgba: Picture, linear: NDArray[np.floating], two_sided: bool
    ) -> Look:
        """Cut-out hair and lashes: their cover, in their mean colour."""
        seen = rgba[..., 3] > 127
        mean = linear[seen].mean(axis=0) if seen.any() else np.ones(3)
        bright = linear.mean(axis=2) / max(float(mean.mean()), 1e-6)
        cover = np.full(rgba.shape, 128, np.uint8)
        cover[..., 0] = np.clip(127.5 * bright, 0, 255)
        cover[..., 3] = rgba[..., 3]
        key = f"cover {len(self.pictures)}"
        self.pictures[key] = cover
        red, green, blue = (float(c) for c in mean)
        kind = kind if MATERIALS[kind].strands > 0 else "hair"
        return Look(name, kind, (red, green, blue), cover=key, two_sided=two_sided)

    def _picture(self, reference: dict[str, Any]) -> Picture:
        """A texture's pixels, (H, W, 4) uint8 sRGB, at most `_LARGEST` on a side."""
        file = self.file
        if file.whole(reference.get("texCoord"), 0) != 0:
            raise file.error("it lies on a second set of texture places")
        if len(self.pictures) >= _MOST_PICTURES:
            raise file.error(f"more than {_MOST_PICTURES} pictures are not read")
        texture = file.item("textures", reference.get("index"))
        data = file.image(file.item("images", texture.get("source")))
        size = stream_size(io.BytesIO(data))
        if size is None or not 0 < size[0] * size[1] <= _MOST_PIXELS:
            raise file.error("it is no PNG or JPEG of a usable size")
        try:
            image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
        except cv2.error as error:
            raise file.error("it is damaged") from error
        if image is None:
            raise file.error("it is damaged")
        if image.dtype != np.uint8:
            image = (image / 257).astype(np.uint8)
        if max(image.shape[:2]) > _LARGEST:
            scale = _LARGEST / max(image.shape[:2])
            width, height = (max(round(side * scale), 1) for side in image.shape[1::-1])
            image = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
        if image.ndim == 2:
            image = np.dstack([image] * 3)
        rgba = np.full((*image.shape[:2], 4), 255, np.uint8)
        rgba[..., :3] = image[..., 2::-1]
        if image.shape[2] == 4:
            rgba[..., 3] = image[..., 3]
        return rgba
