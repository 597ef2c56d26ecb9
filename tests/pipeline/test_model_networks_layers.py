"""Backbone, enrichment, graph and pooling against independent references."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from pipeline.model.networks.au_graph import (
    AUGraph,
    AUGraphConfig,
    GraphConvolution,
    propagation_matrix,
)
from pipeline.model.networks.enrichment import (
    INPUT_CHANNELS,
    TemporalConfig,
    TemporalEnrichment,
    optical_strain,
    stacked,
)
from pipeline.model.networks.resnet3d import ResNet3D18, ResNet3DConfig
from pipeline.model.networks.sagpool import SAGPool, SAGPoolConfig, readout


@pytest.fixture(autouse=True)
def seeded():
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(5)
        yield


def published_r3d_18() -> dict[str, tuple[int, ...]]:
    """torchvision's r3d_18 without ``fc``: names and shapes written out from its structure."""
    shapes: dict[str, tuple[int, ...]] = {}

    def norm(name: str, channels: int) -> None:
        for part in ("weight", "bias", "running_mean", "running_var"):
            shapes[f"{name}.{part}"] = (channels,)
        shapes[f"{name}.num_batches_tracked"] = ()

    shapes["stem.0.weight"] = (64, 3, 3, 7, 7)
    norm("stem.1", 64)
    before = 64
    for layer, after in enumerate((64, 128, 256, 512), start=1):
        for block in (0, 1):
            name = f"layer{layer}.{block}"
            shapes[f"{name}.conv1.0.weight"] = (after, before, 3, 3, 3)
            norm(f"{name}.conv1.1", after)
            shapes[f"{name}.conv2.0.weight"] = (after, after, 3, 3, 3)
            norm(f"{name}.conv2.1", after)
            if block == 0 and layer > 1:
                shapes[f"{name}.downsample.0.weight"] = (after, before, 1, 1, 1)
                norm(f"{name}.downsample.1", after)
            before = after
    return shapes


def plain_forward(weights: dict[str, torch.Tensor], x: torch.Tensor) -> torch.Tensor:
    """r3d_18 in evaluation mode, written with functions on its weights only."""

    def norm(x: torch.Tensor, name: str) -> torch.Tensor:
        part = [weights[f"{name}.{k}"] for k in ("running_mean", "running_var", "weight", "bias")]
        return functional.batch_norm(x, *part)

    x = functional.conv3d(x, weights["stem.0.weight"], None, (1, 2, 2), (1, 3, 3))
    x = norm(x, "stem.1").relu()
    for layer in (1, 2, 3, 4):
        for block in (0, 1):
            name = f"layer{layer}.{block}"
            stride = 2 if layer > 1 and block == 0 else 1
            y = functional.conv3d(x, weights[f"{name}.conv1.0.weight"], None, stride, 1)
            y = norm(y, f"{name}.conv1.1").relu()
            y = norm(
                functional.conv3d(y, weights[f"{name}.conv2.0.weight"], None, 1, 1),
                f"{name}.conv2.1",
            )
            if stride == 2:
                x = functional.conv3d(x, weights[f"{name}.downsample.0.weight"], None, stride)
                x = norm(x, f"{name}.downsample.1")
            x = (x + y).relu()
    return x.mean((2, 3, 4))


class TestBackbone:
    def test_names_shapes_and_count_are_those_of_r3d_18(self):
        with torch.device("meta"):
            network = ResNet3D18()
        own = {name: tuple(value.shape) for name, value in network.state_dict().items()}
        assert own == published_r3d_18()
        assert sum(p.numel() for p in network.parameters()) == 33_166_272

    def test_stages_have_the_sizes_of_table_1(self):
        with torch.device("meta"):
            maps = ResNet3D18().stage_maps(torch.empty(1, 3, 16, 112, 112))
        assert [tuple(stage.shape[1:]) for stage in maps] == [
            (64, 16, 56, 56), (128, 8, 28, 28), (256, 4, 14, 14), (512, 2, 7, 7),
        ]  # fmt: skip

    @pytest.mark.parametrize(("channels", "width"), [(2, 16), (4, 32)])
    def test_channels_and_width_are_free(self, channels, width):
        with torch.device("meta"):
            feature = ResNet3D18(ResNet3DConfig(channels, width))(
                torch.empty(2, channels, 16, 56, 56)
            )
        assert feature.shape == (2, 8 * width)

    def test_its_output_is_that_of_the_structure_written_out(self):
        network = ResNet3D18(ResNet3DConfig(channels=3, width=4))
        for name, value in network.state_dict().items():  # not the norms' ones and zeros
            if value.is_floating_point() and value.ndim == 1:
                value.copy_(
                    torch.rand(value.shape) + 0.5 if "var" in name else torch.randn(value.shape)
                )
        clips = torch.randn(2, 3, 8, 32, 32)
        expected = plain_forward(network.state_dict(), clips)
        with torch.no_grad():
            assert torch.allclose(network.eval()(clips), expected, atol=1e-5, rtol=1e-4)


class TestEnrichment:
    def test_strain_of_a_linear_field_is_what_calculus_says(self):
        y, x = torch.meshgrid(torch.arange(9.0), torch.arange(11.0), indexing="ij")
        u, v = 0.3 * x - 0.2 * y, 0.5 * x + 0.1 * y
        flow = torch.stack([u, v])[None, :, None]  # (1, 2, 1, 9, 11)
        expected = (0.3**2 + 0.1**2 + 0.5 * (-0.2 + 0.5) ** 2) ** 0.5
        assert torch.allclose(optical_strain(flow), torch.tensor(expected), atol=1e-5)

    def test_a_shift_and_a_small_rotation_are_no_strain(self):
        y, x = torch.meshgrid(torch.arange(9.0), torch.arange(9.0), indexing="ij")
        flow = torch.stack([2 - 0.01 * y, -1 + 0.01 * x])[None, :, None]
        assert optical_strain(flow).abs().max() < 1e-6

    def test_modes_stack_their_channels_in_order(self):
        rgb, flow = torch.rand(2, 3, 4, 8, 8), torch.rand(2, 2, 4, 8, 8)
        grey = torch.rand(2, 1, 4, 8, 8)
        assert torch.equal(stacked("rgb", rgb=rgb), rgb)
        assert torch.equal(stacked("flow", flow=flow, grey=grey), flow)
        enriched = stacked("enriched", flow=flow, grey=grey)
        assert enriched.shape[1] == len(INPUT_CHANNELS["enriched"])
        assert torch.equal(enriched[:, :2], flow) and torch.equal(enriched[:, 3:], grey)
        assert torch.equal(enriched[:, 2:3], optical_strain(flow))

    def test_a_mode_without_its_input_says_what_it_needs(self):
        with pytest.raises(ValueError, match="u, v, strain, grey"):
            stacked("enriched", flow=torch.rand(1, 2, 4, 8, 8))

    @pytest.mark.parametrize("kind", ["lstm", "conv"])
    def test_every_stage_is_read_at_every_step(self, kind):
        config = TemporalConfig((3, 4, 5, 6), reduced=(1, 2, 3, 4), hidden=8, kind=kind)
        maps = tuple(
            torch.randn(2, c, t, s, s) for c, t, s in [(3, 16, 14), (4, 8, 7), (5, 4, 7), (6, 2, 3)]
        )
        layer = TemporalEnrichment(config).eval()
        assert layer.pyramid(maps).shape == (2, 16, 49 * 10)
        before = layer(maps)
        assert before.shape == (2, 16, 8)
        for level in range(4):
            changed = tuple(m + 1 if k == level else m for k, m in enumerate(maps))
            assert not torch.allclose(layer(changed), before)

    def test_a_stage_with_all_steps_keeps_their_order(self):
        layer = TemporalEnrichment(TemporalConfig((1,), reduced=(1,), grid=1, steps=4))
        layer.reduce[0].weight.data.fill_(1), layer.reduce[0].bias.data.zero_()
        course = torch.tensor([3.0, -1.0, 4.0, 2.0])
        maps = course[None, None, :, None, None].expand(1, 1, 4, 5, 5)
        assert torch.allclose(layer.pyramid((maps,))[0, :, 0], course)


def dense_propagation(adjacency: np.ndarray) -> np.ndarray:
    """By loops: entry i, j of ``A + I`` (no diagonal of A) over the roots of both row sums."""
    n = len(adjacency)
    full = [[1.0 if i == j else adjacency[i, j] for j in range(n)] for i in range(n)]
    sums = [sum(row) for row in full]
    return np.array(
        [[full[i][j] / (sums[i] ** 0.5 * sums[j] ** 0.5) for j in range(n)] for i in range(n)]
    )


def made_up_edges(n: int = 5) -> np.ndarray:
    edges = np.random.default_rng(3).random((n, n))
    edges[:, 2] = 0  # an AU that never occurs
    return edges


class TestGraph:
    def test_propagation_is_the_dense_computation(self):
        edges = made_up_edges()
        nodes = np.random.default_rng(4).normal(size=(5, 3))
        layer = GraphConvolution(3, 4).double()
        weight = layer.weight.detach().numpy()
        expected = np.maximum(dense_propagation(edges) @ nodes @ weight, 0)
        out = layer(torch.tensor(nodes), propagation_matrix(torch.tensor(edges)))
        assert np.allclose(out.detach().numpy(), expected, atol=1e-12)

    def test_the_spectral_radius_is_one_also_of_asymmetric_edges(self):
        values = np.linalg.eigvals(propagation_matrix(torch.tensor(made_up_edges())).numpy())
        assert np.abs(values).max() == pytest.approx(1, abs=1e-12)

    def test_one_hot_nodes_are_a_bank_of_classifiers(self):
        graph = AUGraph(AUGraphConfig(nodes=5, features=6, widths=(7, 6))).double()
        graph.bias.data.normal_()
        edges = made_up_edges()
        features = np.random.default_rng(6).normal(size=(3, 6))
        out = graph(torch.tensor(features), torch.tensor(edges))
        step = dense_propagation(edges)
        first, second = (layer.weight.detach().numpy() for layer in graph.layers)
        bank = np.maximum(step @ np.maximum(step @ np.eye(5) @ first, 0) @ second, 0)  # (N, d)
        logits = features @ bank.T / 6**0.5 + graph.bias.detach().numpy()
        assert np.allclose(out.logits.detach().numpy(), logits, atol=1e-12)
        assert np.allclose(out.nodes.detach().numpy(), bank * features[:, None], atol=1e-12)

    def test_nodes_from_features_are_the_dense_computation(self):
        config = AUGraphConfig(5, 6, (7, 4), "features", embedding=2, projection=3)
        graph = AUGraph(config).double()
        edges = made_up_edges()
        features = np.random.default_rng(7).normal(size=(2, 6))
        out = graph(torch.tensor(features), torch.tensor(edges))
        step = dense_propagation(edges)
        p = {name: value.detach().numpy() for name, value in graph.named_parameters()}
        for clip, feature in enumerate(features):
            own = (p["project.weight"] @ feature + p["project.bias"]).reshape(5, 3)
            nodes = np.hstack([p["embed.weight"].T, own])
            for k in (0, 1):
                nodes = np.maximum(step @ nodes @ p[f"layers.{k}.weight"], 0)
            assert np.allclose(out.nodes[clip].detach().numpy(), nodes, atol=1e-12)
            logits = [nodes[i] @ p["read"][i] / 2 + p["bias"][i] for i in range(5)]
            assert np.allclose(out.logits[clip].detach().numpy(), logits, atol=1e-12)

    def test_one_hot_nodes_must_fit_the_feature(self):
        with pytest.raises(ValueError, match="last width"):
            AUGraph(AUGraphConfig(features=6, widths=(8, 7)))


class TestSAGPool:
    @pytest.mark.parametrize(("n", "kept"), [(12, 6), (19, 10), (5, 3), (1, 1)])
    def test_half_of_the_nodes_are_kept_rounded_up(self, n, kept):
        assert SAGPoolConfig(4).kept(n) == kept

    def test_a_ratio_that_floats_miss_is_not_rounded_up(self):
        assert SAGPoolConfig(4, 0.07).kept(100) == 7  # 0.07 * 100 = 7.000000000000001

    def test_is_the_dense_computation(self):
        edges = made_up_edges()
        nodes = np.random.default_rng(8).normal(size=(3, 5, 4))
        pool = SAGPool(SAGPoolConfig(4)).double()
        out = pool(torch.tensor(nodes), torch.tensor(edges))
        theta = pool.theta.detach().numpy()[:, 0]
        for clip in range(3):
            scores = np.tanh(dense_propagation(edges) @ nodes[clip] @ theta)
            chosen = sorted(range(5), key=lambda i: -scores[i])[:3]
            assert out.index[clip].tolist() == chosen
            assert np.allclose(out.scores[clip].detach().numpy(), scores, atol=1e-12)
            expected = np.array([nodes[clip, i] * scores[i] for i in chosen])
            assert np.allclose(out.nodes[clip].detach().numpy(), expected, atol=1e-12)
            between = [[edges[i, j] for j in chosen] for i in chosen]
            assert np.allclose(out.adjacency[clip].numpy(), between)

    def test_of_equal_nodes_the_first_stay(self):
        out = SAGPool(SAGPoolConfig(2))(torch.zeros(1, 6, 2), torch.zeros(6, 6))
        assert out.index.tolist() == [[0, 1, 2]]

    def test_readout_is_mean_beside_maximum(self):
        nodes = torch.tensor([[[1.0, -2.0], [3.0, -4.0]]])
        assert readout(nodes).tolist() == [[2.0, -3.0, 3.0, -2.0]]
