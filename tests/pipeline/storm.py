"""A storm of edits in a process of its own, the same one every time, to be killed in."""

from __future__ import annotations

import random
import uuid
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path

from pipeline.curves import Modulation
from pipeline.store import (
    AddEvent,
    ChangeEvent,
    ClipRecord,
    Edit,
    EditGroup,
    ProjectStore,
    RemoveEvent,
    SetClip,
    SetCurve,
    SetModulation,
)
from tests.pipeline.projects import bump, event_record

CLIP = "00000000-0000-0000-0000-00000000c11b"
_NAMES = ("AU1_L", "AU4_L", "AU12_R", "AU17")


def new_project(path: Path) -> ProjectStore:
    store = ProjectStore.create(path)
    store.add_clip(ClipRecord(CLIP, "storm", Path("/media/storm.mp4"), n_frames=400))
    return store


def step_of(store: ProjectStore) -> int:
    """Number of the last step that is in the project."""
    rows = store.history(limit=1)
    return int(rows[0].label.removeprefix("step ")) if rows else 0


def step(store: ProjectStore, number: int) -> Edit:
    """The edit of a step; it depends on its number and on what the project holds."""
    chance = random.Random(number)
    label = f"step {number}"
    events = sorted(store.events(CLIP), key=lambda event: event.id)
    name = chance.choice(_NAMES)
    old_curve = store.curves(CLIP, "edited").get(name)
    curve = SetCurve(
        CLIP, name, old=old_curve, new=bump(chance.random(), chance.randint(2, 40)),
        gesture=f"drag {number // 3}", label=label,
    )  # fmt: skip
    kind = chance.choice("aaccckkkgmrs")
    if kind == "a" or not events:
        record = replace(event_record(CLIP, chance.randint(0, 300)), id=str(uuid.UUID(int=number)))
        return AddEvent(record, label=label)
    event = chance.choice(events)
    if kind == "c":
        span = replace(event.span, onset=chance.randint(0, 300), emotion="fear")
        return ChangeEvent(event, replace(event, span=span), f"drag {number // 4}", label=label)
    if kind == "g":
        moved = replace(event, intensity=chance.random())
        return EditGroup(label, CLIP, (ChangeEvent(event, moved, label=label), curve))
    if kind == "m":
        old: Modulation = store.modulation(CLIP)
        return SetModulation(CLIP, old, replace(old, intensity=chance.random()), label=label)
    if kind == "r" and len(events) > 3:
        return RemoveEvent(event, label=label)
    if kind == "s":
        clip = store.clip(CLIP)
        return SetClip(clip, replace(clip, note=f"note {number}"), label=label)
    return curve


def rage(path: Path, acknowledge: Connection) -> None:
    """Edit until killed; each step that is stored is acknowledged by its number."""
    store = ProjectStore.open(path)
    number = step_of(store)
    while True:
        number += 1
        step(store, number).apply(store)
        acknowledge.send(number)
