"""Measurements in a project: what goes in comes out, in pieces; hostile blobs do not."""

from __future__ import annotations

import json
import threading
import zlib
from pathlib import Path

import numpy as np
import pytest

from pipeline.core import progress
from pipeline.core.errors import ProjectError
from pipeline.store import ProjectStore, SaveAnalysis, SetCurve, arrays, measurements
from tests.pipeline.projects import bump, project, result


def save(store: ProjectStore, clip: str, seed: int = 1) -> SaveAnalysis:
    found = result(60, seed)
    run = progress.run(store.stage_analysis(clip, found))
    edit = SaveAnalysis.prepare(store, clip, run, found)
    edit.apply(store)
    return edit


def test_an_analysis_comes_back_bit_for_bit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measurements, "CHUNK_BYTES", 4096)  # many pieces
    store, clip = project(tmp_path)
    truth = result(60, 1)
    save(store, clip.id)
    store.close()
    with ProjectStore.open(tmp_path / "study.tell") as again:
        stored = again.analysis(clip.id)
    assert stored is not None
    for name, array in truth.track.to_arrays().items():
        back = stored.track.to_arrays()[name]
        assert back.dtype == array.dtype and back.tobytes() == array.tobytes(), name
    for name in ("times", "displacement", "motion"):
        assert getattr(stored, name).tobytes() == getattr(truth, name).tobytes(), name
    assert stored.signals.names == truth.signals.names
    assert np.array_equal(stored.signals.values, truth.signals.values)
    assert stored.landmark_signals is not None
    assert np.array_equal(stored.landmark_signals.values, truth.landmark_signals.values)
    assert (stored.predictor, stored.weights_hash) == ("classical", "abc")
    assert stored.settings == {"k": 3, "p": 0.5}


def test_a_clip_without_a_run_has_no_analysis(tmp_path: Path) -> None:
    store, clip = project(tmp_path)
    with store:
        assert store.analysis(clip.id) is None


def test_staging_tells_its_progress_and_shows_nothing_before_the_edit(tmp_path: Path) -> None:
    store, clip = project(tmp_path)
    with store:
        steps = []
        progress.run(store.stage_analysis(clip.id, result()), steps.append)
        assert steps[-1].fraction == 1.0
        assert [step.done for step in steps] == sorted(step.done for step in steps)
        assert store.analysis(clip.id) is None


def test_a_run_that_nothing_points_at_is_swept_when_the_project_opens(tmp_path: Path) -> None:
    store, clip = project(tmp_path)
    save(store, clip.id)
    progress.run(store.stage_analysis(clip.id, result(seed=2)))  # cancelled here
    store.close()
    with ProjectStore.open(tmp_path / "study.tell") as again, again.reading() as conn:
        assert conn.exec_driver_sql("select count(*) from analyses").scalar() == 1
        assert conn.exec_driver_sql("select count(*) from curves").scalar() == 5
        assert again.analysis(clip.id) is not None


def test_undo_of_a_second_run_brings_the_first_back(tmp_path: Path) -> None:
    store, clip = project(tmp_path)
    with store:
        first = save(store, clip.id, 1)
        second = save(store, clip.id, 2)
        assert store.analysis(clip.id).id == second.new_run
        second.revert(store)
        assert store.analysis(clip.id).id == first.new_run
        assert store.events(clip.id, "model") == first.new_events


@pytest.mark.parametrize(
    "change",
    [
        {"dtype": "|O"},
        {"dtype": "object"},
        {"dtype": "<f8"},
        {"dtype": "<U8"},
        {"shape": "[1000000000, 1000000000]"},
        {"shape": "[-1]"},
        {"shape": "[true, 12]"},
        {"shape": "[1.5]"},
        {"shape": "{}"},
        {"shape": "[" * 150},
        {"shape": None},
        {"encoding": "pickle"},
        {"encoding": "zlib"},
        {"data": b"short"},
        {"data": "text"},
    ],
)
def test_a_blob_that_does_not_fit_its_columns_is_refused(change: dict) -> None:
    columns = arrays.encode(np.arange(12, dtype=np.float32)) | change
    with pytest.raises(ProjectError) as caught:
        arrays.decode(**columns, where="test")
    assert caught.value.code == "project.array"


def test_a_blob_that_unpacks_to_gigabytes_is_never_unpacked() -> None:
    import tracemalloc

    bomb = zlib.compress(bytes(64 << 20), 9)
    tracemalloc.start()
    with pytest.raises(ProjectError):
        arrays.decode("<f4", "[4]", "zlib", bomb, where="test")
    assert tracemalloc.get_traced_memory()[1] < 4 << 20
    tracemalloc.stop()


def test_arrays_of_objects_cannot_be_stored() -> None:
    with pytest.raises(TypeError):
        arrays.encode(np.array([{}], dtype=object))


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int16, np.int64, np.uint8, bool])
@pytest.mark.parametrize("shape", [(0,), (1,), (3000, 2), (0, 68, 2), (2, 0)])
def test_arrays_of_every_kept_kind_come_back(dtype: type, shape: tuple[int, ...]) -> None:
    array = (np.random.default_rng(0).random(shape) * 3).astype(dtype)
    back = arrays.decode(**arrays.encode(array), where="test")
    assert back.dtype == array.dtype and np.array_equal(back, array)
    assert not back.flags.writeable


@pytest.mark.parametrize(
    "damage",
    [
        "update arrays set shape = '[7]' where name = 'motion'",
        "update arrays set data = x'00' where name = 'track.points'",
        "update arrays set chunk = 5 where name = 'displacement'",
        "update arrays set chunks = 2 where name = 'motion'",
        "update arrays set chunks = x'00ff' where name = 'motion'",
        "delete from arrays where name = 'signals'",
        "delete from arrays where name = 'track.pose'",
        "update analyses set names = '[]'",
        'update analyses set names = \'{"signals": ["AU1"], "landmark_signals": []}\'',
    ],
)
def test_damaged_measurements_are_a_typed_error_and_labels_stay_readable(
    tmp_path: Path, damage: str
) -> None:
    store, clip = project(tmp_path)
    with store:
        save(store, clip.id)
        with store.transaction() as conn:
            conn.exec_driver_sql(damage)
        with pytest.raises(ProjectError) as caught:
            store.analysis(clip.id)
        assert caught.value.code in ("project.array", "project.corrupt")
        assert len(store.events(clip.id)) == 1


@pytest.mark.parametrize(
    "keys",
    [
        [[0.0, 0, 0, 0, 0], [0.0, 1, 0, 0, 0]],
        [[1.0, 0, 0, 0, 0], [0.0, 1, 0, 0, 0]],
        [[0.0, np.nan, 0, 0, 0]],
        [[0.0, np.inf, 0, 0, 0]],
        [[0.0, 0, 0, 0, -1]],
        [[0.0, 0, 0, 0, 999]],
        [[0.0, 0, 0, 0, 200]],
        [[0.0, 1.0]],
    ],
)
def test_keys_that_are_no_curve_are_refused(tmp_path: Path, keys: list) -> None:
    store, clip = project(tmp_path)
    table = np.array(keys, "<f8")
    with store:
        SetCurve(clip.id, "AU4_L", new=bump()).apply(store)
        with store.transaction() as conn:
            conn.exec_driver_sql(
                "update curves set data = ?, shape = ?",
                (table.tobytes(), json.dumps(table.shape)),
            )
        with pytest.raises(ProjectError) as caught:
            store.curves(clip.id, "edited")
        assert caught.value.code == "project.array"


def test_a_person_edits_on_while_a_run_is_being_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measurements, "CHUNK_BYTES", 2048)
    store, clip = project(tmp_path)
    found = result(200)
    runs: list[str] = []
    writer = threading.Thread(
        target=lambda: runs.append(progress.run(store.stage_analysis(clip.id, found)))
    )
    with store:
        writer.start()
        edits = 0
        while writer.is_alive() or edits < 10:
            SetCurve(clip.id, "AU26", new=bump(edits % 7 / 10)).apply(store)
            edits += 1
        writer.join()
        SaveAnalysis.prepare(store, clip.id, runs[0], found).apply(store)
        assert np.array_equal(store.analysis(clip.id).motion, found.motion)
        assert store.curves(clip.id, "edited")["AU26"] == bump((edits - 1) % 7 / 10)
        assert len(store.history(clip.id, limit=100_000)) == edits + 1
