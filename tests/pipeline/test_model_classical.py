"""The training-free predictor on made-up motion whose events are known."""

import itertools
from types import SimpleNamespace

import numpy as np
import pytest

from pipeline.core.errors import ModelError
from pipeline.core.labels import format_aus
from pipeline.core.progress import run
from pipeline.face import CanonicalFlow, FlowBasis
from pipeline.model import ClipEvidence, load_predictor
from tests.pipeline.made_up_motion import LIDS, MASK, SIDE, bump, cosine

BROW, SMILE = ([0.0, -0.008], (18, 12)), ([0.006, -0.006], (38, 42))
NAMES = ("AU1_R", "AU12_L", "AU12_R", "AU17")
FULL = [
    bump(x, y, 4)[..., None] * pull
    for x, y, pull in (
        (18, 12, [0.0, -0.08]), (38, 42, [0.06, -0.06]), (18, 42, [-0.06, -0.06]),
        (28, 50, [0.0, -0.06]),
    )
]  # fmt: skip


@pytest.fixture(autouse=True)
def basis(monkeypatch):
    """A small basis of known lids, so that no file is needed."""
    made = FlowBasis(NAMES, np.stack(FULL).astype(np.float32), LIDS, MASK)
    monkeypatch.setattr("pipeline.face.load_flow_basis", lambda: made)


def evidence(fps, seconds, parts=(), noise=0.0003, cuts=(), seed=0, head=None, neutral=0):
    """A face that makes those (pull, place, (onset, apex, offset) in s) motions."""
    rng = np.random.default_rng(seed)
    n = round(seconds * fps)
    times = np.arange(n) / fps
    flow = np.zeros((n, SIDE, SIDE, 2))
    for pull, place, when in parts:
        flow += cosine(times, *when)[:, None, None, None] * bump(*place, 4)[..., None] * pull
    # Flow noise is smooth over the face, and over time where frames are averaged.
    grain = rng.normal(0, 1, (n + 4, 14, 14, 2)).repeat(4, 1).repeat(4, 2)
    flow += noise * np.mean([grain[k : k + n] for k in range(5)], 0) * np.sqrt(5)
    edges = [0, *cuts, n]
    segments = tuple(
        SimpleNamespace(start=a, stop=b, neutral=(a, a + 5)) for a, b in itertools.pairwise(edges)
    )
    points = np.random.default_rng(1).uniform(200, 300, (68, 2)) + np.zeros((n, 68, 2))
    if head is not None:
        points = points + head(times)[:, None, :]
    track = SimpleNamespace(
        segments=segments, points=points.astype(np.float32), iod=lambda index: 100.0
    )
    number = np.zeros(n, np.int16)
    for cut in cuts:
        number[cut:] += 1
    still = np.isin(np.arange(n), [a + neutral + k for a in edges[:-1] for k in range(5)])
    flow -= flow[neutral : neutral + 5].mean(0)
    flow = CanonicalFlow(np.arange(n), flow.astype(np.float16), number, still)
    return ClipEvidence(
        fps=fps, times=times, track=track, displacement=np.zeros((n, 70, 2), np.float32),
        flow=flow,
    )  # fmt: skip


def found(clip):
    return run(load_predictor("classical").predict(clip)).events


@pytest.mark.parametrize("fps", [24, 30, 60, 100, 200])
def test_one_event_is_found_at_any_rate(fps):
    clip = evidence(fps, 1.4, [(*SMILE, (0.50, 0.66, 0.90))])
    (event,) = found(clip)
    slack = 0.03 * fps + 1
    assert event.onset == pytest.approx(0.50 * fps, abs=slack)
    assert event.apex == pytest.approx(0.66 * fps, abs=slack)
    assert event.offset == pytest.approx(0.90 * fps, abs=slack)
    assert event.predictor == "classical"
    assert 0.3 < event.confidence <= 1
    assert event.emotion == ""


def test_two_events_of_different_places_are_two():
    parts = [(*SMILE, (0.3, 0.45, 0.6)), (*BROW, (1.0, 1.1, 1.35))]
    events = found(evidence(100, 2.0, parts))
    assert [event.apex for event in events] == pytest.approx([45, 110], abs=3)


@pytest.mark.parametrize("seed", range(4))
def test_noise_holds_no_event(seed):
    assert found(evidence(100, 2.0, noise=0.0006, seed=seed)) == ()


def test_stillness_holds_no_event():
    assert found(evidence(100, 1.0, noise=0.0)) == ()


@pytest.mark.parametrize("noise", [0.0, 0.0003])
def test_a_blink_is_no_event(noise):
    lids = [([0.0, 0.08], (x, 20), (0.5, 0.58, 0.7)) for x in (18, 38)]
    assert found(evidence(100, 1.5, lids, noise=noise)) == ()


def test_an_event_beside_a_blink_is_kept():
    lids = [([0.0, 0.08], (x, 20), (0.5, 0.58, 0.7)) for x in (18, 38)]
    (event,) = found(evidence(100, 2.0, [*lids, (*SMILE, (1.1, 1.25, 1.45))]))
    assert event.apex == pytest.approx(125, abs=3)


def test_what_stays_is_no_micro_expression():
    assert found(evidence(50, 6.0, [(*SMILE, (0.5, 2.5, 5.5))])) == ()
    assert found(evidence(50, 3.0, [(*SMILE, (1.0, 1.2, 60.0))])) == ()


def test_what_follows_the_head_is_no_event():
    def nod(times):
        return np.outer(cosine(times, 0.5, 0.66, 0.9), [0.0, 12.0])

    parts = [(*SMILE, (0.5, 0.66, 0.9))]
    assert found(evidence(100, 1.4, parts, head=nod)) == ()
    assert len(found(evidence(100, 1.4, parts))) == 1


def test_segments_are_searched_apart():
    parts = [(*SMILE, (0.3, 0.45, 0.6)), (*SMILE, (1.4, 1.55, 1.7))]
    events = found(evidence(100, 2.0, parts, cuts=(100,)))
    assert [event.apex for event in events] == pytest.approx([45, 155], abs=3)


@pytest.mark.parametrize("frames", [1, 2, 5, 8])
def test_very_short_clips_hold_nothing_and_do_no_harm(frames):
    prediction = run(load_predictor().predict(evidence(25, frames / 25)))
    assert prediction.events == ()
    assert len(prediction.motion) == frames


def test_active_aus_carry_side_and_intensity():
    when = (0.50, 0.66, 0.90)
    parts = [([0.021, -0.021], (38, 42), when), ([0.0, -0.015], (28, 50), when)]
    prediction = run(load_predictor().predict(evidence(100, 1.4, parts)))
    (event,) = prediction.events
    # 0.021 of 0.06 and 0.015 of 0.06: activations 0.35 and 0.25, both in the band of B.
    assert format_aus(event.aus) == "L12b+17b"
    assert prediction.signals.column("AU12_L").max() == pytest.approx(0.35, abs=0.05)
    assert prediction.signals.column("AU12_R").max() < 0.05


def test_a_blink_leaves_no_trace_in_the_signals():
    lids = [([0.0, 0.08], (x, 20), (0.5, 0.58, 0.7)) for x in (18, 38)]
    prediction = run(load_predictor().predict(evidence(100, 1.5, lids)))
    assert prediction.signals.values.max() < 0.05


def test_a_neutral_taken_at_the_apex_does_not_turn_the_signals_over():
    parts = [([0.021, -0.021], (38, 42), (0.50, 0.66, 0.90))]
    prediction = run(load_predictor().predict(evidence(100, 1.4, parts, neutral=64)))
    (event,) = prediction.events
    assert format_aus(event.aus) == "L12b"
    assert prediction.signals.column("AU12_L")[66] == pytest.approx(0.35, abs=0.05)
    assert prediction.signals.column("AU12_L")[[5, 130]].max() < 0.05


def test_motion_shows_the_event_in_iod():
    clip = evidence(100, 1.4, [(*SMILE, (0.5, 0.66, 0.9))], noise=0.0)
    motion = run(load_predictor().predict(clip)).motion
    assert int(motion.argmax()) == pytest.approx(66, abs=1)
    assert 0.002 < motion.max() < 0.0085
    assert motion[:40].max() < 1e-4


def test_unknown_predictors_and_devices_are_named():
    with pytest.raises(ModelError, match="no predictor 'oracle'"):
        load_predictor("oracle")
    with pytest.raises(ModelError, match="no device 'tpu'"):
        load_predictor("classical", "tpu")
