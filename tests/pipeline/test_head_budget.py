"""Levels of detail keep to the vertices that software GL can draw in time."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.head.muscles.posture import POSTURES
from pipeline.head.scene.studio import material_of
from tests.pipeline.heads import head

#: Most vertices of a level: 24 frames/s while it plays, a drag that follows, a still in time.
_MOST = {"draft": 9_000, "live": 30_000, "still": 110_000}


@pytest.mark.parametrize("lod", ["draft", "live"])
def test_a_level_keeps_to_its_vertices(lod):
    assert len(head(lod).vertices) <= _MOST[lod]


@pytest.mark.slow
def test_the_still_level_keeps_to_its_vertices():
    assert len(head("still").vertices) <= _MOST["still"]


def test_most_of_a_draft_is_skin():
    model = head()
    skin = model.surfaces[0]
    assert skin.stop - skin.start > len(model.vertices) / 2


def test_every_level_moves_by_the_same_controls_and_has_the_same_surfaces():
    draft, live = head("draft"), head("live")
    assert set(draft.controls) == set(live.controls) > set(POSTURES)
    assert {material_of(s.name, s.material) for s in draft.surfaces} == {
        material_of(s.name, s.material) for s in live.surfaces
    }


def test_no_vertex_of_a_draft_is_left_over():
    model = head()
    for surface in model.surfaces:
        used = np.unique(surface.faces)
        assert len(used) >= 0.95 * (surface.stop - surface.start), surface.name
