"""The window does not halt for garbage while somebody looks at it."""

from __future__ import annotations

import gc
import sys
import weakref
from collections.abc import Iterator

import pytest

from app.shell.pauses import Pauses
from app.state import Document


class Knot:
    """Garbage that only the collector finds: it holds itself."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture
def document(qapp) -> Iterator[Document]:
    made = Document()
    yield made
    made.close()


@pytest.fixture
def pauses(document: Document) -> Iterator[Pauses]:
    made = Pauses(document, document)
    yield made
    made.stop()


def litter() -> weakref.ref[Knot]:
    """Garbage grown old: only a full collection finds it."""
    knot = Knot()
    gc.collect(1)
    left = weakref.ref(knot)
    del knot
    for _ in range(12):
        gc.collect(1)
    return left


def test_old_garbage_waits_while_the_film_plays(document: Document, pauses: Pauses) -> None:
    left = litter()
    document.playhead.bind([0.0, 0.1, 0.2, 0.3])
    document.playhead.loop = (0, 3)
    document.playhead.play()
    assert not pauses.look() and not pauses.look()
    assert left() is not None
    document.playhead.pause()
    assert not pauses.look()  # something has just happened
    assert pauses.look()
    assert left() is None


def test_no_full_collection_comes_by_itself_and_afterwards_all_is_as_before(
    document: Document,
) -> None:
    before = gc.get_threshold(), sys.getswitchinterval()
    pauses = Pauses(document, document)
    left = litter()
    kept = [[] for _ in range(200_000)]
    assert left() is not None
    pauses.stop()
    del kept
    assert (gc.get_threshold(), sys.getswitchinterval()) == before
    gc.collect()
    assert left() is None
