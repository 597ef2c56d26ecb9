"""The head is built once, kept, and built again when what was kept is damaged."""

from __future__ import annotations

import logging
import threading

import numpy as np
import pytest

from pipeline.core.errors import HeadError
from pipeline.core.paths import cache_dir
from pipeline.core.progress import run
from pipeline.face.anatomy import MIRROR
from pipeline.head import Camera, load_head, project_landmarks
from pipeline.head.cache import head_file
from pipeline.head.cast import CAST
from pipeline.head.model import HeadModel
from pipeline.head.sculpt.scalp import hair_mask
from tests.pipeline.heads import FRONT, SIZE, head


def test_the_head_of_the_cache_is_the_head_that_was_built():
    first, again = head(), run(load_head(lod="draft"))
    assert first is not again
    for name, array in first.to_arrays().items():
        np.testing.assert_array_equal(again.to_arrays()[name], array)


def test_building_reports_progress_that_only_grows(monkeypatch, tmp_path):
    monkeypatch.setenv("TELL_CACHE_DIR", str(tmp_path))
    seen = []
    run(load_head(lod="draft"), lambda step: seen.append(step.fraction))
    assert seen == sorted(seen) or seen[1:] == sorted(seen[1:])
    assert len(seen) > 20
    assert seen[-1] == 1.0
    kept = sorted(p.name for p in tmp_path.iterdir())  # nothing half written is left
    assert [name.split("-")[0] for name in kept] == ["body", "head"]


def test_a_build_that_is_given_up_leaves_no_thread_working(monkeypatch, tmp_path):
    monkeypatch.setenv("TELL_CACHE_DIR", str(tmp_path))
    before = set(threading.enumerate())
    job = load_head(lod="draft")
    while not set(threading.enumerate()) - before:  # pictures are made beside the form
        next(job)
    job.close()
    assert set(threading.enumerate()) <= before
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "foreign", "pickled"])
def test_a_damaged_cache_is_built_again(monkeypatch, tmp_path, damage, caplog):
    model = head()
    monkeypatch.setenv("TELL_CACHE_DIR", str(tmp_path))
    path = head_file(CAST["builtin"], "draft")
    assert path is not None
    np.savez(path, **model.to_arrays())
    whole = path.read_bytes()
    if damage == "cut":
        path.write_bytes(whole[: len(whole) // 2])
    elif damage == "flipped":
        middle = len(whole) // 2
        path.write_bytes(
            whole[:middle] + bytes(b ^ 255 for b in whole[middle:][:64]) + whole[middle + 64 :]
        )
    elif damage == "empty":
        path.write_bytes(b"")
    elif damage == "foreign":
        np.savez(path, something=np.zeros(3))
    else:
        np.savez(path, **{**model.to_arrays(), "landmarks": np.array([{}], dtype=object)})
    _dress_everyone_as(model, monkeypatch)
    with caplog.at_level(logging.WARNING):
        assert run(load_head(lod="draft")) is model
    assert "built again" in caplog.text
    assert run(load_head(lod="draft")).height == model.height  # and it is whole again


def _given(model):
    yield from ()
    return model


def _dress_everyone_as(model, monkeypatch):
    """In place of building bodies and heads."""
    monkeypatch.setattr("pipeline.head.load._body", lambda lod: _given(None))
    monkeypatch.setattr("pipeline.head.sculpt.assemble.dressed", lambda body, _: _given(model))


def test_a_cache_folder_that_cannot_be_written_costs_only_time(monkeypatch, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    model = head()
    monkeypatch.setenv("TELL_CACHE_DIR", str(blocked))
    _dress_everyone_as(model, monkeypatch)
    assert run(load_head(lod="draft")) is model


def test_unknown_heads_and_levels_are_refused_with_what_there_is():
    with pytest.raises(HeadError, match="builtin"):
        run(load_head("somebody.obj"))
    for name in ("x" * 5000, "~nobody-of-that-name/head.glb", "a\0b"):
        with pytest.raises(HeadError, match="there is no head"):
            run(load_head(name))
    with pytest.raises(HeadError, match="draft, live, still"):
        run(load_head(lod="ultra"))  # type: ignore[arg-type]


def test_arrays_that_do_not_fit_make_no_head():
    arrays = head().to_arrays()
    with pytest.raises(ValueError, match="fit"):
        HeadModel.from_arrays({**arrays, "shape_ids": arrays["shape_ids"][:-1]})
    with pytest.raises(KeyError):
        HeadModel.from_arrays({k: v for k, v in arrays.items() if k != "picture_0"})


def test_the_skin_has_no_holes_but_where_parts_cover_it():
    model = head()
    skin, inner = model.surfaces[0], model.surfaces[1]
    v = model.vertices.round(4)
    faces = np.vstack([s.faces + s.start for s in (skin, inner)])
    _, same = np.unique(v[: inner.stop], axis=0, return_inverse=True)
    faces = same.ravel()[faces]
    edges = np.sort(np.vstack([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)
    unique, uses = np.unique(edges, axis=0, return_counts=True)
    rim = np.unique(unique[uses == 1])
    place = np.zeros((same.max() + 1, 3))
    place[same.ravel()] = v[: inner.stop]
    open_at = place[rim]
    face = (open_at[:, 2] > -30) & (open_at[:, 1] < 55) & (open_at[:, 1] > -110)
    face &= hair_mask(open_at) < 4
    assert not face.any(), open_at[face]


def test_landmarks_are_symmetric_and_in_order():
    p = project_landmarks(head(), {}, FRONT, SIZE)
    middle = (SIZE[0] - 1) / 2
    np.testing.assert_allclose(p[:, 0] - middle, middle - p[MIRROR, 0], atol=1e-6)
    assert (np.diff(p[:17, 0]) > 0).all()  # jaw from the subject's right to left
    assert (np.diff(p[17:27, 0]) > 0).all()
    assert (np.diff(p[27:31, 1]) > 0).all()  # down the nose
    assert p[36, 0] < p[39, 0] < p[42, 0] < p[45, 0]
    assert (p[[37, 38, 43, 44], 1] < p[[41, 40, 47, 46], 1]).all()
    assert p[48, 0] < p[51, 0] < p[54, 0]
    assert p[8, 1] == p[:, 1].max()


def test_a_point_is_projected_as_a_pinhole_camera_does():
    camera = Camera(yaw=0, pitch=0, distance=500.0, target=(0, 0, 0), fov=90.0)
    places = camera.project(np.array([[0.0, 0, 0], [100, 0, 0], [0, 50, 250]]), (201, 101))
    # focal length 50.5 px; the picture's middle is its middle pixel
    np.testing.assert_allclose(places, [[100, 50], [100 + 50.5 / 5, 50], [100, 50 - 50.5 / 5]])


def test_the_cache_folder_is_the_sessions_own():
    head()
    assert list(cache_dir().glob("head-builtin-draft-*.npz"))
