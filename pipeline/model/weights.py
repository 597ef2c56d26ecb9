"""Weights on disk: safetensors only, with what they are written in the file itself.

Nothing in such a file can run. It is still a stranger's: names, shapes, values and the description
are checked before a network is made of it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.core.errors import ModelError
from pipeline.core.paths import replacing

if TYPE_CHECKING:
    import torch

    from pipeline.model.networks import AU_GCN_CUR, CNN3D, NetworkConfig

_FORMAT = "tell-studio-weights-1"
_HEADER_LIMIT = 4_000_000  # bytes; ours have about 20,000
_SIZE_LIMIT = 1_000_000_000  # bytes; the widest network in float32 has about 150 million


@dataclass(frozen=True)
class ModelCard:
    """What a person should know before trusting the weights; each a sentence or more.

    Parameters
    ----------
    name : str
        Of the model.
    trained_on : str
        Data, amount, protocol.
    measured : str
        What it is measured to do, on what.
    limits : str
        What it has not seen and must not be trusted with.
    licence : str
        Of the weights.
    created : str
        ISO date.
    """

    name: str = ""
    trained_on: str = ""
    measured: str = ""
    limits: str = ""
    licence: str = ""
    created: str = ""


@dataclass(frozen=True)
class LoadedWeights:
    """A network ready to predict (in evaluation mode).

    Parameters
    ----------
    network : torch.nn.Module
        In float32.
    config : NetworkConfig
    card : ModelCard
    digest : str
        SHA-256 of the file, hexadecimal: names the weights in whatever they predicted.
    """

    network: CNN3D | AU_GCN_CUR
    config: NetworkConfig
    card: ModelCard
    digest: str


def save_weights(
    path: Path, network: CNN3D | AU_GCN_CUR, card: ModelCard, *, half: bool = False
) -> None:
    """Write a network's weights; an existing file is replaced only when all is written.

    Parameters
    ----------
    path : Path
        Usually ``.safetensors``.
    network : CNN3D or AU_GCN_CUR
    card : ModelCard
    half : bool
        Store in float16, at half the size.

    Raises
    ------
    ModelError
        If a weight is not finite, in float16 with `half`, or the file cannot be written.
    """
    import torch
    from safetensors.torch import save

    tensors = {}
    for name, value in network.state_dict().items():
        stored = value.detach().cpu().contiguous()
        stored = stored.to(torch.float16) if half and stored.is_floating_point() else stored
        _check_finite(stored, name, path)
        tensors[name] = stored
    metadata = {
        "format": _FORMAT,
        "architecture": network.config.architecture,
        "aus": json.dumps(network.config.aus),  # for whoever reads only this
        "config": json.dumps(asdict(network.config)),
        "card": json.dumps(asdict(card), ensure_ascii=False),
    }
    try:
        with replacing(path) as temporary:
            temporary.write_bytes(save(tensors, metadata))
    except OSError as error:
        raise ModelError(
            f"the weights cannot be written ({error.strerror})", where=path, code="model.write",
            remedy="Choose another folder, or make room.",
        ) from error  # fmt: skip


def load_weights(
    path: Path, *, device: str = "cpu", aus: tuple[int, ...] | None = None
) -> LoadedWeights:
    """Read a network and its weights.

    Parameters
    ----------
    path : Path
        Of `save_weights`.
    device : str
        A torch device.
    aus : tuple of int, optional
        The AU set that is needed, in order; any by default.

    Raises
    ------
    ModelError
        With the codes ``model.missing``, ``model.pickle``, ``model.truncated``,
        ``model.unreadable``, ``model.architecture``, ``model.aus`` or ``model.nan``.
    """
    data = _read(path)
    metadata = _header(data, path).get("__metadata__", {})
    config, card = _description(metadata, path)
    if aus is not None and tuple(aus) != config.aus:
        raise ModelError(
            f"the weights know AU {_listed(config.aus)}, needed is AU {_listed(aus)}",
            where=path, code="model.aus", remedy="Choose weights or an AU set that go together.",
        )  # fmt: skip

    from safetensors import SafetensorError
    from safetensors.torch import load

    from pipeline.model.networks import build_network

    try:
        tensors = load(data)
    except SafetensorError as error:
        raise _unreadable(path) from error
    import numpy as np

    network = build_network(config, np.zeros((len(config.aus),) * 2), seed=0)
    _fill(network, tensors, path)
    network.eval().to(device)
    return LoadedWeights(network, config, card, hashlib.sha256(data).hexdigest())


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > _SIZE_LIMIT:
            raise _unreadable(path)
        data = path.read_bytes()
    except OSError as error:
        raise ModelError(
            f"the weights cannot be read ({error.strerror})", where=path, code="model.missing",
            remedy="Check the path.",
        ) from error  # fmt: skip
    # torch.save writes a zip, before 1.6 a bare pickle; both run code when they are loaded.
    if data[:4] == b"PK\x03\x04" or (data[:1] == b"\x80" and data[1:2] in b"\x02\x03\x04\x05"):
        raise ModelError(
            "this is a pickle, which can run code when it is opened", where=path,
            code="model.pickle", remedy="Convert it to safetensors where you trust it.",
        )  # fmt: skip
    return data


def _header(data: bytes, path: Path) -> dict[str, Any]:
    """The safetensors header: length in 8 bytes, then JSON, then all tensors."""
    length = int.from_bytes(data[:8], "little")
    if len(data) < 8 or length > _HEADER_LIMIT:
        raise _unreadable(path)
    if data[8:9] not in (b"{", b""):
        raise _unreadable(path)
    if len(data) < 8 + length:
        raise _truncated(path)
    try:
        header = json.loads(data[8 : 8 + length])
        ends = [int(t["data_offsets"][1]) for name, t in header.items() if name != "__metadata__"]
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
        raise _unreadable(path) from error
    if len(data) < 8 + length + max(ends, default=0):
        raise _truncated(path)
    return header


def _description(metadata: Any, path: Path) -> tuple[NetworkConfig, ModelCard]:
    """Configuration and card as the file states them, checked."""
    from pipeline.model.networks import NetworkConfig

    if not isinstance(metadata, dict) or metadata.get("format") != _FORMAT:
        raise ModelError(
            "these weights are of another program or version", where=path,
            code="model.architecture", remedy="Choose weights that Tell Studio trained.",
        )  # fmt: skip
    try:
        stated = json.loads(metadata["config"])
        known = {field.name for field in fields(NetworkConfig)}
        if set(stated) != known:
            raise ValueError("fields of the configuration")
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in stated.items()
        }
        config = NetworkConfig(**values)
        if json.loads(metadata["aus"]) != list(config.aus):
            raise ValueError("two AU sets")
        texts = json.loads(metadata.get("card", "{}"))
        card = ModelCard(**{f.name: str(texts.get(f.name, "")) for f in fields(ModelCard)})
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ModelError(
            f"the description of the network in the file is not one we know ({error})",
            where=path, code="model.architecture", remedy="Choose other weights.",
        ) from error  # fmt: skip
    return config, card


def _fill(network: torch.nn.Module, tensors: dict[str, torch.Tensor], path: Path) -> None:
    """Put the tensors in the network after all of them are found right."""
    own = network.state_dict()
    odd = sorted(set(own) ^ set(tensors)) or [
        name for name, value in own.items() if value.shape != tensors[name].shape
    ]
    if odd:
        raise ModelError(
            f"the weights do not fit the network: '{odd[0][:80]}' is missing, unknown or of "
            "another shape",
            where=path, code="model.architecture", remedy="Choose other weights.", names=odd[:20],
        )  # fmt: skip
    import torch

    plain = {torch.float16, torch.bfloat16, torch.float32}
    for name, value in tensors.items():
        if value.dtype not in (plain if own[name].is_floating_point() else {own[name].dtype}):
            raise _unreadable(path)
        _check_finite(value, name, path)
        # What roots are taken of: a variance below zero would only show as NaN in a prediction.
        if name.endswith(("running_var", "adjacency")) and (value < 0).any():
            raise _unreadable(path)
    network.load_state_dict(tensors)


def _check_finite(value: torch.Tensor, name: str, path: Path) -> None:
    if value.is_floating_point() and not value.isfinite().all():
        raise ModelError(
            f"'{name}' holds values that are not numbers", where=path, code="model.nan",
            remedy="The training ran away or the file is damaged: choose other weights.",
        )  # fmt: skip


def _unreadable(path: Path) -> ModelError:
    return ModelError(
        "this is not a safetensors file, or it is damaged", where=path, code="model.unreadable",
        remedy="Choose weights in safetensors format.",
    )  # fmt: skip


def _truncated(path: Path) -> ModelError:
    return ModelError(
        "the weights end too early", where=path, code="model.truncated",
        remedy="Copy or download the file again.",
    )  # fmt: skip


def _listed(aus: tuple[int, ...]) -> str:
    return " ".join(str(au) for au in aus)
