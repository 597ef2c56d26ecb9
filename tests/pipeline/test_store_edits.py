"""Edits: each can be taken back, and any chain of them leads back to the very same document."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from pipeline.core import progress
from pipeline.core.errors import ProjectError
from pipeline.core.labels import parse_aus
from pipeline.curves import EmotionProfile, keyed
from pipeline.store import (
    AddEvent,
    ChangeEvent,
    Edit,
    EditGroup,
    ProjectStore,
    RemoveEvent,
    SaveAnalysis,
    SetClip,
    SetCurve,
    SetCurves,
    SetModulation,
    SetProfile,
    SetSettings,
    rename_track,
)
from tests.pipeline.projects import bump, event_record, project, result

NAMES = ("AU1_L", "AU1_R", "AU12_L", "AU12_R", "AU17", "AU9")
RIG = ("mouth_left_y", "nose_y", "smirk_L", "smirk_R")  # two controls, two frozen shapes


def analysed(store: ProjectStore, clip: str, seed: int = 1, height: float = 0.4) -> SaveAnalysis:
    found = result(30, seed, height)
    run = progress.run(store.stage_analysis(clip, found))
    return SaveAnalysis.prepare(store, clip, run, found)


def test_a_person_changes_the_edited_layer_and_never_the_raw_one(tmp_path: Path) -> None:
    store, clip = project(tmp_path)
    with store:
        analysed(store, clip.id).apply(store)
        raw = store.curves(clip.id, "raw")
        assert store.curves(clip.id, "edited") == raw
        new = bump(0.9)
        edit = SetCurve(clip.id, "AU12_L", old=raw["AU12_L"], new=new)
        edit.apply(store)
        assert store.curves(clip.id, "raw") == raw
        assert store.curves(clip.id, "edited") == raw | {"AU12_L": new}
        assert store.edited_names(clip.id) == {"AU12_L"}
        edit.revert(store)
        assert store.edited_names(clip.id) == frozenset()
        with pytest.raises(ValueError, match="raw"):
            SetCurve(clip.id, "AU12_L", "raw", raw["AU12_L"], new)


def test_a_deleted_curve_stays_deleted_until_undone(tmp_path: Path) -> None:
    store, clip = project(tmp_path)
    with store:
        analysed(store, clip.id).apply(store)
        raw = store.curves(clip.id, "raw")
        edit = SetCurve(clip.id, "AU17", old=raw["AU17"], new=None)
        edit.apply(store)
        assert "AU17" not in store.curves(clip.id, "edited")
        analysed(store, clip.id, seed=2).apply(store)
        assert "AU17" not in store.curves(clip.id, "edited")


def test_a_new_analysis_keeps_what_persons_did_and_renews_the_rest(tmp_path: Path) -> None:
    store, clip = project(tmp_path)
    with store:
        analysed(store, clip.id).apply(store)
        (proposal,) = store.events(clip.id)
        mine = replace(event_record(clip.id), based_on=proposal.id)
        AddEvent(mine).apply(store)
        drawn = bump(0.77, keys=9)
        SetCurve(clip.id, "AU1_L", old=store.curves(clip.id, "edited")["AU1_L"], new=drawn).apply(
            store
        )
        before = store.fingerprint()

        again = analysed(store, clip.id, seed=2, height=0.8)
        again.apply(store)
        assert store.events(clip.id, "ana") == (mine,)
        (renewed,) = store.events(clip.id, "model")
        assert renewed.id != proposal.id and renewed.settings == {"k": 3, "p": 0.5}
        edited, raw = store.curves(clip.id, "edited"), store.curves(clip.id, "raw")
        assert edited["AU1_L"] == drawn
        assert edited["AU12_L"] == raw["AU12_L"] == bump(0.8 * 3 / 5)

        again.revert(store)
        assert store.fingerprint() == before


def test_a_group_of_edits_is_all_or_nothing(tmp_path: Path) -> None:
    store, clip = project(tmp_path)
    with store:
        event = event_record(clip.id)
        before = store.fingerprint()
        good, bad = AddEvent(event), RemoveEvent(event_record(clip.id))
        with pytest.raises(ProjectError):
            EditGroup("Both", clip.id, (good, bad)).apply(store)
        assert store.fingerprint() == before
        both = EditGroup("Both", clip.id, (good, SetCurve(clip.id, "AU4_L", new=bump())))
        assert both.touches == {"events", "curves"}
        both.apply(store)
        assert store.events(clip.id) == (event,)
        both.revert(store)
        assert store.fingerprint() == before


def test_only_edits_of_one_gesture_become_one(tmp_path: Path) -> None:
    store, clip = project(tmp_path)
    store.close()
    event = event_record(clip.id)
    one, two = (replace(event, span=replace(event.span, onset=n)) for n in (11, 12))
    held = ChangeEvent(event, one, "nudge-1").merge(ChangeEvent(one, two, "nudge-1"))
    assert held == ChangeEvent(event, two, "nudge-1")
    assert ChangeEvent(event, one, "nudge-1").merge(ChangeEvent(one, two, "nudge-2")) is None
    assert ChangeEvent(event, one).merge(ChangeEvent(one, two)) is None
    curve = SetCurve(clip.id, "AU4_L", gesture="drag", old=None, new=bump())
    other = SetCurve(clip.id, "AU5_L", gesture="drag", old=None, new=bump())
    assert curve.merge(other) is None


def test_a_profile_set_back_to_the_shipped_one_leaves_no_trace(tmp_path: Path) -> None:
    store, clip = project(tmp_path)
    with store:
        before, shipped = store.fingerprint(), store.profiles()["happiness"]
        louder = EmotionProfile("happiness", 2.5, {12: 3.0})
        SetProfile(shipped, louder).apply(store)
        assert store.profiles()["happiness"] == louder
        assert store.modulation(clip.id).profiles["happiness"] == louder
        SetProfile(louder, shipped).apply(store)
        assert store.fingerprint() == before


class Chains(RuleBasedStateMachine):
    """Any edits, undone and redone in any order, against a list of fingerprints."""

    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.store, clip = project(Path(self.folder.name))
        self.clip = clip.id
        self.done: list[Edit] = []
        self.undone: list[Edit] = []
        self.prints = [self.store.fingerprint()]
        self.future: list[str] = []

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
            self.folder.cleanup()

    def do(self, edit: Edit) -> None:
        edit.apply(self.store)
        self.done.append(edit)
        self.undone.clear()
        self.future.clear()
        self.prints.append(self.store.fingerprint())

    @rule(onset=st.integers(0, 40))
    def add_event(self, onset: int) -> None:
        self.do(AddEvent(event_record(self.clip, onset)))

    @precondition(lambda self: self.store.events(self.clip, "ana"))
    @rule(apex=st.none() | st.integers(0, 60), aus=st.sampled_from(["", "4", "L12a+R14?+1e"]))
    def change_event(self, apex: int | None, aus: str) -> None:
        old = self.store.events(self.clip, "ana")[0]
        span = replace(old.span, apex=apex, aus=parse_aus(aus), emotion="fear")
        self.do(ChangeEvent(old, replace(old, span=span, intensity=0.25)))

    @precondition(lambda self: self.store.events(self.clip, "ana"))
    @rule()
    def remove_event(self) -> None:
        self.do(RemoveEvent(self.store.events(self.clip, "ana")[-1]))

    @rule(
        name=st.sampled_from(NAMES + RIG),
        height=st.none() | st.floats(-1, 1),
        keys=st.integers(2, 6),
    )
    def set_curve(self, name: str, height: float | None, keys: int) -> None:
        old = self.store.curves(self.clip, "edited").get(name)
        new = None if height is None else bump(height, keys)
        self.do(SetCurve(self.clip, name, old=old, new=new))

    @rule(
        name=st.sampled_from(NAMES + RIG), at=st.floats(0, 0.3), value=st.floats(-1, 1),
    )  # fmt: skip
    def set_key(self, name: str, at: float, value: float) -> None:
        old = self.store.curves(self.clip, "edited").get(name)
        self.do(SetCurve(self.clip, name, old=old, new=keyed(old, at, value, near=0.004)))

    @rule(old=st.sampled_from(RIG[2:]), new=st.sampled_from((*RIG[2:], "sneer", "")))
    def rename_or_delete_shape(self, old: str, new: str) -> None:
        taken = {*self.store.curves(self.clip, "edited"), old}
        if new not in taken:
            edits = rename_track(self.store, old, *([new] if new else []))
            listed = {"shapes": self.store.setting("shapes", None, "rig")}
            listing = SetSettings("rig", listed, {"shapes": [new]})
            self.do(EditGroup("Rename", "", (listing, *edits)))

    @rule(names=st.sets(st.sampled_from(NAMES + RIG), min_size=1))
    def curves_back_to_raw(self, names: set[str]) -> None:
        edited = self.store.curves(self.clip, "edited")
        raw = self.store.curves(self.clip, "raw")
        old = {name: edited.get(name) for name in names}
        self.do(SetCurves(self.clip, old, {name: raw.get(name) for name in names}))

    @rule(override=st.sampled_from(["", "fear"]), intensity=st.floats(0, 1), m_e=st.floats(0, 3))
    def modulate(self, override: str, intensity: float, m_e: float) -> None:
        old = self.store.modulation(self.clip)
        profiles = {**old.profiles, "fear": EmotionProfile("fear", m_e, {4: m_e})}
        new = replace(old, override=override, intensity=intensity, profiles=profiles)
        self.do(SetModulation(self.clip, old, new))

    @rule(state=st.sampled_from(["done", "flagged"]), note=st.text(max_size=8))
    def change_clip(self, state: str, note: str) -> None:
        old = self.store.clip(self.clip)
        self.do(SetClip(old, replace(old, state=state, note=note)))  # type: ignore[arg-type]

    @rule(shine=st.none() | st.floats(0, 1))
    def head_settings(self, shine: float | None) -> None:
        old = {"shine": self.store.setting("shine", None, "head")}
        self.do(SetSettings("head", old, {"shine": shine}))

    @rule(seed=st.integers(1, 3), height=st.sampled_from([0.2, 0.5]))
    def analyse(self, seed: int, height: float) -> None:
        self.do(analysed(self.store, self.clip, seed, height))

    @precondition(lambda self: self.done)
    @rule()
    def undo(self) -> None:
        edit = self.done.pop()
        edit.revert(self.store)
        self.undone.append(edit)
        self.future.append(self.prints.pop())

    @precondition(lambda self: self.undone)
    @rule()
    def redo(self) -> None:
        edit = self.undone.pop()
        edit.apply(self.store)
        self.done.append(edit)
        self.prints.append(self.future.pop())

    @rule()
    def undo_everything_and_redo_it(self) -> None:
        while self.done:
            self.undo()
            assert self.store.fingerprint() == self.prints[-1]
        while self.undone:
            self.redo()
            assert self.store.fingerprint() == self.prints[-1]

    @invariant()
    def the_document_is_the_one_of_this_place(self) -> None:
        if hasattr(self, "store"):
            assert self.store.fingerprint() == self.prints[-1]


Chains.TestCase.settings = settings(
    max_examples=12, stateful_step_count=15, deadline=None, database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
TestAnyChainOfEditsLeadsBackBitForBit = Chains.TestCase


def test_curves_come_back_bit_for_bit(tmp_path: Path) -> None:
    store, clip = project(tmp_path)
    rng = np.random.default_rng(3)
    with store:
        for seed in range(5):
            curve = bump(float(rng.random()), keys=3 + seed)
            SetCurve(clip.id, "AU20_R", new=curve).apply(store)
            stored = store.curves(clip.id, "edited")["AU20_R"]
            for name in ("t", "v", "m_in", "m_out", "mode"):
                assert getattr(stored, name).tobytes() == getattr(curve, name).tobytes()
