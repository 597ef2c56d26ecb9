"""The mouth does what FACS and ARKit name, and the lips neither cross nor open unasked."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.head.measure.antagonists import random_expressions
from pipeline.head.measure.geometry import GeometryCheck
from pipeline.head.muscles.arkit import ARKIT
from pipeline.head.muscles.jaw import JAW, jaw_motion
from tests.pipeline.heads import change, head, points

#: Apple's list (ARFaceAnchor.BlendShapeLocation).
_SIDED = (
    "eyeBlink", "eyeLookDown", "eyeLookIn", "eyeLookOut", "eyeLookUp", "eyeSquint", "eyeWide",
    "mouthSmile", "mouthFrown", "mouthDimple", "mouthStretch", "mouthPress", "mouthLowerDown",
    "mouthUpperUp", "browDown", "browOuterUp", "cheekSquint", "noseSneer",
)  # fmt: skip
ARKIT_NAMES = {
    *(name + side for name in _SIDED for side in ("Left", "Right")),
    "jawForward", "jawLeft", "jawRight", "jawOpen", "mouthClose", "mouthFunnel", "mouthPucker",
    "mouthLeft", "mouthRight", "mouthRollLower", "mouthRollUpper", "mouthShrugLower",
    "mouthShrugUpper", "browInnerUp", "cheekPuff", "tongueOut",
}  # fmt: skip


def _moves(weights):
    """Places and displacements of the skin's vertices, mm."""
    model = head()
    skin = model.surfaces[0]
    moved = model.deform(weights)[0] - model.vertices
    return model.vertices[skin.start : skin.stop], moved[skin.start : skin.stop]


def _near(place, radius):
    at, _ = _moves({})
    return np.linalg.norm(at - place, axis=1) < radius


def _mean(weights, place, radius=7.0):
    return _moves(weights)[1][_near(place, radius)].mean(0)


def _width(weights):
    p = points(weights)
    return p[54, 0] - p[48, 0]


def _gap(weights):
    """Lips' inner points apart, IOD."""
    p = points(weights)
    return (p[[61, 62, 63], 1] - p[[67, 66, 65], 1]).max()


def test_a_dimpler_draws_the_corner_in_and_widens_far_less_than_a_stretcher():
    rest = _width({})
    assert _width({"AU14": 1.0}) - rest < 0.4 * (_width({"AU20": 1.0}) - rest)
    assert _mean({"AU14": 1.0}, (25.5, -65, 11), 4.0)[2] < -1.5


def test_a_deepened_fold_lifts_the_flesh_beside_it_and_moves_no_corner():
    assert _mean({"AU11": 1.0}, (30, -48, 14), 6.0)[1:].sum() > 0.8
    assert np.linalg.norm(change({"AU11": 1.0})[54]) < 0.012


def test_a_sharp_puller_raises_the_corner_steeper_than_a_smile():
    sharp, smile = change({"AU13": 1.0})[54], change({"AU12": 1.0})[54]
    assert sharp[1] > 0.02
    assert sharp[1] / max(sharp[0], 1e-6) > 2 * smile[1] / smile[0]


@pytest.mark.parametrize("name", ["AU33", "AU34_L", "cheekPuff"])
def test_breath_blows_the_cheek_out(name):
    out = _mean({name: 1.0}, (44, -57, -3), 8.0)
    assert out @ [0.7, 0, 0.7] > 2.0


def test_one_puffed_cheek_leaves_the_other():
    assert np.linalg.norm(_mean({"AU34_L": 1.0}, (-44, -57, -3), 8.0)) < 0.1


def test_sucked_in_lips_lose_their_red():
    height = points({})[51, 1] - points({})[57, 1]
    for name, share in (("AU28", 0.45), ("AU23", 0.9), ("AU24", 0.8)):
        p = points({name: 1.0})
        assert p[51, 1] - p[57, 1] < share * height, name


def test_tight_lips_are_narrow_and_pressed_lips_are_not():
    rest = _width({})
    assert _width({"AU23": 1.0}) < 0.95 * rest
    assert _width({"AU24": 1.0}) > 0.97 * rest


def test_the_jaw_goes_forward_and_to_each_side():
    assert _mean({"AU29": 1.0}, (0, -97, 22))[2] > 3.0
    assert _mean({"AU30_L": 1.0}, (0, -97, 22))[0] > 3.0
    assert _mean({"AU30_R": 1.0}, (0, -97, 22))[0] < -3.0


@pytest.mark.parametrize("name", ["AU26", "AU27", "AU29", "AU30_L"])
def test_the_mandible_is_rigid(name):
    model = head()
    teeth = model.surface("teeth_lower")
    run = slice(teeth.start, teeth.stop)
    before = model.vertices[run].astype(float)
    after = model.deform({name: 1.0})[0][run].astype(float)
    some = np.linspace(0, len(before) - 1, 25).astype(int)

    def apart(v):
        return np.linalg.norm(v[some, None] - v[None, some], axis=2)

    np.testing.assert_allclose(apart(after), apart(before), atol=0.01)
    joint = np.array([[0.0, -14.0, -66.0]])
    chin = np.array([[0.0, -97.0, 22.0]])
    if name != "AU29":  # opening and turning go about the joints
        stay = np.linalg.norm(joint + jaw_motion(name, joint) - chin - jaw_motion(name, chin))
        assert stay == pytest.approx(np.linalg.norm(joint - chin))


def test_the_chin_turns_about_the_joints_of_the_jaw():
    at, moved = _moves({"AU26": 1.0})
    chin = _near((0, -100, 20), 6.0)
    joint = np.array([-14.0, -66.0])
    before = np.linalg.norm(at[chin][:, 1:] - joint, axis=1)
    after = np.linalg.norm((at + moved)[chin][:, 1:] - joint, axis=1)
    np.testing.assert_allclose(after, before, atol=0.6)
    assert JAW.drop < JAW.stretch


@pytest.mark.parametrize("name", ["AU12", "AU14", "AU15", "AU17", "AU18", "AU23", "AU24", "AU28"])
def test_closed_lips_stay_closed(name):
    for weight in (0.3, 1.0):
        assert _gap({name: weight}) < _gap({}) + 0.006


@pytest.mark.parametrize("weight", [0.4, 1.0])
def test_mouth_close_closes_what_jaw_open_opens(weight):
    opened = _gap({"jawOpen": weight})
    assert opened > 0.08 * weight
    assert abs(_gap({"jawOpen": weight, "mouthClose": weight})) < 0.02
    chin = change({"jawOpen": weight, "mouthClose": weight})[8, 1]
    assert chin == pytest.approx(change({"jawOpen": weight})[8, 1], rel=0.15)


@pytest.fixture(scope="module")
def geometry():
    # The draft's triangles behind the mouth's corners are too large to say anything of lips.
    return GeometryCheck(head("live"))


#: The lips of these meet; what is open is measured by the verification of the head.
_CLOSED = [f"AU{au}" for au in (12, 13, 14, 15, 17, 18, 20, 23, 24, 28, 29, 34)]


@pytest.mark.parametrize("name", [*_CLOSED, "AU30_L", "mouthShrugLower", "mouthLeft"])
def test_lips_of_one_unit_never_cross(geometry, name):
    assert geometry.of({name: 1.0}).value("lips") <= 0.5


def test_lips_never_cross_where_too_much_is_asked(geometry):
    for weights in ({"jawOpen": 0.3, "mouthClose": 1.0}, {"mouthShrugLower": 1, "AU12": 1}):
        assert geometry.of(weights).value("lips") <= 0.5


def test_lips_of_random_expressions_never_cross(geometry):
    closed = [c for c in head().controls if c.split("_")[0] in _CLOSED]
    worst = max(geometry.of(w).value("lips") for w in random_expressions(closed, 25, seed=3))
    assert worst <= 0.5


def test_every_name_of_arkit_is_known_and_moves_something():
    model = head()
    assert len(ARKIT_NAMES) == 52
    assert set(ARKIT) == ARKIT_NAMES
    assert model.unknown(ARKIT_NAMES) == ()
    for name in ARKIT_NAMES:
        moved = np.abs(model.deform({name: 1.0})[0] - model.vertices).max()
        assert 0.8 < moved < 60, name


@pytest.mark.parametrize(
    ("name", "point", "direction"),
    [
        ("mouthSmileLeft", 54, (0.6, 0.8)), ("mouthSmileRight", 48, (-0.6, 0.8)),
        ("mouthFrownLeft", 54, (0, -1)), ("jawLeft", 8, (1, 0)), ("jawRight", 8, (-1, 0)),
        ("mouthLeft", 51, (1, 0)), ("mouthRight", 51, (-1, 0)), ("jawOpen", 8, (0, -1)),
        ("mouthUpperUpLeft", 52, (0, 1)), ("mouthLowerDownRight", 58, (0, -1)),
        ("browInnerUp", 22, (0, 1)), ("browOuterUpRight", 18, (0, 1)),
        ("mouthRollLower", 57, (0, 1)), ("mouthRollUpper", 51, (0, -1)),
        ("mouthShrugUpper", 51, (0, 1)), ("mouthShrugLower", 57, (0, 1)),
        ("mouthPucker", 54, (-1, 0)), ("eyeBlinkLeft", 44, (0, -1)),
    ],
)  # fmt: skip
def test_a_shape_of_arkit_moves_its_point(name, point, direction):
    assert change({name: 1.0})[point] @ np.array(direction) > 0.008


def test_left_and_right_of_arkit_mirror_each_other():
    from pipeline.face.anatomy import MIRROR

    for name in sorted(n for n in ARKIT_NAMES if n.endswith("Left")):
        left, right = change({name: 1.0}), change({f"{name[:-4]}Right": 1.0})
        np.testing.assert_allclose(left, right[MIRROR] * [-1, 1], atol=2e-4, err_msg=name)


def test_the_tongue_comes_out_over_the_lip():
    model = head()
    tongue = model.surface("tongue")
    tip = model.deform({"tongueOut": 1.0})[0][tongue.start : tongue.stop, 2].max()
    lip = model.deform({"tongueOut": 1.0})[0][model.landmarks[57], 2]
    assert tip > lip + 3.0
