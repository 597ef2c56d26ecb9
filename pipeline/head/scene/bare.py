"""The head without its skin: its mesh as wires, or how far each point has moved as heat."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper

from pipeline.head.scene.drawn import Drawn
from pipeline.head.scene.heat import heat_colours

_CLAY, _WIRE = (0.30, 0.34, 0.40), (0.50, 0.89, 0.77)
_HEAT_ARRAY = "heat"


class Bare:
    """A second actor over a drawn surface's data, in plain light.

    Parameters
    ----------
    drawn : Drawn
        Whose points it shares.
    """

    def __init__(self, drawn: Drawn) -> None:
        self._run, self._data = drawn.run, drawn.data
        self._colours = np.zeros((len(drawn.points), 3), np.uint8)
        array = numpy_to_vtk(self._colours)
        array.SetName(_HEAT_ARRAY)
        self._data.GetPointData().AddArray(array)
        self._mapper = vtkPolyDataMapper()
        self._mapper.SetInputData(self._data)
        self._mapper.SetScalarModeToUsePointFieldData()
        self._mapper.SelectColorArray(_HEAT_ARRAY)
        self._mapper.SetColorModeToDirectScalars()
        self.actor = vtkActor()
        self.actor.SetMapper(self._mapper)
        look = self.actor.GetProperty()
        look.SetColor(*_CLAY)
        look.SetEdgeColor(*_WIRE)
        look.SetAmbient(0.35)
        look.SetDiffuse(0.65)

    def show(self, over: str, moved: NDArray[np.floating]) -> None:
        """Wires, or the heat of how far each of the model's vertices has moved, (N,) mm."""
        look = self.actor.GetProperty()
        look.SetEdgeVisibility(over == "wireframe")
        self._mapper.SetScalarVisibility(over != "wireframe")
        if over != "wireframe":
            self._colours[:] = heat_colours(moved[self._run])
            self._data.GetPointData().GetArray(_HEAT_ARRAY).Modified()
            self._data.Modified()


def bare_surfaces(drawn: Sequence[Drawn]) -> list[Bare]:
    """Of everything but loose hair: strands would hide what moves."""
    return [Bare(surface) for surface in drawn if surface.hull or not surface.strands]
