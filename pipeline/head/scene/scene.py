"""The VTK scene of the head, drawn offscreen. One thread makes, uses and closes it."""

from __future__ import annotations

import sys
from collections.abc import Mapping

import numpy as np
import vtkmodules.vtkRenderingOpenGL2
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import numpy_to_vtk, numpy_to_vtkIdTypeArray, vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkPoints, vtkUnsignedCharArray
from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkDataObject, vtkImageData, vtkPolyData
from vtkmodules.vtkCommonMath import vtkMatrix4x4
from vtkmodules.vtkRenderingCore import (
    vtkActor,
    vtkLight,
    vtkPolyDataMapper,
    vtkRenderer,
    vtkRenderWindow,
    vtkTexture,
)

from pipeline.core.errors import HeadError
from pipeline.core.vision import cv2
from pipeline.head.model import HeadModel, Surface
from pipeline.head.muscles.posture import posture
from pipeline.head.scene.camera import Camera, HeadState, Pose, bent, pose_matrix
from pipeline.head.scene.shading import CREASE, CREASE_FRAGMENT, CREASE_VERTEX, MAPS, fragment_code
from pipeline.head.scene.studio import GROUND, MATERIALS, SKY
from pipeline.head.sculpt.furrow_map import furrow_uv
from pipeline.head.sculpt.parameters.detail import DETAILS

_MOST_PIXELS = 8192
_SHRINK = cv2.INTER_AREA


def _window() -> vtkRenderWindow:
    """Offscreen window. On Linux EGL, chosen by class: asking for any would try X first."""
    egl = getattr(vtkmodules.vtkRenderingOpenGL2, "vtkEGLRenderWindow", None)
    if not sys.platform.startswith("linux"):
        egl = None
    window: vtkRenderWindow = egl() if egl is not None else vtkRenderWindow()
    window.SetShowWindow(False)
    window.SetOffScreenRendering(1)
    window.SetMultiSamples(0)
    return window


def _texture(picture: NDArray[np.uint8], mipmap: bool) -> vtkTexture:
    height, width, channels = picture.shape
    image = vtkImageData()
    image.SetDimensions(width, height, 1)
    rows = np.ascontiguousarray(picture[::-1].reshape(-1, channels))
    image.GetPointData().SetScalars(numpy_to_vtk(rows, deep=1))
    texture = vtkTexture()
    texture.SetInputData(image)
    texture.InterpolateOn()
    texture.SetMipmap(mipmap)  # three times the cost of a frame on software GL
    texture.RepeatOn()
    return texture


class _Drawn:
    """One surface in the scene, with arrays that VTK reads in place."""

    def __init__(self, model: HeadModel, surface: Surface) -> None:
        self.run = slice(surface.start, surface.stop)
        self.points = model.vertices[self.run].copy()
        self.normals = model.normals[self.run].copy()
        self.data = vtkPolyData()
        points = vtkPoints()
        points.SetData(numpy_to_vtk(self.points))
        self.data.SetPoints(points)
        cells = vtkCellArray()
        offsets = np.arange(0, 3 * len(surface.faces) + 1, 3, dtype=np.int64)
        cells.SetData(
            numpy_to_vtkIdTypeArray(offsets, deep=1),
            numpy_to_vtkIdTypeArray(surface.faces.astype(np.int64).ravel(), deep=1),
        )
        self.data.SetPolys(cells)
        attributes = self.data.GetPointData()
        normals = numpy_to_vtk(self.normals)
        normals.SetName("Normals")
        attributes.SetNormals(normals)
        if len(surface.colours):
            attributes.SetScalars(numpy_to_vtk(surface.colours, deep=1))
        if len(surface.uv):
            uv = numpy_to_vtk(surface.uv, deep=1)
            uv.SetName("uv")
            attributes.SetTCoords(uv)
        self.creases = np.zeros((0, 3), np.float32)
        if "furrows" in surface.pictures:
            self.creases = np.zeros((len(self.points), 3), np.float32)
            self.creases[:, :2] = furrow_uv(self.points)
            array = numpy_to_vtk(self.creases)
            array.SetName(CREASE)
            attributes.AddArray(array)
        mapper = vtkPolyDataMapper()
        mapper.SetInputData(self.data)
        if len(self.creases):
            mapper.MapDataArrayToVertexAttribute(
                CREASE, CREASE, vtkDataObject.FIELD_ASSOCIATION_POINTS, -1
            )
        mapper.SetScalarVisibility(bool(len(surface.colours)))
        self.actor = vtkActor()
        self.actor.SetMapper(mapper)
        self.actor.GetProperty().BackfaceCullingOn()
        self._shade(surface)
        look = self.actor.GetProperty()
        for use, key in surface.pictures.items():
            mipmap = use == "colour" or model.lod == "still"
            look.SetTexture(MAPS[use], _texture(model.pictures[key], mipmap))

    def _shade(self, surface: Surface) -> None:
        shader = self.actor.GetShaderProperty()
        material = MATERIALS[surface.material or surface.name]
        code = fragment_code(material, surface.pictures)
        if "cover" in surface.pictures:
            self.actor.GetProperty().BackfaceCullingOff()
            if material.fading:
                self.actor.ForceTranslucentOn()
            else:
                self.actor.ForceOpaqueOn()
        if "furrows" in surface.pictures:
            declared, passed = CREASE_VERTEX
            for token, text in (("Dec", declared), ("Impl", passed)):
                place = f"//VTK::PositionVC::{token}"
                shader.AddVertexShaderReplacement(place, True, f"{place}\n{text}", False)
            place = "//VTK::PositionVC::Dec"
            text = f"{place}\n{CREASE_FRAGMENT}"
            shader.AddFragmentShaderReplacement(place, True, text, False)
        for token, text in (
            ("//VTK::Light::Impl", code),
            ("//VTK::TCoord::Impl", ""),
        ):
            shader.AddFragmentShaderReplacement(token, True, text, False)

    def see(self, to_world: list[float], upward: list[float]) -> None:
        """Tell the shader how the camera is turned."""
        uniforms = self.actor.GetShaderProperty().GetFragmentCustomUniforms()
        uniforms.SetUniformMatrix3x3("toWorld", to_world)
        uniforms.SetUniform3f("upward", upward)

    def crease(self, amounts: NDArray[np.float32]) -> None:
        """Show the furrows this deep, (N,) over the whole model."""
        if len(self.creases) and not np.array_equal(self.creases[:, 2], amounts[self.run]):
            self.creases[:, 2] = amounts[self.run]
            self.data.GetPointData().GetArray(CREASE).Modified()
            self.data.Modified()

    def move(self, vertices: NDArray[np.float32], normals: NDArray[np.float32]) -> None:
        """Show new vertices; what has not moved is not sent to the GPU again."""
        if np.array_equal(self.points, vertices[self.run]):
            return
        self.points[:] = vertices[self.run]
        self.normals[:] = normals[self.run]
        self.data.GetPoints().GetData().Modified()
        self.data.GetPoints().Modified()
        self.data.GetPointData().GetNormals().Modified()
        self.data.Modified()


class HeadScene:
    """Offscreen scene of one head model.

    Make it, call it and `close` it in one thread.

    Parameters
    ----------
    model : HeadModel

    Raises
    ------
    HeadError
        If no offscreen OpenGL can be had.
    """

    def __init__(self, model: HeadModel) -> None:
        self.model = model
        self._renderer = vtkRenderer()
        self._renderer.UseOITOff()  # what fades lies close over what is solid, in order
        self._window = _window()
        self._window.AddRenderer(self._renderer)
        self._drawn = [_Drawn(model, surface) for surface in model.surfaces]
        for drawn in self._drawn:
            self._renderer.AddActor(drawn.actor)
        self._light()
        self._weights: Mapping[str, float] | None = None
        self._pose: Pose = (0.0, 0.0, 0.0)
        self._checked = False

    def render(self, state: HeadState) -> NDArray[np.uint8]:
        """Draw a state, (height, width, 3) uint8 sRGB, C-contiguous.

        Raises
        ------
        HeadError
            If the size is out of range or the scene is closed.
        """
        width, height = state.size
        factor = DETAILS[state.quality].supersample
        if not (1 <= width * factor <= _MOST_PIXELS and 1 <= height * factor <= _MOST_PIXELS):
            raise HeadError(f"a picture of {width} x {height} px cannot be drawn", code="head.size")
        if not self._drawn:
            raise HeadError("the head's scene is closed", code="head.closed")
        weights = dict(state.weights)
        self._show(weights, posture(weights, state.pose))
        self._look(state.camera)
        drawn = round(width * factor), round(height * factor)
        self._window.SetSize(*drawn)
        self._window.Render()
        self._check()
        rgb = self._pixels(*drawn)
        if drawn == state.size:
            return rgb
        return np.asarray(cv2.resize(rgb, state.size, interpolation=_SHRINK), np.uint8)

    def close(self) -> None:
        """Release everything of VTK; the scene cannot be used any more."""
        if not self._drawn:
            return
        self._renderer.RemoveAllLights()
        self._renderer.RemoveAllViewProps()
        self._renderer.ReleaseGraphicsResources(self._window)
        self._window.RemoveRenderer(self._renderer)
        self._window.Finalize()
        self._drawn = []
        del self._renderer, self._window

    def _show(self, weights: dict[str, float], pose: Pose) -> None:
        bends = pose != self._pose and bool(len(self.model.neck))
        if weights != self._weights or bends:
            vertices, normals = bent(*self.model.deform(weights), pose, self.model.neck)
            for drawn in self._drawn:
                drawn.move(vertices, normals)
            creases = self.model.creases(weights)
            for drawn in self._drawn:
                drawn.crease(creases)
            self._weights = weights
        if pose != self._pose:
            matrix = vtkMatrix4x4()
            matrix.DeepCopy(pose_matrix(pose).ravel().tolist())
            for drawn in self._drawn:
                drawn.actor.SetUserMatrix(matrix)
            self._pose = pose

    def _look(self, camera: Camera) -> None:
        eye = self._renderer.GetActiveCamera()
        eye.SetFocalPoint(*camera.target)
        eye.SetPosition(*camera.position)
        eye.SetViewUp(0, 1, 0)
        eye.SetViewAngle(camera.fov)
        self._renderer.ResetCameraClippingRange()
        rows = camera.axes
        upward = rows @ pose_matrix(self._pose)[:3, 1]
        for drawn in self._drawn:
            drawn.see(rows.T.ravel().tolist(), upward.tolist())

    def _light(self) -> None:
        ren = self._renderer
        ren.GradientBackgroundOn()
        ren.SetBackground(*(c / 255 for c in GROUND))
        ren.SetBackground2(*(c / 255 for c in SKY))
        # The shader has its own lamps; VTK hands it normals only where a light is.
        ren.AutomaticLightCreationOff()
        ren.AddLight(vtkLight())

    def _check(self) -> None:
        """Make sure, after the first picture, that the window got a context at all."""
        if not self._checked and not self._window.SupportsOpenGL():
            raise HeadError(
                "no offscreen OpenGL could be opened",
                remedy="Install a driver with EGL (on Debian: libegl1 and libgl1-mesa-dri).",
                code="head.opengl",
            )
        self._checked = True

    def _pixels(self, width: int, height: int) -> NDArray[np.uint8]:
        values = vtkUnsignedCharArray()
        # VTK declares the raw-pointer overload only.
        self._window.GetRGBACharPixelData(0, 0, width - 1, height - 1, 1, values)  # type: ignore[call-overload]
        rgba = vtk_to_numpy(values).reshape(height, width, 4)
        return np.ascontiguousarray(rgba[::-1, :, :3])
