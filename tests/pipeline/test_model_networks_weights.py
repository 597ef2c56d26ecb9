"""Weights on disk: they come back as they were, and a bad file is a clear error."""

import hashlib
import json
import struct
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from pipeline.core.errors import ModelError
from pipeline.model.cooccurrence import AUS_12, AUS_19
from pipeline.model.networks import build_network, preset
from pipeline.model.weights import ModelCard, load_weights, save_weights

CARD = ModelCard(
    name="tiny", trained_on="nothing", measured="nothing", limits="has not seen CASME II – über",
    licence="Apache-2.0", created="2026-11-21",
)  # fmt: skip


def tiny(name: str = "au-gcn-cur", **changes: object):
    sizes = {"width": 2, "steps": 4, "size": 32, "features": 8, "graph_widths": (6, 8), "hidden": 4}
    return build_network(preset(name, **{**sizes, **changes}), seed=1)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "w.safetensors"
    save_weights(path, tiny(), CARD)
    return path


def metadata(path: Path) -> dict[str, str]:
    with safe_open(path, "pt") as file:
        return file.metadata()


def refused(path: Path, code: str, **needed: object) -> str:
    with pytest.raises(ModelError) as caught:
        load_weights(path, **needed)
    assert caught.value.code == code
    assert caught.value.remedy and caught.value.where == str(path)
    return str(caught.value)


class TestRoundTrip:
    @pytest.mark.parametrize("name", ["3d-cnn", "au-gcn-cur", "au-gcn-cur-journal"])
    def test_what_is_loaded_predicts_what_was_saved(self, tmp_path, name):
        network = tiny(name)
        clips = torch.randn(2, 2, 4, 32, 32, generator=torch.Generator().manual_seed(2))
        with torch.no_grad():
            network(clips)  # the norms' statistics move in training mode
        path = tmp_path / "w.safetensors"
        save_weights(path, network, CARD)
        loaded = load_weights(path, aus=AUS_12)
        assert loaded.config == network.config and loaded.card == CARD
        assert loaded.digest == hashlib.sha256(path.read_bytes()).hexdigest()
        assert not loaded.network.training
        with torch.no_grad():
            before, after = network.eval()(clips), loaded.network(clips)
        assert torch.equal(before.aus, after.aus) and torch.equal(before.emotion, after.emotion)
        assert torch.equal(torch.stack(before.timestamps), torch.stack(after.timestamps))

    def test_the_folds_graph_comes_back(self, tmp_path):
        network = tiny()
        network.adjacency.copy_(torch.rand(12, 12))
        save_weights(tmp_path / "w.safetensors", network, CARD)
        assert torch.equal(
            load_weights(tmp_path / "w.safetensors").network.adjacency, network.adjacency
        )

    def test_half_precision_is_half_as_large_and_close(self, tmp_path):
        network = tiny(width=8)
        save_weights(tmp_path / "full.safetensors", network, CARD)
        save_weights(tmp_path / "half.safetensors", network, CARD, half=True)
        full, half = ((tmp_path / f"{k}.safetensors").stat().st_size for k in ("full", "half"))
        assert half < 0.6 * full
        loaded = load_weights(tmp_path / "half.safetensors").network.state_dict()
        for name, value in network.state_dict().items():
            assert loaded[name].dtype == value.dtype
            assert torch.allclose(loaded[name], value, rtol=1e-3, atol=1e-6)

    def test_another_program_can_read_what_the_weights_are(self, saved):
        about = metadata(saved)
        assert about["architecture"] == "au-gcn-cur"
        assert json.loads(about["aus"]) == list(AUS_12)
        assert json.loads(about["card"])["limits"] == CARD.limits


class TestBadFiles:
    def test_a_missing_file(self, tmp_path):
        refused(tmp_path / "no.safetensors", "model.missing")

    @pytest.mark.parametrize("zipped", [True, False])
    def test_a_pickle_is_not_opened(self, tmp_path, zipped):
        path = tmp_path / "w.safetensors"
        torch.save(tiny().state_dict(), path, _use_new_zipfile_serialization=zipped)
        assert "pickle" in refused(path, "model.pickle")

    @pytest.mark.parametrize("left", [0.999, 0.5])
    def test_a_truncated_file(self, saved, left):
        data = saved.read_bytes()
        saved.write_bytes(data[: int(left * len(data))])
        refused(saved, "model.truncated")

    def test_a_file_cut_within_its_header(self, saved):
        saved.write_bytes(saved.read_bytes()[:200])
        refused(saved, "model.truncated")

    @pytest.mark.parametrize(
        "data",
        [
            b"", b"abc", b"\xff" * 64, b"hello, these are not weights at all",
            struct.pack("<Q", 2) + b"[]", struct.pack("<Q", 9) + b'{"a": {}}',
            struct.pack("<Q", 50000) + b"[" * 50000,
            struct.pack("<Q", 52) + b'{"a": {"dtype":"F32","shape":[9],"data_offsets":[0,8]}}'[:52],
        ],
    )  # fmt: skip
    def test_what_is_no_weights_file_at_all(self, tmp_path, data):
        path = tmp_path / "w.safetensors"
        path.write_bytes(data)
        with pytest.raises(ModelError):
            load_weights(path)

    def test_weights_that_are_not_numbers(self, saved):
        tensors = load_file(saved)
        tensors["trunk.backbone.stem.0.weight"][0, 0, 0, 0, 0] = float("nan")
        save_file(tensors, saved, metadata(saved))
        assert "trunk.backbone.stem.0.weight" in refused(saved, "model.nan")

    def test_weights_that_are_not_numbers_are_not_saved_either(self, saved):
        before = saved.read_bytes()
        for value, half in [(float("inf"), False), (1e6, True)]:  # the latter overflows float16
            network = tiny()
            network.graph.bias.data[0] = value
            with pytest.raises(ModelError) as caught:
                save_weights(saved, network, CARD, half=half)
            assert caught.value.code == "model.nan"
        assert saved.read_bytes() == before

    def test_negative_variances(self, saved):
        tensors = load_file(saved)
        tensors["trunk.backbone.stem.1.running_var"] -= 5
        save_file(tensors, saved, metadata(saved))
        refused(saved, "model.unreadable")

    def test_another_au_set(self, saved):
        said = refused(saved, "model.aus", aus=AUS_19)
        assert "AU 1 2 4 5 6 7 9 10 12 14 15 17," in said and "38" in said

    def test_weights_of_another_program(self, saved):
        save_file(load_file(saved), saved, {"format": "pt"})
        refused(saved, "model.architecture")

    def test_weights_that_say_they_are_another_network(self, saved, tmp_path):
        other = tmp_path / "other.safetensors"
        save_weights(other, tiny("3d-cnn"), CARD)
        save_file(load_file(saved), saved, metadata(other))
        refused(saved, "model.architecture")

    def test_weights_of_another_width(self, saved, tmp_path):
        other = tmp_path / "other.safetensors"
        save_weights(other, tiny(width=3), CARD)
        save_file(load_file(saved), saved, metadata(other))
        assert "another shape" in refused(saved, "model.architecture")

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("width", 10**12), ("width", "wide"), ("aus", []), ("aus", [[1]]), ("aus", 5),
            ("architecture", "resnet-50"), ("emotions", [{}, {}]), ("graph_widths", 3),
            ("pool_ratio", "half"), ("surprise", 1),
        ],
    )  # fmt: skip
    def test_a_hostile_description(self, saved, field, value):
        about = metadata(saved)
        about["config"] = json.dumps({**json.loads(about["config"]), field: value})
        save_file(load_file(saved), saved, about)
        refused(saved, "model.architecture")

    @pytest.mark.parametrize("text", ["", "[]", "null", "[" * 5000])
    def test_a_description_that_is_no_description(self, saved, text):
        for part in ("config", "card"):
            about = metadata(saved)
            about[part] = text
            save_file(load_file(saved), saved, about)
            refused(saved, "model.architecture")
            save_weights(saved, tiny(), CARD)

    def test_a_folder_that_is_not_there_is_said_when_saving(self, tmp_path):
        with pytest.raises(ModelError) as caught:
            save_weights(tmp_path / "no" / "w.safetensors", tiny(), CARD)
        assert caught.value.code == "model.write"


def test_the_model_layer_starts_without_torch():
    code = (
        "import sys, pipeline.model, pipeline.model.weights, pipeline.model.tim,"
        " pipeline.model.cooccurrence; print({'torch', 'safetensors'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "set()"
