"""Heads, losses and the whole networks: worked numbers, order, gradients, one clip, seeds."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.model.cooccurrence import AUS_19, casme2_counts, conditional_adjacency
from pipeline.model.networks import (
    AU_GCN_CUR,
    PRESETS,
    LossWeights,
    NetworkConfig,
    NetworkOutput,
    Targets,
    build_network,
    labelled_curves,
    losses,
    preset,
)
from pipeline.model.networks.heads import Timestamps, gated, gated_cross_entropy, ordered

TINY = {"width": 2, "steps": 4, "size": 32, "features": 8, "graph_widths": (6, 8), "hidden": 4}
NAN = math.nan


def tiny(name: str = "au-gcn-cur", **changes: object) -> NetworkConfig:
    return preset(name, **{**TINY, **changes})


def clips(config: NetworkConfig, batch: int = 2, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    shape = (batch, config.channels, config.steps, config.size, config.size)
    return torch.randn(shape, generator=generator)


def labels(config: NetworkConfig, batch: int = 2) -> Targets:
    aus = torch.zeros(batch, len(config.aus))
    aus[:, ::2] = 1
    timestamps = torch.tensor([[0.2, 0.5, 0.9]]).expand(batch, 3)
    return Targets(
        event=torch.ones(batch), timestamps=timestamps, aus=aus,
        emotion=torch.arange(batch) % 7, curves=labelled_curves(timestamps, aus, config.steps),
    )  # fmt: skip


VARIANTS = [
    tiny("3d-cnn"),
    tiny(),
    tiny("au-gcn-cur-journal"),
    tiny(node_input="features", temporal="conv", input_mode="enriched"),
    tiny(aus=AUS_19, timestamps="feature", input_mode="rgb"),
]


def descend(network: torch.nn.Module, batch: torch.Tensor, known: Targets, rounds: int) -> list:
    """Plain gradient descent in training mode; the loss before every step."""
    network.train()
    course = []
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        for _ in range(rounds):
            network.zero_grad()
            loss = losses(network(batch), known).total
            loss.backward()
            with torch.no_grad():
                for parameter in network.parameters():
                    parameter -= 0.05 * parameter.grad
            course.append(loss.item())
    return course


class TestTimestamps:
    @settings(max_examples=300, deadline=None)
    @given(st.lists(st.floats(-(2.0**100), 2.0**100, width=32), min_size=3, max_size=3))
    def test_any_three_numbers_come_out_in_order(self, raw):
        start, apex, end = (float(v[0]) for v in ordered(torch.tensor([raw])))
        assert 0 <= start <= apex <= end <= 1

    def test_many_random_ones_at_every_scale_and_in_half_precision(self):
        generator = torch.Generator().manual_seed(1)
        for scale in (0.01, 1, 10, 100):
            raw = scale * torch.randn(100_000, 3, generator=generator)
            for values in (raw, raw.half(), raw.bfloat16()):
                start, apex, end = ordered(values)
                assert (start >= 0).all() and (end <= 1).all()
                assert (start <= apex).all() and (apex <= end).all()

    @pytest.mark.parametrize("scale", [1, 30, 1000])
    def test_any_weights_of_the_network_keep_the_order(self, scale):
        network = build_network(tiny(), seed=scale).eval()
        with torch.no_grad():
            for parameter in network.timestamps.parameters():
                parameter.mul_(scale)
            start, apex, end = network(clips(network.config, 4)).timestamps
        assert ((start >= 0) & (start <= apex) & (apex <= end) & (end <= 1)).all()

    def test_worked_numbers(self):
        start, apex, end = ordered(torch.tensor([[0.0, math.log(3), -math.log(3)]]))
        assert start.item() == pytest.approx(0.5)
        assert end.item() == pytest.approx(0.5 + 0.5 * 0.75)
        assert apex.item() == pytest.approx(0.5 + 0.25 * 0.375)


class TestLosses:
    def output(self) -> NetworkOutput:
        """Two windows, two AUs, two steps."""
        return NetworkOutput(
            event=torch.tensor([0.0, math.log(3)]),
            timestamps=Timestamps(
                torch.tensor([0.1, 0.9]), torch.tensor([0.4, 0.9]), torch.tensor([0.8, 0.9])
            ),
            aus=torch.tensor([[0.0, math.log(3)], [50.0, 50.0]]),
            emotion=torch.tensor([[math.log(2), 0.0, 0.0], [9.0, 9.0, 9.0]]),
            curves=torch.tensor([[[0.0, 0.0], [math.log(3), 0.0]], [[0.0, 0.0], [0.0, 0.0]]]),
        )

    def targets(self) -> Targets:
        return Targets(
            event=torch.tensor([1.0, 0.0]),
            timestamps=torch.tensor([[0.2, NAN, 0.6], [0.0, 0.0, 0.0]]),
            aus=torch.tensor([[1.0, 0.0], [0.0, 0.0]]),
            emotion=torch.tensor([0, 2]),
            curves=torch.tensor([[[1.0, 0.0], [0.5, 0.0]], [[1.0, 1.0], [1.0, 1.0]]]),
        )

    def test_worked_numbers_and_masks(self):
        out = losses(self.output(), self.targets(), LossWeights(cur=2.0))
        # Windows: 1 with p = 1/2, 0 with p = 3/4.
        assert out.event.item() == pytest.approx((math.log(2) + math.log(4)) / 2, rel=1e-6)
        # The apex is not known, the second window has no event.
        assert out.timestamps.item() == pytest.approx((0.1**2 + 0.2**2) / 2, rel=1e-5)
        assert out.au.item() == pytest.approx((math.log(2) + math.log(4)) / 2, rel=1e-6)
        assert out.emotion.item() == pytest.approx(math.log(2), rel=1e-6)
        # Gated: AU 1 has 1/2 * (1/2, 3/4), AU 2 has 3/4 * (1/2, 1/2).
        terms = [
            -math.log(1 / 4), -math.log(5 / 8),
            -(math.log(3 / 8) + math.log(5 / 8)) / 2, -math.log(5 / 8),
        ]  # fmt: skip
        assert out.cur.item() == pytest.approx(sum(terms) / 4, rel=1e-6)
        total = out.event + 0.5 * out.timestamps + 0.7 * out.au + 0.3 * out.emotion + 2 * out.cur
        assert out.total.item() == pytest.approx(total.item(), rel=1e-6)

    def test_windows_without_an_event_may_teach_that_curves_are_zero(self):
        masked = losses(self.output(), self.targets()).cur.item()
        taught = losses(self.output(), self.targets(), LossWeights(empty_curves=True)).cur.item()
        # Four more elements, each 1/2 times nearly 1, target 0.
        assert taught == pytest.approx((4 * masked + 4 * math.log(2)) / 8, rel=1e-5)

    def test_a_batch_with_no_event_teaches_the_score_only(self):
        config = tiny()
        network = build_network(config, seed=1)
        known = labels(config)
        empty = replace(known, event=torch.zeros(2), emotion=torch.full((2,), -1))
        out = losses(network(clips(config)), empty)
        assert out.total.item() == pytest.approx(out.event.item())
        out.total.backward()
        assert all(p.grad is None or p.grad.isfinite().all() for p in network.parameters())
        assert not network.curves.linear.weight.grad.any()

    def test_labels_that_are_not_known_leave_no_nan_in_the_gradients(self):
        config = tiny()
        network = build_network(config, seed=1)
        known = labels(config)
        times, aus = known.timestamps.clone(), known.aus.clone()
        times[0], aus[1, 3] = NAN, NAN
        unknown = replace(
            known, timestamps=times, aus=aus, curves=labelled_curves(times, aus, config.steps)
        )
        out = losses(network(clips(config)), unknown)
        out.total.backward()
        assert out.total.isfinite()
        assert all(p.grad.isfinite().all() for p in network.parameters())

    def test_the_gated_entropy_is_that_of_the_product(self):
        generator = torch.Generator().manual_seed(2)
        curve, gate = (
            torch.randn(3, 4, 5, generator=generator),
            torch.randn(3, 5, generator=generator),
        )
        target = torch.rand(3, 4, 5, generator=generator)
        product = gated(curve.double(), gate.double())
        expected = -(target * product.log() + (1 - target) * (1 - product).log())
        assert torch.allclose(
            gated_cross_entropy(curve, gate, target).double(), expected, atol=1e-5
        )

    def test_the_gated_entropy_of_huge_logits_is_finite(self):
        huge = torch.tensor([[[1e4, -1e4, 1e4, -1e4]]])
        gate = torch.tensor([[1e4, 1e4, -1e4, -1e4]])
        for wanted in (0.0, 1.0):
            assert gated_cross_entropy(huge, gate, torch.full((1, 1, 4), wanted)).isfinite().all()

    def test_labelled_curves_rise_to_the_apex_and_fall_to_the_offset(self):
        course = labelled_curves(torch.tensor([[0.25, 0.5, 1.0]]), torch.tensor([[1.0, 0.0]]), 9)[0]
        half = 0.5 - 0.5 * math.cos(math.pi / 4)
        expected = [0, 0, 0, 0.5, 1, 1 - half, 0.5, half, 0]
        assert np.allclose(course[:, 0], expected, atol=1e-6)
        assert not course[:, 1].any()

    def test_an_event_of_one_frame_has_a_curve_too(self):
        course = labelled_curves(torch.tensor([[0.5, 0.5, 0.5]]), torch.ones(1, 1), 5)[0, :, 0]
        assert course.tolist() == [0, 0, 1, 0, 0]


class TestNetworks:
    @pytest.mark.parametrize("config", VARIANTS)
    def test_outputs_have_their_shapes(self, config):
        network = build_network(config, seed=0).eval()
        with torch.no_grad():
            out = network(clips(config, 3))
        n = len(config.aus)
        assert out.event.shape == (3,) and out.aus.shape == (3, n) and out.emotion.shape == (3, 7)
        assert all(t.shape == (3,) for t in out.timestamps)
        if config.architecture == "3d-cnn":
            assert out.curves is None and out.activations is None and out.kept is None
            return
        assert out.curves.shape == (3, config.steps, n) and out.node_emotions.shape == (3, n, 7)
        assert out.kept.shape == (3, math.ceil(n / 2)) and out.attention.shape == (3, n)
        gate = torch.sigmoid(out.aus)[:, None]
        assert (out.activations >= 0).all() and (out.activations <= gate).all()

    @pytest.mark.parametrize("config", VARIANTS)
    def test_gradients_reach_every_parameter(self, config):
        network = build_network(replace(config, dropout=0.0), seed=3)
        losses(network(clips(config, 4)), labels(config, 4)).total.backward()
        still = [
            name for name, p in network.named_parameters() if p.grad is None or not p.grad.any()
        ]
        assert still == []

    @pytest.mark.parametrize("config", VARIANTS)
    def test_one_clip_alone_can_train(self, config):
        network = build_network(config, seed=4)
        course = descend(network, clips(config, 1), labels(config, 1), rounds=2)
        assert all(math.isfinite(loss) for loss in course)
        assert all(p.isfinite().all() for p in network.parameters())

    def test_training_lowers_the_loss(self):
        config = tiny(dropout=0.0)
        course = descend(build_network(config, seed=5), clips(config, 4), labels(config, 4), 40)
        assert course[-1] < 0.7 * course[0]

    def test_a_clip_is_judged_alone_whatever_its_batch(self):
        network = build_network(tiny(), seed=6).eval()
        batch = clips(network.config, 3)
        with torch.no_grad():
            together, alone = network(batch), network(batch[1:2])
        assert torch.allclose(together.aus[1], alone.aus[0], atol=1e-5)
        assert torch.allclose(together.curves[1], alone.curves[0], atol=1e-5)
        assert torch.allclose(together.emotion[1], alone.emotion[0], atol=1e-5)

    def test_the_same_seed_makes_the_same_network_and_leaves_torchs_own_alone(self):
        before = torch.random.get_rng_state()
        first, second, other = (build_network(tiny(), seed=s).state_dict() for s in (7, 7, 8))
        assert torch.equal(torch.random.get_rng_state(), before)
        assert all(torch.equal(first[name], second[name]) for name in first)
        assert any(not torch.equal(first[name], other[name]) for name in first)

    def test_the_graph_of_the_fold_is_used(self):
        config = tiny()
        n = len(config.aus)
        none, whole = (
            build_network(config, edges, seed=9).eval() for edges in (np.zeros((n, n)), None)
        )
        assert np.allclose(
            whole.adjacency, conditional_adjacency(casme2_counts(config.aus)), atol=1e-6
        )
        with torch.no_grad():
            assert not torch.allclose(none(clips(config)).aus, whole(clips(config)).aus)
        with pytest.raises(ValueError, match="12 x 12"):
            AU_GCN_CUR(config, np.zeros((3, 3)))

    def test_the_journals_graph_is_symmetric_and_the_preprints_is_not(self):
        journal = build_network(tiny("au-gcn-cur-journal"), seed=1).adjacency
        preprint = build_network(tiny(), seed=1).adjacency
        assert torch.allclose(journal, journal.T)
        assert not torch.allclose(preprint, preprint.T)

    def test_the_presets_have_the_papers_sizes(self):
        assert set(PRESETS) == {"3d-cnn", "au-gcn-cur", "au-gcn-cur-journal"}
        with torch.device("meta"):
            edges = np.eye(12)
            network = AU_GCN_CUR(preset("au-gcn-cur", input_mode="rgb"), edges)
            backbone = network.trunk.backbone
        assert sum(p.numel() for p in backbone.parameters()) == 33_166_272
        assert [tuple(layer.weight.shape) for layer in network.graph.layers] == [
            (12, 1024), (1024, 512),
        ]  # fmt: skip

    @pytest.mark.parametrize(
        "change",
        [
            {"width": 0}, {"width": 16.0}, {"width": 10**9}, {"aus": ()}, {"aus": (1, 1)},
            {"aus": (3,)}, {"graph_widths": (6, 9)}, {"hidden": 5}, {"pool_ratio": 0.0},
            {"pool_ratio": NAN}, {"input_mode": "smell"}, {"emotions": ("joy", "joy")},
        ],
    )  # fmt: skip
    def test_a_configuration_out_of_range_is_refused(self, change):
        with pytest.raises(ValueError, match=r"."):
            tiny(**change)

    def test_an_unknown_preset_is_named(self):
        with pytest.raises(ValueError, match="au-gcn-cur-journal"):
            preset("resnet")
