"""Loads a head: built once per character and level of detail, then read from the cache folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.core.errors import HeadError
from pipeline.core.progress import Job, Progress, as_part
from pipeline.head.cache import (
    body_file,
    forget_old_bodies,
    forget_old_heads,
    head_file,
    read_arrays,
    write_arrays,
)
from pipeline.head.cast import CAST, Character, find_character
from pipeline.head.model import HeadModel
from pipeline.head.sculpt.parameters.detail import LODS, Lod

if TYPE_CHECKING:
    from pipeline.head.sculpt.body import Body


def load_head(name: str | Path = "builtin", *, lod: Lod = "live") -> Job[HeadModel]:
    """Load a head; builds it (some seconds) when it is not cached.

    Parameters
    ----------
    name : str or Path
        A character of the cast (``"builtin"``, ``"ada"``, ... or ``"seed:12"``); a folder of
        OBJ files (a neutral and one per shape), a ``.glb`` or
        ``.gltf`` file; or the name of one that was loaded before (`head_names`).
    lod : {"draft", "live", "still"}
        Level of detail; heads from files have one, drawn in three qualities.

    Raises
    ------
    HeadError
        If there is no such head or level of detail, or its files cannot be read as a head.
    """
    if lod not in LODS:
        raise HeadError(
            f"there is no level of detail '{lod}'",
            remedy=f"Use one of {', '.join(LODS)}.",
            code="head.lod",
        )
    character = find_character(str(name))
    if character is not None:
        return _load(character, lod)
    from pipeline.head.foreign.load import find_foreign, load_foreign

    return load_foreign(find_foreign(name), lod, _read, _write)


def head_names() -> dict[str, str]:
    """Heads by name, and where they come from: the cast and those loaded before."""
    from pipeline.head.foreign.mapping import remembered_heads

    cast = dict.fromkeys(CAST, "built in")
    return cast | {n: str(path) for n, path in remembered_heads().items() if n not in cast}


def _load(character: Character, lod: Lod) -> Job[HeadModel]:
    yield Progress("loading the head")
    path = head_file(character, lod)
    model = _read(path) if path is not None else None
    if model is None:
        from pipeline.head.sculpt.assemble import BODY_SHARE, dressed

        body = yield from as_part(_body(lod), 0.0, BODY_SHARE)
        model = yield from as_part(dressed(body, character), BODY_SHARE, 1.0)
        if path is not None:
            _write(path, model)
            forget_old_heads(path, character, lod)
    yield Progress("loading the head", 1, 1)
    return model


def _body(lod: Lod) -> Job[Body]:
    """What all characters share at a level of detail, kept on its own: they then take seconds."""
    from pipeline.head.sculpt.body import Body, build_body

    path = body_file(lod)
    body = read_arrays(path, Body.from_arrays) if path is not None else None
    if body is None:
        body = yield from build_body(lod)
        if path is not None:
            write_arrays(path, body.to_arrays())
            forget_old_bodies(path, lod)
    return body


def _read(path: Path) -> HeadModel | None:
    """The cached head, or None where there is none that can be used."""
    return read_arrays(path, HeadModel.from_arrays)


def _write(path: Path, model: HeadModel) -> None:
    write_arrays(path, model.to_arrays())
