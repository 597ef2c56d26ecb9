"""Picking a place on the head as shown, against VTK's own search along a line."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.head import Camera
from pipeline.head.muscles.posture import posture
from pipeline.head.rig import Manipulator, Rig, centre, moved, pick, placed, view_ray
from pipeline.head.rig.playing import shown_vertices
from pipeline.head.scene.camera import posed
from tests.pipeline.heads import head

SIZE = (640, 480)
VIEWS = (Camera(), Camera(yaw=50, pitch=-10, distance=500, target=(20, -40, 0)), Camera(yaw=-90))


def _trees(model, vertices):
    """Each solid surface with VTK's search tree."""
    from vtkmodules.util.numpy_support import numpy_to_vtk, numpy_to_vtkIdTypeArray
    from vtkmodules.vtkCommonCore import vtkPoints
    from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkPolyData
    from vtkmodules.vtkFiltersGeneral import vtkOBBTree

    for surface in model.surfaces:
        if "cover" in surface.pictures:
            continue
        data, points, cells, tree = vtkPolyData(), vtkPoints(), vtkCellArray(), vtkOBBTree()
        run = np.ascontiguousarray(vertices[surface.start : surface.stop], np.float64)
        points.SetData(numpy_to_vtk(run, deep=1))
        faces = surface.faces.astype(np.int64)
        cells.SetData(
            numpy_to_vtkIdTypeArray(np.arange(0, 3 * len(faces) + 1, 3), deep=1),
            numpy_to_vtkIdTypeArray(faces.ravel(), deep=1),
        )
        data.SetPoints(points)
        data.SetPolys(cells)
        tree.SetDataSet(data)
        tree.BuildLocator()
        yield surface.name, run[faces], tree


def _by_vtk(trees, origin, way):
    """Depth, surface and place that VTK finds first among what is turned to the viewer."""
    from vtkmodules.vtkCommonCore import vtkIdList, vtkPoints

    found = []
    for name, corners, tree in trees:
        met, cells = vtkPoints(), vtkIdList()
        tree.IntersectWithLine(origin, origin + 2000 * way, met, cells)
        for number in range(met.GetNumberOfPoints()):
            a, b, c = corners[cells.GetId(number)]
            if np.cross(b - a, c - a) @ way < 0:
                at = np.array(met.GetPoint(number))
                found.append((float((at - origin) @ way), name, at))
    return min(found, key=lambda hit: hit[0], default=None)


@pytest.mark.parametrize("camera", VIEWS)
def test_the_place_under_the_pointer_is_the_first_that_the_line_of_sight_meets(camera):
    model = head()
    weights, pose = {"AU26": 0.6, "AU12": 0.8}, (18.0, -6.0, 4.0)
    rig = Rig((Manipulator("a", 54, radius=0.4, move=(0.1, 0.15, 0.05)),))
    shown = posed(shown_vertices(model, rig, weights), posture(weights, pose), model.neck)
    trees = list(_trees(model, shown))
    random = np.random.default_rng(1)
    hits = 0
    for at in (random.uniform(0.3, 0.7, (60, 2)) * SIZE).tolist():
        origin, way = view_ray(camera, SIZE, tuple(at))
        truth, found = _by_vtk(trees, origin, way), pick(model, shown, origin, way)
        if truth is None or found is None:
            assert truth is None and found is None, at
            continue
        hits += 1
        np.testing.assert_allclose(camera.project(found.position[None], SIZE)[0], at, atol=1e-3)
        assert found.surface == truth[1]
        np.testing.assert_allclose(found.position, truth[2], atol=2e-3)
        np.testing.assert_allclose(found.spot.on(shown), found.position, atol=1e-6)
    assert hits > 20


def test_what_lies_beside_the_head_is_nothing():
    model = head()
    assert pick(model, model.vertices, *view_ray(Camera(), SIZE, (3.0, 3.0))) is None


def test_an_eyeball_is_met_and_is_no_flesh_but_hair_and_brows_are_seen_through():
    model = head()
    eye = next(part for part in model.turners if part.centre[0] > 0)
    met = pick(model, model.vertices, np.array([eye.centre[0], 0.0, 500.0]), (0, 0, -1))
    assert met.surface == "eye_left" and not met.flesh
    brow = model.vertices[model.landmarks[24]]
    met = pick(model, model.vertices, np.array([brow[0], brow[1], 500.0]), (0, 0, -1))
    assert met.surface == "skin" and met.flesh


def test_a_picked_place_becomes_a_centre_that_goes_where_it_is_drawn():
    model = head()
    met = pick(model, model.vertices, *view_ray(Camera(), SIZE, (350.0, 270.0)))
    point, offset = placed(model, met.spot.on(model.vertices))
    one = Manipulator("a", point, offset, 0.4, move=(0.02, 0.05, 0.01))
    spot = centre(model, one)
    assert np.linalg.norm(spot.on(model.vertices) - met.position) < 0.01
    moves = moved(model, Rig((one,)))
    vertices = model.vertices.astype(float)
    vertices[moves.ids] += moves.deltas
    drawn = spot.on(vertices) - spot.on(model.vertices)
    np.testing.assert_allclose(drawn / 90.5, one.move, atol=0.004)
