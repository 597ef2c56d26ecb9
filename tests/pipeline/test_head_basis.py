"""What the other rooms take from the head: dense fields and the two AU bases."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.core.errors import HeadError
from pipeline.face import canonical_shape, load_flow_basis, load_landmark_basis
from pipeline.face.anatomy import MIRROR, RIGID, with_cheeks
from pipeline.face.canonical import CANON
from pipeline.head import (
    Camera,
    dense_displacement,
    flow_basis,
    landmark_basis,
    project_landmarks,
    write_bases,
)
from pipeline.head.measure.basis import FRONTAL
from tests.pipeline.heads import head

SIZE = (640, 640)


@pytest.fixture(scope="module")
def dense():
    return dense_displacement(head(), FRONTAL, SIZE)


@pytest.fixture(scope="module")
def flow():
    return flow_basis(head())


def test_dense_displacement_is_what_the_landmarks_do(dense):
    """At landmarks that are visible vertices both say the same."""
    model = head()
    place = {int(v): i for i, v in enumerate(dense.vertices)}
    seen = [(k, place[int(v)]) for k, v in enumerate(model.landmarks) if int(v) in place]
    assert len(seen) > 40
    marks, rows = np.array(seen).T
    neutral = project_landmarks(model, {}, FRONTAL, SIZE)
    for name in ("AU12_L", "AU1_R", "AU17"):
        moved = project_landmarks(model, {name: 1.0}, FRONTAL, SIZE) - neutral
        given = dense.displacements[dense.names.index(name), rows]
        np.testing.assert_allclose(given, moved[marks], atol=0.05 * dense.iod * 0.02)


def test_dense_points_are_seen_and_cover_the_face(dense):
    from scipy.spatial import cKDTree

    inner = dense.landmarks[17:60]
    gap, _ = cKDTree(dense.points).query(inner)
    assert gap.max() < 0.06 * dense.iod
    side = dense_displacement(head(), Camera(yaw=80), SIZE)
    x = head().vertices[side.vertices, 0]
    assert (x > 0).mean() > 0.85  # from the subject's left one sees the left half


def test_landmark_basis_reproduces_the_key_weights_of_the_head():
    basis = landmark_basis(head())
    assert basis.B.shape == (140, len(basis.names))
    for name in ("AU12_L", "AU4_R", "AU25"):
        column = basis.B[:, basis.names.index(name)].reshape(70, 2)
        a = project_landmarks(head(), {}, FRONTAL, SIZE)
        b = project_landmarks(head(), {name: 0.2}, FRONTAL, SIZE)
        iod = np.linalg.norm(a[45] - a[36])
        own = with_cheeks(b - a) / iod / 0.2
        # Only the motion of the rigid set is taken off, which is small.
        assert np.abs(column[RIGID]).max() < 0.02
        assert np.abs(column - own).max() < 0.012


def test_both_bases_hold_the_units_of_casme2_by_side_and_blinks_apart(flow):
    basis = landmark_basis(head())
    assert flow.names == basis.names
    assert len(flow.names) == 13 * 2 + 6
    assert "AU43_L" not in flow.names
    assert len(flow.blink) == basis.blink.shape[1] == 2


def test_flow_fields_are_mirror_images_and_stay_on_the_face(flow):
    left = flow.fields[flow.names.index("AU12_L")]
    right = flow.fields[flow.names.index("AU12_R")]
    np.testing.assert_allclose(left, right[:, ::-1] * [-1, 1], atol=2e-3)
    assert np.abs(flow.fields[:, ~flow.mask]).max() == 0


def test_flow_at_the_landmarks_is_the_landmark_basis(flow):
    """Two ways to the same motion: sampled on the canonical grid, and point by point."""
    from scipy.ndimage import map_coordinates

    basis = landmark_basis(head())
    at = (canonical_shape() * CANON - 0.5).T[::-1]
    for name in ("AU1_L", "AU12_L", "AU15_R", "AU17"):
        k = flow.names.index(name)
        sampled = np.stack([map_coordinates(flow.fields[k][..., c], at) for c in (0, 1)], 1)[17:]
        points = basis.B[:, k].reshape(70, 2)[17:68]
        correlation = np.corrcoef(sampled.ravel(), points.ravel())[0, 1]
        assert correlation > 0.85, name  # the mean face has brows and lips of its own


def test_a_smile_moves_the_corner_outwards_and_up_in_the_picture(flow):
    basis = landmark_basis(head())
    corner = basis.B[:, basis.names.index("AU12_L")].reshape(70, 2)[54]
    assert corner[0] > 0.03 > -0.03 > corner[1]  # x right, y down
    mirrored = basis.B[:, basis.names.index("AU12_R")].reshape(70, 2)[MIRROR[54]]
    np.testing.assert_allclose(mirrored, corner * [-1, 1], atol=1e-5)


def test_units_are_told_apart_by_least_squares(flow):
    """Any one unit, noised, is the strongest of what the basis finds in it."""
    from scipy.optimize import nnls

    rng = np.random.default_rng(1)
    columns = flow.fields.reshape(len(flow.names), -1).T.astype(float)
    for k in range(len(flow.names)):
        motion = 0.3 * columns[:, k] + rng.normal(0, 2e-4, len(columns))
        assert nnls(columns, motion)[0].argmax() == k


def test_bases_written_are_the_bases_read(tmp_path):
    landmarks, dense_file = write_bases(head(), tmp_path)
    basis = load_landmark_basis(landmarks)
    np.testing.assert_array_equal(basis.B, landmark_basis(head()).B)
    assert load_flow_basis(dense_file).names == basis.names
    assert landmarks.stat().st_size + dense_file.stat().st_size < 1_000_000
    (tmp_path / "file").write_text("")
    with pytest.raises(HeadError, match="cannot be written"):
        write_bases(head(), tmp_path / "file")
