"""The checks of the head's surfaces find what is wrong with heads that were spoilt on purpose."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial import ConvexHull
from scipy.spatial.transform import Rotation

from pipeline.core.progress import run
from pipeline.head.measure.antagonists import POSES, compatible, random_expressions, unit_of
from pipeline.head.measure.geometry import GeometryCheck, full_units, measure_geometry
from pipeline.head.measure.inversion import InversionCheck
from pipeline.head.measure.penetration import EyeCheck, LipCheck, depths_in, inside
from pipeline.head.measure.visible import triangles, visible_triangles
from tests.pipeline.heads import FRONT, head


def _nearest(vertices, place):
    return int(np.linalg.norm(vertices - place, axis=1).argmin())


def test_what_faces_away_or_is_covered_is_not_visible():
    model = head()
    middles = model.vertices[visible_triangles(model, FRONT)].mean(1)
    assert (middles[:, 2] > -110).all()  # not the back of the head
    assert not ((np.abs(middles[:, 0]) < 20) & (middles[:, 1] > 85)).any()  # the scalp has hair
    cheek, forehead = (40, -30, 5), (0, 40, 20)
    for place in (cheek, forehead):
        assert np.linalg.norm(middles - place, axis=1).min() < 9


def test_the_neutral_head_has_nothing_inside_out():
    assert InversionCheck(head()).of(head().vertices).share == 0


def test_a_triangle_that_turns_over_is_found_where_it_is():
    model = head()
    check = InversionCheck(model)
    faces, vertices = check.faces, model.vertices.copy()
    face = faces[np.linalg.norm(vertices[faces].mean(1) - (40, -30, 5), axis=1).argmin()]
    # One corner goes through the opposite edge to the other side.
    a, b, c = vertices[face]
    vertices[face[0]] = b + c - a + 0.3 * (b + c - 2 * a)
    found = check.of(vertices)
    assert found.share > 0
    assert np.linalg.norm(found.places - model.vertices[face].mean(0), axis=1).min() < 1e-3


def test_a_triangle_that_shrinks_to_nothing_counts_as_inside_out():
    model = head()
    check = InversionCheck(model)
    vertices = model.vertices.copy()
    vertices[check.faces[0]] = vertices[check.faces[0]].mean(0)
    assert check.of(vertices).share > 0


def test_a_piece_of_face_that_turns_as_a_whole_is_not_inside_out():
    model = head()
    turn = Rotation.from_euler("y", 170, degrees=True).as_matrix()
    found = InversionCheck(model).of((model.vertices @ turn.T).astype(np.float32))
    assert found.share == 0
    assert found.turned_away > 1000


@pytest.mark.parametrize("depth", [1.0, 2.0])
def test_a_lid_pushed_into_the_eyeball_is_found_with_its_depth(depth):
    model = head()
    check = EyeCheck(model, "eye_left")
    vertices = model.vertices.copy()
    centre = np.array([31.5, 0, -2.8])
    lid = _nearest(vertices[: model.surfaces[0].stop], vertices[model.landmarks[43]])
    ray = vertices[lid] - centre
    gap = np.linalg.norm(ray) - 14.6
    vertices[lid] -= ray / np.linalg.norm(ray) * (gap + depth)
    assert check.of(model.vertices).depth == 0
    assert check.of(vertices).depth == pytest.approx(depth, abs=0.35)  # the cornea bulges
    assert np.allclose(check.of(vertices).place, vertices[lid], atol=0.01)


def test_an_eyeball_that_turns_under_its_lids_does_not_enter_them():
    model = head()
    eye = model.surface("eye_left")
    vertices = model.vertices.copy()
    run_of = slice(eye.start, eye.stop)
    turn = Rotation.from_euler("x", 25, degrees=True).as_matrix()
    centre = np.array([31.5, 0, -2.8])
    vertices[run_of] = (vertices[run_of] - centre) @ turn.T + centre
    # The cornea stands out by 0.75 mm and is turned under the lid.
    assert EyeCheck(model, "eye_left").of(vertices).depth < 0.76


def test_a_lower_lip_raised_into_the_upper_is_found():
    model = head()
    check = LipCheck(model)
    vertices = model.vertices.copy()
    lower = np.unique(check.lower_faces)
    vertices[lower] += (0, 2.0, 0)
    assert check.lips(model.vertices).depth == 0
    assert check.lips(vertices).depth == pytest.approx(2.0, abs=1.0)
    vertices[lower] -= (0, 8.0, 0)
    assert check.lips(vertices).depth == 0


def test_teeth_moved_into_the_lips_are_found():
    model = head()
    check = LipCheck(model)
    teeth = model.surface("teeth_upper")
    vertices = model.vertices.copy()
    vertices[teeth.start : teeth.stop] += (0, 0, 4.0)  # they lie 0.9 mm behind the lips
    assert check.teeth(model.vertices).depth == 0
    assert check.teeth(vertices).depth > 1.5


def test_depth_in_a_plane_is_the_distance_behind_it():
    grid = np.stack(np.meshgrid(np.arange(-5, 5, 0.5), np.arange(-5, 5, 0.5)), -1).reshape(-1, 2)
    plane = np.column_stack([grid, np.zeros(len(grid))])
    up = np.tile([0.0, 0, 1], (len(plane), 1))
    depths = depths_in(np.array([[0, 0, -0.7], [0.2, 0.1, 0.4], [0, 0, 50]]), plane, up)
    assert depths[:2] == pytest.approx([0.7, -0.4])
    assert depths[2] == -np.inf


def test_random_expressions_repeat_and_hold_no_antagonists():
    controls = head().controls
    made = list(random_expressions(controls, 200, 7))
    assert made == list(random_expressions(controls, 200, 7))
    assert made != list(random_expressions(controls, 200, 8))
    for weights in made:
        units = {unit_of(name) for name in weights}
        assert len(units) >= 2
        assert all(compatible(unit, units - {unit}) for unit in units)
        assert all(0 < value <= 1 for value in weights.values())
    used = {name for weights in made for name in weights}
    faces = {name for name in controls if unit_of(name) not in (None, *POSES)}
    assert used == faces


def test_brows_go_up_and_down_together_but_lids_do_not():
    assert compatible(1, [4, 2])
    assert compatible(12, [6, 25, 20])
    assert not compatible(5, [43])
    assert not compatible(25, [26])
    assert not compatible(64, [63])


def test_every_unit_of_the_head_is_measured_at_full_activation():
    report = run(measure_geometry(head(), combinations=3))
    assert len(report.combinations) == 3
    assert len(report.units) == len(full_units(head()))
    assert {"AU12_L": 1.0, "AU12_R": 1.0} in [dict(f.weights) for f in report.units]
    assert report.kinds == ("inverted", "lid", "lips", "teeth")
    assert report.worst("lips")[0].value("lips") == max(
        f.value("lips") for f in (*report.units, *report.combinations)
    )


def test_a_head_without_eyes_and_teeth_is_measured_without_them():
    model = head()
    skin = model.surfaces[0]
    bare = replace(model, surfaces=(skin,))
    check = GeometryCheck(bare)
    assert check.kinds == ("inverted",)
    assert check.of({"AU12": 1.0}).value("lid") == 0
    assert len(triangles(bare)) == len(skin.faces)


def test_points_are_inside_a_closed_surface_or_not_even_when_it_has_a_hole():
    corners = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], float)
    hull = ConvexHull(corners)
    faces = hull.simplices.copy()
    # scipy's triangles point anyhow; the equations tell which way is out.
    a, b, c = (corners[faces[:, k]] for k in range(3))
    wrong = (np.cross(b - a, c - a) * hull.equations[:, :3]).sum(1) < 0
    faces[wrong] = faces[wrong][:, ::-1]
    points = np.array([[0, 0, 0], [0.9, 0.9, 0.9], [1.1, 0, 0], [0, 0, 5.0]])
    assert inside(points, corners, faces).tolist() == [True, True, False, False]
    assert inside(points[[0, 3]], corners, faces[1:]).tolist() == [True, False]
