"""One surface of the head in the VTK scene, with arrays that VTK reads in place."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import numpy_to_vtk, numpy_to_vtkIdTypeArray
from vtkmodules.vtkCommonCore import vtkPoints
from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkDataObject, vtkImageData, vtkPolyData
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper, vtkTexture

from pipeline.head.model import HeadModel, Surface
from pipeline.head.scene.shading import (
    BODY,
    CREASE,
    MAPS,
    REACH,
    RigLight,
    fragment_code,
    fragment_declarations,
    is_quick,
    vertex_code,
)
from pipeline.head.scene.studio import IRISES, LAMPS_AT_MOST, Material, material_of, scattering
from pipeline.head.sculpt.furrow_map import furrow_uv


def texture(picture: NDArray[np.uint8], mipmap: bool) -> vtkTexture:
    """A picture, (H, W, 3 or 4) uint8, for VTK; row 0 is its top."""
    height, width, channels = picture.shape
    image = vtkImageData()
    image.SetDimensions(width, height, 1)
    rows = np.ascontiguousarray(picture[::-1].reshape(-1, channels))
    image.GetPointData().SetScalars(numpy_to_vtk(rows, deep=1))
    made = vtkTexture()
    made.SetInputData(image)
    made.InterpolateOn()
    made.SetMipmap(mipmap)  # three times the cost of a frame on software GL
    made.RepeatOn()
    return made


def _uses(model: HeadModel, surface: Surface) -> set[str]:
    """Uses of a surface's pictures and of their alpha channels."""
    uses = set(surface.pictures)
    for use, means in (("colour", "iris"), ("relief", "chroma")):
        if use in uses and model.pictures[surface.pictures[use]].shape[2] == 4:
            uses.add(means)
    return uses


class Drawn:
    """A surface as an actor.

    Parameters
    ----------
    model : HeadModel
    surface : Surface
    body : (N, 4) float32
        Openness, gloss, thinness and share of the pictures of each vertex of the model.
    """

    def __init__(self, model: HeadModel, surface: Surface, body: NDArray[np.float32]) -> None:
        self.run = slice(surface.start, surface.stop)
        self.material: Material = material_of(surface.name, surface.material)
        if surface.name == "skin":
            self.material = scattering(self.material, model.scatter)
        self.is_eye = self.material.tint
        self.strands = "cover" in surface.pictures
        #: Strands that no other surface lies under: without them one looks into the head.
        self.hull = surface.name == "hair"
        self.points = model.vertices[self.run].copy()
        self.normals = model.normals[self.run].copy()
        self.reach = np.ones((len(self.points), LAMPS_AT_MOST), np.float32)
        self.body = body[self.run].copy()
        self.data = self._mesh(surface)
        self.creases = np.zeros((0, 3), np.float32)
        if "furrows" in surface.pictures:
            self.creases = np.zeros((len(self.points), 3), np.float32)
            places = model.fold_places[self.run]
            self.creases[:, :2] = places if len(places) else furrow_uv(self.points)
            array = numpy_to_vtk(self.creases)
            array.SetName(CREASE)
            self.data.GetPointData().AddArray(array)
        mapper = vtkPolyDataMapper()
        mapper.SetInputData(self.data)
        mapper.SetVBOShiftScaleMethod(0)  # it would look for the range of all points each frame
        mapper.SetScalarVisibility(bool(len(surface.colours)))
        for name in (REACH, BODY, *([CREASE] if len(self.creases) else [])):
            mapper.MapDataArrayToVertexAttribute(
                name, name, vtkDataObject.FIELD_ASSOCIATION_POINTS, -1
            )
        self.actor = vtkActor()
        self.actor.SetMapper(mapper)
        self.actor.GetProperty().BackfaceCullingOn()
        uses = _uses(model, surface)
        self.quick = is_quick(model.lod == "draft", uses)
        self._shade(surface, uses)
        for use, key in surface.pictures.items():
            mipmap = use in ("colour", "srgb") or model.lod == "still"
            look = self.actor.GetProperty()
            look.SetTexture(MAPS[use], texture(model.pictures[key], mipmap))

    def _mesh(self, surface: Surface) -> vtkPolyData:
        data, points, cells = vtkPolyData(), vtkPoints(), vtkCellArray()
        points.SetData(numpy_to_vtk(self.points))
        data.SetPoints(points)
        offsets = np.arange(0, 3 * len(surface.faces) + 1, 3, dtype=np.int64)
        cells.SetData(
            numpy_to_vtkIdTypeArray(offsets, deep=1),
            numpy_to_vtkIdTypeArray(surface.faces.astype(np.int64).ravel(), deep=1),
        )
        data.SetPolys(cells)
        attributes = data.GetPointData()
        normals = numpy_to_vtk(self.normals)
        normals.SetName("Normals")
        attributes.SetNormals(normals)
        if len(surface.colours):
            attributes.SetScalars(numpy_to_vtk(surface.colours, deep=1))
        if len(surface.uv):
            uv = numpy_to_vtk(surface.uv, deep=1)
            uv.SetName("uv")
            attributes.SetTCoords(uv)
        for name, values in ((REACH, self.reach), (BODY, self.body)):
            array = numpy_to_vtk(values)
            array.SetName(name)
            attributes.AddArray(array)
        return data

    def _shade(self, surface: Surface, uses: set[str]) -> None:
        shader = self.actor.GetShaderProperty()
        if "cover" in surface.pictures:
            self.actor.GetProperty().SetBackfaceCulling(not self.material.two_sided)
            if self.material.fading:
                self.actor.ForceTranslucentOn()
            else:
                self.actor.ForceOpaqueOn()
        keep = "//VTK::PositionVC::{}\n"
        declared, code = vertex_code(self.material, uses, self.quick)
        for token, text in (
            ("//VTK::PositionVC::Dec", keep.format("Dec") + declared),
            ("//VTK::PositionVC::Impl", keep.format("Impl") + code),
        ):
            shader.AddVertexShaderReplacement(token, True, text, False)
        declared = fragment_declarations(uses, self.quick)
        for token, text in (
            ("//VTK::PositionVC::Dec", keep.format("Dec") + declared),
            ("//VTK::Light::Impl", fragment_code(self.material, uses, self.quick)),
            ("//VTK::TCoord::Impl", ""),
        ):
            shader.AddFragmentShaderReplacement(token, True, text, False)

    def see(self, light: RigLight, axes: NDArray[np.floating], upward: list[float]) -> None:
        """Tell the shaders how the camera is turned and what light there is.

        Parameters
        ----------
        axes : (3, 3)
            Rows: the camera's axes in the world.
        upward : 3 floats
            The head's own up in the camera's frame.
        """
        shader = self.actor.GetShaderProperty()
        around = shader.GetVertexCustomUniforms()
        for number, factor in enumerate(light.around(axes)):
            around.SetUniform3f(f"around{number}", factor.tolist())
        told = shader.GetFragmentCustomUniforms()
        told.SetUniform3f("upward", upward)
        told.SetUniformf("exposure", light.rig.exposure)
        for number in range(LAMPS_AT_MOST):
            for place in (told, around) if self.quick else (told,):
                place.SetUniform3f(f"toward{number}", (axes @ light.toward[number]).tolist())
                place.SetUniform3f(f"lamp{number}", light.colours[number].tolist())
                place.SetUniformf(f"lampSize{number}", float(light.sizes[number]))
        if self.material.coat:
            told.SetUniform3f("skyward", axes[:, 1].tolist())
            for name in ("floor", "wall", "ceiling"):
                told.SetUniform3f(f"{name}Light", list(getattr(light.rig.room, name)))

    def tint(self, iris: str) -> None:
        """Colour the iris of an eye."""
        if self.is_eye:
            told = self.actor.GetShaderProperty().GetFragmentCustomUniforms()
            for name, colour in zip(("irisOuter", "irisInner"), IRISES[iris], strict=True):
                told.SetUniform3f(name, list(colour))

    def light(self, reach: NDArray[np.float32]) -> None:
        """What arrives of each lamp, (N, 4) over the whole model."""
        self.reach[:] = reach[self.run]
        self._changed(REACH)

    def darken(self, openness: NDArray[np.float32]) -> None:
        """Another openness of this surface's vertices, (P,)."""
        self.body[:, 0] = openness
        self._changed(BODY)

    def crease(self, amounts: NDArray[np.float32]) -> None:
        """Show the furrows this deep, (N,) over the whole model."""
        if len(self.creases) and not np.array_equal(self.creases[:, 2], amounts[self.run]):
            self.creases[:, 2] = amounts[self.run]
            self._changed(CREASE)

    def fade(self, vertices: NDArray[np.integer], shares: NDArray[np.floating]) -> None:
        """How much of the pictures some of this surface's vertices show."""
        if not np.array_equal(self.body[vertices, 3], shares.astype(np.float32)):
            self.body[vertices, 3] = shares
            self._changed(BODY)

    def _changed(self, name: str) -> None:
        self.data.GetPointData().GetArray(name).Modified()
        self.data.Modified()

    def move(self, vertices: NDArray[np.float32], normals: NDArray[np.float32]) -> bool:
        """Show new vertices; what has not moved is not sent to the GPU again."""
        if np.array_equal(self.points, vertices[self.run]):
            return False
        self.points[:] = vertices[self.run]
        self.normals[:] = normals[self.run]
        self.data.GetPoints().GetData().Modified()
        self.data.GetPoints().Modified()
        self.data.GetPointData().GetNormals().Modified()
        self.data.Modified()
        return True
