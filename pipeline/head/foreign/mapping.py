"""Which of a foreign head's shapes a control moves: proposed by name, edited and kept."""

from __future__ import annotations

import hashlib
import json
import logging
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.core.errors import HeadError
from pipeline.core.paths import data_dir, replacing
from pipeline.head.foreign.names import UNITS, Pairs, proposed

if TYPE_CHECKING:
    from pipeline.head.model import HeadModel

_log = logging.getLogger(__name__)
_FORMAT, _VERSION = "tell-head", 1
_MOST_BYTES = 4_000_000
_LARGEST_GAIN = 4.0
_CONTROL = re.compile(r"[A-Za-z][\w.:|-]{0,99}")


@dataclass(frozen=True)
class HeadMapping:
    """What each control moves on one head.

    Parameters
    ----------
    head : str
        `head_key` of the head.
    name, source : str
        The head's name for a person, and the file or folder it was read from.
    drives : mapping of str to ((shape, gain), ...)
        By control: ``"AU12_L"``, ``"AU17"``, ``"jawOpen"``.
    edited : bool
        A person has changed it; otherwise it is proposed anew at each load.
    """

    head: str
    name: str = ""
    source: str = ""
    drives: Mapping[str, Pairs] = field(default_factory=dict)
    edited: bool = False

    def validate(self, shapes: Sequence[str]) -> None:
        """Check the table against a head's shapes.

        Raises
        ------
        HeadError
            If a control has no proper name, a shape is not there, or a gain is no number
            between -4 and 4.
        """
        known = set(shapes)
        for control, pairs in self.drives.items():
            if not _CONTROL.fullmatch(control):
                raise _wrong(f"'{control}' is no name of a control", self)
            for shape, gain in pairs:
                if shape not in known:
                    raise _wrong(f"{control} moves '{shape}', which this head does not have", self)
                if not (math.isfinite(gain) and abs(gain) <= _LARGEST_GAIN):
                    raise _wrong(f"the gain of {control} on '{shape}' is {gain}", self)

    def unmapped(self, shapes: Iterable[str]) -> tuple[str, ...]:
        """Shapes that no control moves."""
        used = {shape for pairs in self.drives.values() for shape, _ in pairs}
        return tuple(shape for shape in shapes if shape not in used)

    def unserved(self) -> tuple[int, ...]:
        """Action units that move nothing on this head."""
        served = {control.partition("_")[0] for control, pairs in self.drives.items() if pairs}
        return tuple(unit for unit in UNITS if f"AU{unit}" not in served)

    def report(self, shapes: Sequence[str]) -> tuple[str, ...]:
        """What a person should know of the table, a sentence a line."""
        lines = []
        if unserved := self.unserved():
            lines.append(f"no shape for AU {' '.join(map(str, unserved))}")
        if unmapped := self.unmapped(shapes):
            lines.append(f"not mapped to any control: {', '.join(unmapped)}")
        return tuple(lines)


def _wrong(what: str, mapping: HeadMapping) -> HeadError:
    return HeadError(
        what, where=f"mapping of {mapping.name or mapping.head}", remedy="Correct the table",
        code="head.mapping",
    )  # fmt: skip


def head_key(model: HeadModel) -> str:
    """Name of a head's files: its own and what tells it from others of that name."""
    known = json.dumps([len(model.vertices), *sorted(model.shape_names)])
    digest = hashlib.sha256(known.encode()).hexdigest()[:8]
    slug = re.sub(r"[^a-z0-9]+", "-", model.name.lower()).strip("-")[:40] or "head"
    return f"{slug}-{digest}"


def propose_mapping(model: HeadModel, source: str | Path = "") -> HeadMapping:
    """Mapping by what the shapes' names say."""
    drives = proposed(model.shape_names)
    return HeadMapping(head_key(model), model.name, str(source), drives)


def load_mapping(head: str) -> HeadMapping | None:
    """The kept mapping of a head, None where there is none.

    Raises
    ------
    HeadError
        If the file is damaged.
    """
    path = _folder() / f"{head}.json"
    return _read(path) if path.is_file() else None


def save_mapping(mapping: HeadMapping) -> Path:
    """Keep a mapping under its head's key; written whole or not at all.

    Raises
    ------
    HeadError
        If it cannot be written.
    """
    document = {
        "format": _FORMAT,
        "version": _VERSION,
        "head": mapping.head,
        "name": mapping.name,
        "source": mapping.source,
        "edited": mapping.edited,
        "drives": {c: [[s, g] for s, g in pairs] for c, pairs in mapping.drives.items()},
    }
    path = _folder() / f"{mapping.head}.json"
    text = json.dumps(document, indent=1, allow_nan=False) + "\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as temporary:
            temporary.write_text(text, "utf-8")
    except OSError as error:
        raise HeadError(
            f"the mapping cannot be kept ({(error.strerror or str(error)).lower()})",
            where=path, code="head.mapping",
        ) from error  # fmt: skip
    return path


def mapping_of(model: HeadModel, source: str | Path = "") -> HeadMapping:
    """The kept mapping of a head where a person edited it, or else the proposed one.

    The head is remembered under its name either way.
    """
    new = propose_mapping(model, source)
    try:
        kept = load_mapping(new.head)
        if kept is not None and kept.edited:
            kept.validate(model.shape_names)
            return kept
        if kept is None or (source and kept.source != new.source):
            save_mapping(new)
    except (HeadError, OSError) as error:
        _log.warning("the mapping kept for %s is not used: %s", model.name, error)
    return new


def remembered_heads() -> dict[str, Path]:
    """Heads that were loaded before and are still there, by name."""
    found: dict[str, Path] = {}
    try:
        files = sorted(_folder().glob("*.json"))
    except OSError:
        return found
    for path in files:
        try:
            mapping = _read(path)
        except HeadError as error:
            _log.warning("%s", error)
            continue
        source = Path(mapping.source)
        try:
            there = bool(mapping.name and mapping.source) and source.exists()
        except OSError:  # a folder that may not be looked into
            there = False
        if there:
            found.setdefault(mapping.name, source)
    return found


def _folder() -> Path:
    return data_dir() / "heads"


def _read(path: Path) -> HeadMapping:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ValueError("it is too large")
        document = json.loads(path.read_text("utf-8"))
        if document["format"] != _FORMAT or document["version"] != _VERSION:
            raise ValueError("it is of another version")
        drives = {
            str(control): tuple((str(shape), float(gain)) for shape, gain in pairs)
            for control, pairs in document["drives"].items()
        }
        return HeadMapping(
            str(document["head"]), str(document["name"]), str(document["source"]), drives,
            bool(document["edited"]),
        )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise HeadError(
            f"the kept mapping cannot be read ({error})", where=path,
            remedy="Remove the file; the mapping is then proposed anew", code="head.mapping",
        ) from error  # fmt: skip
