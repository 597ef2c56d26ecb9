"""The rig as data: JSON there and back, what is refused and how, and its operations."""

from __future__ import annotations

import copy
import json
import math
from dataclasses import replace

import pytest

from pipeline.core.errors import HeadError
from pipeline.core.tracks import CONTROLS
from pipeline.head.rig import (
    Binding,
    FrozenShape,
    Manipulator,
    Rig,
    Target,
    check_rig,
    name_problem,
    operations,
)

SMILE = Manipulator("smile", 54, (0.1, 0.0, -0.02), 0.4, "dome", "volume", (0.05, 0.1, 0), True)
BROW = Manipulator("brow", 22, radius=0.3, move=(0.0, 0.1, 0.0))
RIG = Rig(
    (SMILE, replace(BROW, muted=True)),
    (
        FrozenShape("smirk", (SMILE,), 0.8, "L", True, (Target("AU12", 0.5),), True),
        FrozenShape("frown", (BROW, replace(BROW, name="b", point=21))),
    ),
    (Binding("mouth_open", (57, 8), (0.0, -1.0), 2.0, 0.1, False),),
    "ada",
)


def test_a_rig_comes_back_from_json_as_it_was():
    text = json.dumps(RIG.as_data(), allow_nan=False)
    assert Rig.of_data(json.loads(text)) == RIG
    assert list(RIG.as_data()) == ["manipulators", "shapes", "bindings", "head"]


def test_no_settings_are_no_rig_and_what_later_versions_add_is_left_out():
    assert Rig.of_data({}) == Rig()
    data = RIG.as_data() | {"camera": 1}
    data["shapes"][0]["colour"] = "red"
    assert Rig.of_data(data) == RIG


def _broken(change):
    data = copy.deepcopy(RIG.as_data())
    change(data)
    return data


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d["manipulators"][0].update(radius=0), "manipulator 'smile'"),
        (lambda d: d["manipulators"][0].update(radius=-1.0), "manipulator 'smile'"),
        (lambda d: d["manipulators"][0].update(radius=math.nan), "manipulator 'smile'"),
        (lambda d: d["manipulators"][0].update(radius=40), "larger than the head"),
        (lambda d: d["manipulators"][0].update(radius=10**400), "radius"),
        (lambda d: d["manipulators"][0].update(radius=True), "'radius' is True"),
        (lambda d: d["manipulators"][0].update(point=70), "no capture point 70"),
        (lambda d: d["manipulators"][0].update(point=-1), "no capture point -1"),
        (lambda d: d["manipulators"][0].update(point=1.5), "manipulators 1 ('smile')"),
        (lambda d: d["manipulators"][0].update(move=[1, 2]), "instead of 3 numbers"),
        (lambda d: d["manipulators"][0].update(move=[math.inf, 0, 0]), "further than a head"),
        (lambda d: d["manipulators"][0].update(offset=[9, 0, 0]), "further than a head"),
        (lambda d: d["manipulators"][0].update(falloff="soft"), "no falloff 'soft'"),
        (lambda d: d["manipulators"][0].update(across=7), "'across' is 7"),
        (lambda d: d["manipulators"][0].update(name=""), "its name is empty"),
        (lambda d: d["manipulators"][0].update(name="x" * 41), "its name is empty or too long"),
        (lambda d: d["manipulators"][0].update(name="a\x00b"), "its name is empty or too long"),
        (lambda d: d["manipulators"][0].pop("point"), "'point' is missing"),
        (lambda d: d["manipulators"][1].update(name="SMILE"), "has this name already"),
        (lambda d: d.update(manipulators={"a": 1}), "'manipulators' is a table"),
        (lambda d: d.update(manipulators=[3]), "manipulators 1"),
        (lambda d: d.update(manipulators=d["manipulators"] * 400), "at most 500"),
        (lambda d: d.update(shapes=d["shapes"] * 400), "at most 300"),
        (lambda d: d.update(head=["x"]), "'head' is a list"),
        (lambda d: d["shapes"][1].update(name="smirk"), "shape 'smirk'"),
        (lambda d: d["shapes"][1].update(name="../../etc"), "no name for a shape"),
        (lambda d: d["shapes"][1].update(name="AU12_L"), "a control has this name"),
        (lambda d: d["shapes"][1].update(manipulators=[]), "it moves nothing"),
        (lambda d: d["shapes"][1].update(scale=0), "it moves nothing"),
        (lambda d: d["shapes"][1].update(scale=math.nan), "a scale of nan"),
        (lambda d: d["shapes"][1].update(side="M"), "no side 'M'"),
        (lambda d: d["shapes"][0]["manipulators"][0].update(radius=0), "shape 'smirk', manip"),
        (lambda d: d["shapes"][0]["targets"][0].update(gain=0), "a gain of 0"),
        (lambda d: d["shapes"][0]["targets"][0].update(control="a b"), "no control's name"),
        (lambda d: d["shapes"][0].update(targets=[{"gain": 1}] * 100), "at most 60"),
        (lambda d: d["bindings"][0].update(points=[]), "follows 0 points"),
        (lambda d: d["bindings"][0].update(points=[99]), "not all capture points"),
        (lambda d: d["bindings"][0].update(points=["x"]), "bindings 1 ('mouth_open')"),
        (lambda d: d["bindings"][0].update(axis=[0, 0]), "no direction"),
        (lambda d: d["bindings"][0].update(axis=[math.nan, 1]), "no direction"),
        (lambda d: d["bindings"][0].update(smoothing=-1), "a smoothing of -1"),
        (lambda d: d["bindings"][0].update(control="x" * 200), "no control's name"),
    ],
)  # fmt: skip
def test_a_hostile_rig_is_refused_with_its_entry_named(change, said):
    with pytest.raises(HeadError) as caught:
        Rig.of_data(_broken(change))
    assert said in str(caught.value)
    assert caught.value.remedy and caught.value.code.startswith("rig.")
    assert len(str(caught.value)) < 400, "what is hostile is not repeated at length"


@pytest.mark.parametrize("data", [None, 3, "rig", [1, 2], [RIG.as_data()]])
def test_what_is_no_table_is_no_rig(data):
    with pytest.raises(HeadError):
        Rig.of_data(data)


@pytest.mark.parametrize(
    "name",
    ["", "9lives", "a b", "ä", "x" * 41, "AU12", "au_L".upper() + "1 ", "mouth_open", "jawOpen",
     "JAWOPEN", "AU51", "Smirk", "neutral", "Identity3", "con", "brow_raise_own"],
)  # fmt: skip
def test_names_that_a_shape_cannot_have_are_said(name):
    assert name_problem(name, ["smirk"], ["brow_raise_own"]) is not None


@pytest.mark.parametrize("name", ["smirk", "x" * 40, "smile_L", "Duchenne2"])
def test_other_names_can_be_had(name):
    assert name_problem(name, ["frown"], CONTROLS) is None


def test_freezing_takes_the_manipulators_or_keeps_them():
    rig = Rig((SMILE, BROW))
    taken = operations.freeze(rig, ["smile"], "smirk")
    assert [m.name for m in taken.manipulators] == ["brow"]
    assert taken.shapes == (FrozenShape("smirk", (SMILE,)),)
    kept = operations.freeze(rig, ["smile", "brow"], "smirk", keep=True)
    assert kept.manipulators == rig.manipulators
    assert kept.shapes[0].manipulators == (SMILE, BROW)


@pytest.mark.parametrize(
    ("names", "shape", "code"),
    [
        (["still"], "x", "rig.still"), (["muted"], "x", "rig.still"), ([], "x", "rig.still"),
        (["smile"], "smirk", "rig.name"), (["nobody"], "x", "rig.missing"),
        (["smile"], "AU12", "rig.name"), (["smile"], "Cheese", "rig.name"),
    ],
)  # fmt: skip
def test_what_cannot_be_frozen_is_said(names, shape, code):
    still, muted = replace(BROW, name="still", move=(0, 0, 0)), replace(BROW, name="muted")
    rig = Rig((SMILE, still, replace(muted, muted=True)), (FrozenShape("smirk", (SMILE,)),))
    with pytest.raises(HeadError) as caught:
        operations.freeze(rig, names, shape, head=["cheese"])
    assert (caught.value.code == code and caught.value.remedy) or code == "rig.missing"


def test_a_shape_is_renamed_with_its_bindings_and_deleted_with_them():
    rig = replace(RIG, bindings=(Binding("smirk", (54,), (1.0, 0.0)), *RIG.bindings))
    named = operations.renamed(rig, "smirk", "grin")
    assert [s.name for s in named.shapes] == ["grin", "frown"]
    assert [b.control for b in named.bindings] == ["grin", "mouth_open"]
    assert operations.renamed(rig, "smirk", "Smirk").shapes[0].name == "Smirk"
    with pytest.raises(HeadError):
        operations.renamed(rig, "smirk", "frown")
    gone = operations.deleted(named, "grin")
    assert [s.name for s in gone.shapes] == ["frown"]
    assert [b.control for b in gone.bindings] == ["mouth_open"]


def test_shapes_move_up_and_down_and_stop_at_the_ends():
    rig = Rig((), tuple(FrozenShape(name, (SMILE,)) for name in "abc"))

    def order(name, by):
        return "".join(s.name for s in operations.ordered(rig, name, by).shapes)

    assert order("c", -1) == "acb"
    assert order("a", 1) == "bac"
    assert order("a", -1) == "abc" == order("c", 5)


def test_a_split_shape_has_two_sides_mapped_to_the_sides_of_its_targets():
    rig = Rig((), (FrozenShape("smirk", (SMILE,), targets=(Target("AU12", 0.5), Target("AU18"))),))
    left, right = operations.split(rig, "smirk").shapes
    assert (left.name, left.side, right.name, right.side) == ("smirk_L", "L", "smirk_R", "R")
    assert [t.control for t in left.targets] == ["AU12_L", "AU18_L"]
    assert [t.control for t in right.targets] == ["AU12_R", "AU18_R"]
    assert len(operations.split(rig, "smirk", keep=True).shapes) == 3
    with pytest.raises(HeadError):
        operations.split(operations.split(rig, "smirk"), "smirk_L")


def test_a_mirrored_shape_is_the_other_side_and_twice_mirrored_is_the_same():
    targets = Target("AU12_L"), Target("mouthLeft")
    rig = Rig((), (FrozenShape("grin_L", (SMILE,), side="L", targets=targets),))
    assert operations.mirrored_name(rig, "grin_L") == "grin_R"
    made = operations.mirrored(rig, "grin_L", "grin_R").shapes[1]
    assert (made.side, made.flipped) == ("R", True)
    assert [t.control for t in made.targets] == ["AU12_R", "mouthRight"]
    again = operations.mirrored(Rig((), (made,)), "grin_R", "grin_L").shapes[1]
    assert again == rig.shapes[0]


def test_a_shape_is_mapped_with_a_gain_and_unmapped_again():
    rig = Rig((), (FrozenShape("smirk", (SMILE,)),))
    with pytest.raises(HeadError):
        operations.replacing(rig, "smirk")
    mapped = operations.mapped(operations.mapped(rig, "smirk", "AU12", 0.5), "smirk", "jawOpen")
    mapped = operations.mapped(mapped, "smirk", "AU12", 0.7)
    assert mapped.shapes[0].targets == (Target("AU12", 0.7), Target("jawOpen", 1.0))
    replaced = operations.replacing(mapped, "smirk")
    assert replaced.shapes[0].replaces
    bare = operations.unmapped(operations.unmapped(replaced, "smirk", "AU12"), "smirk", "jawOpen")
    assert bare == rig


def test_a_shape_can_be_worked_on_again_as_manipulators():
    rig = Rig((SMILE,), (FrozenShape("smirk", (SMILE,), scale=0.5, flipped=True),))
    thawed = operations.thawed(rig, "smirk").manipulators[1]
    assert (thawed.name, thawed.point, thawed.offset) == ("smile 2", 48, (-0.1, 0.0, -0.02))
    assert thawed.move == pytest.approx((-0.025, 0.05, 0.0))


def test_a_manipulator_is_changed_within_its_limits_only():
    rig = Rig((SMILE, BROW))
    assert operations.changed(rig, "brow", radius=0.5).manipulators[1].radius == 0.5
    for wrong in ({"radius": 0.0}, {"radius": 99.0}, {"name": "smile"}, {"point": 70}):
        with pytest.raises(HeadError):
            operations.changed(rig, "brow", **wrong)
    assert check_rig(rig) is rig
    assert operations.free_name(rig, "brow") == "brow 2"
