"""The VTK scene of the head, drawn offscreen. One thread makes, uses and closes it."""

from __future__ import annotations

import sys
from collections.abc import Mapping

import numpy as np
import vtkmodules.vtkRenderingOpenGL2
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray
from vtkmodules.vtkCommonMath import vtkMatrix4x4
from vtkmodules.vtkRenderingCore import (
    vtkLight,
    vtkRenderer,
    vtkRenderWindow,
    vtkTexture,
)

from pipeline.core.errors import HeadError
from pipeline.core.vision import cv2
from pipeline.head.model import HeadModel
from pipeline.head.muscles.posture import posture
from pipeline.head.rig.playing import falloff_on, played
from pipeline.head.rig.rig import NO_RIG, Rig
from pipeline.head.scene import shadow, studio
from pipeline.head.scene.bare import Bare, bare_surfaces
from pipeline.head.scene.camera import (
    FALLOFF,
    OVERS,
    Camera,
    HeadState,
    Pose,
    bent,
    pose_matrix,
)
from pipeline.head.scene.drawn import Drawn, texture
from pipeline.head.scene.heat import HOTTEST_MM
from pipeline.head.scene.shading import RigLight
from pipeline.head.scene.studio import FINISH, IRISES, RIGS
from pipeline.head.sculpt.parameters.detail import DETAILS

_MOST_PIXELS = 8192
_SHRINK = cv2.INTER_AREA
GROUNDS = ("studio", "transparent")


def _window() -> vtkRenderWindow:
    """Offscreen window. On Linux EGL, chosen by class: asking for any would try X first."""
    egl = getattr(vtkmodules.vtkRenderingOpenGL2, "vtkEGLRenderWindow", None)
    if not sys.platform.startswith("linux"):
        egl = None
    window: vtkRenderWindow = egl() if egl is not None else vtkRenderWindow()
    window.SetShowWindow(False)
    window.SetOffScreenRendering(1)
    window.SetMultiSamples(0)
    window.SetAlphaBitPlanes(1)
    return window


def _room(vertices: NDArray[np.float32]) -> list[float]:
    """Bounds of a head however it is turned or moved: x, y, z from and to, mm."""
    middle = (vertices.min(0) + vertices.max(0)) / 2
    reach = 1.5 * float(np.linalg.norm(vertices - middle, axis=1).max())
    return [float(m + sign * reach) for m in middle for sign in (-1, 1)]


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
        self._renderer.GetCullers().RemoveAllItems()  # all is in view; they measure it each frame
        self._renderer.UseOITOff()  # what fades lies close over what is solid, in order
        self._window = _window()
        self._window.AddRenderer(self._renderer)
        bodies = shadow.bodies(model)
        self._drawn = [Drawn(model, surface, bodies) for surface in model.surfaces]
        for drawn in self._drawn:
            self._renderer.AddActor(drawn.actor)
        self._light()
        self._room = _room(model.vertices)
        self._lights: dict[str, tuple[RigLight, vtkTexture]] = {}
        self._bare: list[Bare] = []
        self._deformed = model.vertices
        self._weights: Mapping[str, float] | None = None
        self._rig = NO_RIG
        self._pose: Pose = (0.0, 0.0, 0.0)
        self._seen: tuple[object, ...] = ()
        self._lit: tuple[object, ...] = ()
        self._iris = "-"
        self._checked = False

    def render(self, state: HeadState) -> NDArray[np.uint8]:
        """Draw a state, (height, width, 3) uint8 sRGB, C-contiguous; 4 channels if transparent.

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
        look = state.look
        if (
            look.over not in ("", *OVERS, FALLOFF)
            or look.light not in RIGS
            or look.iris not in IRISES
            or look.ground not in GROUNDS
        ):
            raise HeadError(f"there is no such look: {look}", code="head.look")
        weights = dict(state.weights)
        pose = posture(weights, state.pose)
        self._show(weights, pose, state.rig)
        self._show_bare(state)
        self._illuminate(state, pose)
        self._look(state.camera)
        drawn = round(width * factor), round(height * factor)
        self._window.SetSize(*drawn)
        self._window.Render()
        self._check()
        return self._picture(drawn, state)

    @property
    def graphics(self) -> str:
        """What draws: the graphics card or the software renderer; known after a picture."""
        for line in self._window.ReportCapabilities().splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "OpenGL renderer string":
                return value.strip()
        return ""

    def close(self) -> None:
        """Release everything of VTK; the scene cannot be used any more."""
        if not self._drawn:
            return
        self._window.MakeCurrent()  # its own names of textures, not those of another scene
        self._renderer.RemoveAllLights()
        self._renderer.RemoveAllViewProps()
        self._renderer.ReleaseGraphicsResources(self._window)
        self._window.RemoveRenderer(self._renderer)
        self._window.Finalize()
        self._drawn, self._bare = [], []
        del self._renderer, self._window

    def _show(self, weights: dict[str, float], pose: Pose, rig: Rig) -> None:
        bends = pose != self._pose and bool(len(self.model.neck))
        if weights != self._weights or rig != self._rig or bends:
            model, beside = played(self.model, rig, weights)
            deformed = model.deform(weights, beside)
            self._deformed = deformed[0]
            vertices, normals = bent(*deformed, pose, self.model.neck)
            for drawn in self._drawn:
                drawn.move(vertices, normals)
            creases = model.creases(weights)
            for drawn in self._drawn:
                drawn.crease(creases)
            self._shade_eyes(vertices)
            self._unfold_lids(vertices)
            self._weights, self._rig = weights, rig
        if pose != self._pose:
            matrix = vtkMatrix4x4()
            matrix.DeepCopy(pose_matrix(pose).ravel().tolist())
            for actor in [d.actor for d in self._drawn] + [b.actor for b in self._bare]:
                actor.SetUserMatrix(matrix)
            self._pose = pose

    def _show_bare(self, state: HeadState) -> None:
        """The mesh or the heat in place of the skin; made when first asked for."""
        over = state.look.over
        if over and not self._bare:
            self._bare = bare_surfaces(self._drawn)
            for bare in self._bare:
                bare.actor.SetUserMatrix(self._drawn[0].actor.GetUserMatrix())
                self._renderer.AddActor(bare.actor)
        for drawn in self._drawn:
            drawn.actor.SetVisibility(not over)
        moved = np.zeros(0)
        if over == "heat":
            moved = np.linalg.norm(self._deformed - self.model.vertices, axis=1)
        elif over == FALLOFF:
            moved = HOTTEST_MM * falloff_on(self.model, state.rig, state.focus)
        for bare in self._bare:
            bare.actor.SetVisibility(bool(over))
            if over:
                bare.show(over, moved)

    def _shade_eyes(self, vertices: NDArray[np.float32]) -> None:
        """The lids' shadow stays with the lids while the eyeball turns."""
        landmarks = vertices[self.model.landmarks]
        for drawn in self._drawn:
            if drawn.is_eye and len(landmarks):
                drawn.darken(shadow.lid_shade(drawn.points, landmarks))

    def _unfold_lids(self, vertices: NDArray[np.float32]) -> None:
        """The skin's pictures show open eyes: a lid that moves shows them less."""
        model = self.model
        lids = model.lids[model.lids < model.surfaces[0].stop]
        if len(lids) and len(model.finish):
            moved = np.linalg.norm(vertices[lids] - model.vertices[lids], axis=1)
            left = np.clip(1 - moved / FINISH.lids.unfolds, 0, 1)
            self._drawn[0].fade(lids, left * (model.finish[lids, 1] / 255))

    def _illuminate(self, state: HeadState, pose: Pose) -> None:
        """Light of a rig: uniforms and, where it or the pose is new, what arrives of it."""
        light, backdrop = self._lit_by(state.look.light)
        ren, lit = self._renderer, (state.look.light, pose)
        if lit != self._lit:
            reach = shadow.reach(self.model, light, pose)
            for drawn in self._drawn:
                drawn.light(reach)
            self._lit = lit
        seen = (state.look.light, state.camera, pose)
        if seen != self._seen:
            axes = state.camera.axes
            upward = (axes @ pose_matrix(pose)[:3, 1]).tolist()
            for drawn in self._drawn:
                drawn.see(light, axes, upward)
            self._seen = seen
        iris = state.look.iris or self.model.iris
        if iris != self._iris:
            for drawn in self._drawn:
                drawn.tint(iris)
            self._iris = iris
        clear = state.look.ground == "transparent"
        ren.SetTexturedBackground(not clear)
        ren.SetBackgroundTexture(backdrop)
        ren.SetBackground(0, 0, 0)
        ren.SetBackgroundAlpha(0.0 if clear else 1.0)

    def _lit_by(self, name: str) -> tuple[RigLight, vtkTexture]:
        if name not in self._lights:
            light = RigLight(name)
            picture = studio.backdrop(light.rig, FINISH.ground_size)
            self._lights[name] = light, texture(picture, mipmap=False)
        return self._lights[name]

    def _look(self, camera: Camera) -> None:
        eye = self._renderer.GetActiveCamera()
        eye.SetFocalPoint(*camera.target)
        eye.SetPosition(*camera.position)
        eye.SetViewUp(0, 1, 0)
        eye.SetViewAngle(camera.fov)
        self._renderer.ResetCameraClippingRange(self._room)

    def _light(self) -> None:
        # The shader has its own lamps; VTK hands it normals only where a light is.
        self._renderer.AutomaticLightCreationOff()
        light = vtkLight()
        light.SetLightTypeToHeadlight()
        self._renderer.AddLight(light)

    def _check(self) -> None:
        """Make sure, after the first picture, that the window got a context at all."""
        if not self._checked and not self._window.SupportsOpenGL():
            raise HeadError(
                "no offscreen OpenGL could be opened",
                remedy="Install a driver with EGL (on Debian: libegl1 and libgl1-mesa-dri).",
                code="head.opengl",
            )
        self._checked = True

    def _picture(self, drawn: tuple[int, int], state: HeadState) -> NDArray[np.uint8]:
        """What was drawn, at the wanted size, with or without alpha."""
        clear = state.look.ground == "transparent"
        pixels = self._pixels(*drawn)
        pixels = np.asarray(cv2.flip(pixels, 0), np.uint8)
        if not clear:
            pixels = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGBA2RGB), np.uint8)
        if drawn != state.size:
            pixels = np.asarray(cv2.resize(pixels, state.size, interpolation=_SHRINK), np.uint8)
        return straight_alpha(pixels) if clear else pixels

    def _pixels(self, width: int, height: int) -> NDArray[np.uint8]:
        """What the window shows, RGBA, its lowest row first."""
        values = vtkUnsignedCharArray()
        # VTK declares the raw-pointer overload only.
        self._window.GetRGBACharPixelData(0, 0, width - 1, height - 1, 1, values)  # type: ignore[call-overload]
        return vtk_to_numpy(values).reshape(height, width, 4)


def straight_alpha(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Colours over black, (H, W, 4), as colours with their own alpha: nothing dark at the rim."""
    out = pixels.copy()
    rim = (pixels[..., 3] > 0) & (pixels[..., 3] < 255)
    colours = pixels[rim].astype(np.float32)
    out[rim, :3] = np.clip(colours[:, :3] * (255 / colours[:, 3:]) + 0.5, 0, 255)
    out[pixels[..., 3] == 0, :3] = 0
    return out
