"""Killed in the middle of a storm of edits, a project loses at most the edit in flight."""

from __future__ import annotations

import multiprocessing
import random
import sys
import time
from pathlib import Path

from pipeline.store import ProjectStore
from tests.pipeline import storm

KILLS = 10


def test_ten_kills_in_a_row_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "storm.tell"
    storm.new_project(path).close()
    replica = storm.new_project(tmp_path / "replica.tell")
    context = multiprocessing.get_context("spawn" if sys.platform == "win32" else "forkserver")
    if sys.platform != "win32":
        context.set_forkserver_preload(["tests.pipeline.storm"])
    chance = random.Random()
    stored = 0
    with replica:
        for kill in range(KILLS):
            acknowledged = _rage_and_kill(context, path, chance.uniform(0.0, 0.25))
            with ProjectStore.open(path) as store:
                with store.reading() as conn:
                    assert conn.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
                    assert not conn.exec_driver_sql("PRAGMA foreign_key_check").all()
                assert store.read_only == ""  # the dead let go of their lock
                last = storm.step_of(store)
                assert acknowledged <= last <= acknowledged + 1, f"kill {kill}"
                assert last > stored
                for number in range(stored + 1, last + 1):
                    storm.step(replica, number).apply(replica)
                assert store.fingerprint() == replica.fingerprint(), f"kill {kill}, step {last}"
            stored = last


def _rage_and_kill(context, path: Path, seconds: float) -> int:  # type: ignore[no-untyped-def]
    """Let a process edit, kill it at some moment, and give the last step it acknowledged."""
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=storm.rage, args=(path, there))
    process.start()
    there.close()
    last = here.recv()
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if here.poll(0.001):
            last = here.recv()
    process.kill()
    process.join()
    try:
        while True:
            last = here.recv()
    except (EOFError, OSError):  # the pipe ends where the process did
        pass
    here.close()
    process.close()
    return last
