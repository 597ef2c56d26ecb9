"""Curves of controls and frozen shapes beside those of action units; names that are hostile."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np
import pytest

from pipeline.core.errors import ProjectError
from pipeline.core.tracks import CONTROLS
from pipeline.curves import Curve
from pipeline.store import (
    EditGroup,
    ProjectStore,
    SetCurve,
    SetCurves,
    SetSettings,
    drop_track,
    rename_track,
)
from tests.pipeline.projects import bump, clip_record, project


def dip() -> Curve:
    return Curve.from_keys([0.0, 0.1, 0.2], [0.0, -0.8, 0.3])


def test_every_kind_of_track_is_kept_and_listed_units_first(tmp_path: Path) -> None:
    store, clip = project(tmp_path)
    named = {"smirk": bump(), "nose_y": dip(), "AU12_R": bump(), "mouth_open": dip(), "AU4": bump()}
    with store:
        SetCurves(clip.id, {}, named).apply(store)
    with ProjectStore.open(tmp_path / "study.tell") as again:
        assert again.curves(clip.id, "edited") == named
        listed = list(again.curves(clip.id, "edited"))
        assert listed == ["AU4", "AU12_R", "mouth_open", "nose_y", "smirk"]
        assert again.curves(clip.id, "edited", ["smirk", "AU4"]).keys() == {"smirk", "AU4"}


def test_units_are_found_by_number_and_side_in_the_file(tmp_path: Path) -> None:
    store, clip = project(tmp_path)
    with store:
        SetCurves(clip.id, {}, {"smirk": bump(), "AU12_R": bump(), "AU4": bump()}).apply(store)
    db = sqlite3.connect(tmp_path / "study.tell")
    found = db.execute("SELECT track, au, side FROM curves ORDER BY track").fetchall()
    db.close()
    assert found == [("AU12_R", 12, "R"), ("AU4", 4, ""), ("smirk", None, "")]


@pytest.mark.parametrize(
    "name", ["", "1st", "a b", "x" * 41, "é", "smirk\n", "a;DROP TABLE curves", "AU0", "AU04", "\0"]
)
def test_no_edit_stores_an_impossible_name(tmp_path: Path, name: str) -> None:
    store, clip = project(tmp_path)
    with store:
        before = store.fingerprint()
        with pytest.raises(ProjectError) as caught:
            SetCurve(clip.id, name, old=None, new=bump()).apply(store)
        assert caught.value.code == "project.track"
        assert store.fingerprint() == before


@pytest.mark.parametrize(
    ("track", "au", "side"),
    [
        ("../../etc", None, ""),
        ("x" * 10_000, None, ""),
        (b"smirk", None, ""),
        (12, None, ""),
        ("smirk\x00hidden", None, ""),
        ("AU12_L", 4, "L"),  # says another unit than its name
        ("AU12_L", None, ""),
        ("smirk", 12, "L"),
        ("AU99999", 99999, ""),
        ("AU04", 4, ""),
        ("AU4", "four", ""),
    ],
)
def test_a_hostile_track_in_a_file_is_a_typed_error(
    tmp_path: Path, track: object, au: object, side: str
) -> None:
    store, clip = project(tmp_path)
    with store:
        SetCurve(clip.id, "smirk", old=None, new=bump()).apply(store)
    db = sqlite3.connect(tmp_path / "study.tell")
    db.execute("UPDATE curves SET track = ?, au = ?, side = ?", (track, au, side))
    db.commit()
    db.close()
    with ProjectStore.open(tmp_path / "study.tell") as store:
        with pytest.raises(ProjectError) as caught:
            store.curves(clip.id, "edited")
        assert caught.value.code in ("project.corrupt", "project.track")
        assert len(str(caught.value)) < 500


def two_clips(folder: Path) -> tuple[ProjectStore, str, str]:
    store, clip = project(folder)
    other = store.add_clip(clip_record("sub02/EP01"))
    SetCurves(clip.id, {}, {"smirk": bump(), "AU12_L": bump(0.2)}).apply(store)
    SetCurves(other.id, {}, {"smirk": dip(), "nose_y": dip()}).apply(store)
    return store, clip.id, other.id


def test_a_renamed_shape_takes_its_curves_of_all_clips_along(tmp_path: Path) -> None:
    store, one, other = two_clips(tmp_path)
    with store:
        before = store.fingerprint()
        shape = SetSettings("rig", {"shapes": ["smirk"]}, {"shapes": ["sneer"]})
        edit = EditGroup("Rename", "", (shape, *rename_track(store, "smirk", "sneer")))
        edit.apply(store)
        after = store.fingerprint()
        assert store.curves(one, "edited") == {"sneer": bump(), "AU12_L": bump(0.2)}
        assert store.curves(other, "edited") == {"sneer": dip(), "nose_y": dip()}
        edit.revert(store)
        assert store.curves(one, "edited") == {"smirk": bump(), "AU12_L": bump(0.2)}
        shape.revert(store)
        assert before != after
        edit.apply(store)
        assert store.fingerprint() == after


def test_a_deleted_shape_takes_its_curves_along_and_undo_brings_them_back(tmp_path: Path) -> None:
    store, one, other = two_clips(tmp_path)
    with store:
        before = store.fingerprint()
        edit = EditGroup("Delete", "", drop_track(store, "smirk"))
        edit.apply(store)
        assert "smirk" not in store.curves(one, "edited").keys() | store.curves(other, "edited")
        edit.revert(store)
        assert store.fingerprint() == before


def test_a_split_shape_gives_its_curve_to_both_parts(tmp_path: Path) -> None:
    store, one, other = two_clips(tmp_path)
    with store:
        EditGroup("Split", "", rename_track(store, "smirk", "smirk_L", "smirk_R")).apply(store)
        found = store.curves(other, "edited")
        assert found == {"smirk_L": dip(), "smirk_R": dip(), "nose_y": dip()}
        assert store.curves(one, "edited").keys() == {"AU12_L", "smirk_L", "smirk_R"}


def test_a_name_whose_curves_would_be_lost_is_refused(tmp_path: Path) -> None:
    store, _, other = two_clips(tmp_path)
    with store:
        SetCurve(other, "sneer", old=None, new=bump()).apply(store)
        with pytest.raises(ProjectError) as caught:
            rename_track(store, "smirk", "sneer")
        assert caught.value.code == "project.track_taken"
        for name in ("AU12_L", CONTROLS[0], "no name", "smirk"):
            with pytest.raises(ProjectError):
                rename_track(store, "smirk", name)
        with pytest.raises(ProjectError):
            drop_track(store, "AU12_L")


def test_times_and_values_below_zero_are_kept_to_the_bit(tmp_path: Path) -> None:
    store, clip = project(tmp_path)
    curve = Curve.from_control(np.linspace(0, 1, 6), np.linspace(-1, 1, 8) ** 3)
    with store:
        SetCurve(clip.id, "left_brow_y", old=None, new=curve).apply(store)
        assert store.curves(clip.id, "edited")["left_brow_y"] == curve
