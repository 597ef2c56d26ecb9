"""Loads the head: built once per level of detail, then read from the cache folder."""

from __future__ import annotations

import hashlib
import logging
import zipfile
import zlib
from pathlib import Path

import numpy as np

from pipeline.core.errors import HeadError
from pipeline.core.paths import cache_dir, replacing
from pipeline.core.progress import Job, Progress
from pipeline.head.cast import CAST, Character, find_character
from pipeline.head.model import HeadModel
from pipeline.head.sculpt.parameters import HEAD
from pipeline.head.sculpt.parameters.detail import DETAILS, LODS, Lod

_log = logging.getLogger(__name__)

_UNREADABLE = (
    OSError, ValueError, KeyError, IndexError, TypeError, EOFError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
#: What makes the built-in head; the rest of this package only shows or measures it.
_MAKERS = ("blend.py", "cast", "model.py", "muscles", "occlusion.py", "sculpt")


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

    loaded = {name: str(path) for name, path in remembered_heads().items()}
    return dict.fromkeys(CAST, "built in") | loaded


def _load(character: Character, lod: Lod) -> Job[HeadModel]:
    yield Progress("loading the head", 0, 100)
    path = _cached_path(character, lod)
    model = _read(path) if path is not None else None
    if model is None:
        from pipeline.head.sculpt.assemble import build_head

        model = yield from build_head(lod, character)
        if path is not None:
            _write(path, model)
            _forget_others(path, character, lod)
    yield Progress("loading the head", 100, 100)
    return model


def _cached_path(character: Character, lod: Lod) -> Path | None:
    try:
        folder = cache_dir()
    except OSError as error:
        _log.warning("no cache folder for the head: %s", error)
        return None
    return folder / f"{_stem(character, lod)}-{_version(character, lod)}.npz"


def _stem(character: Character, lod: Lod) -> str:
    return f"head-{character.name.replace(':', '-')}-{lod}"


def _version(character: Character, lod: Lod) -> str:
    """Hash of what makes the head: the code of this package, the parameters, the character."""
    digest = hashlib.sha256(repr((HEAD, character, DETAILS[lod], np.__version__)).encode())
    home = Path(__file__).parent
    for maker in _MAKERS:
        path = home / maker
        for source in sorted(path.rglob("*.py")) if path.is_dir() else (path,):
            digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def _read(path: Path) -> HeadModel | None:
    """The cached head, or None where there is none that can be used."""
    if not path.exists():
        return None
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            return HeadModel.from_arrays({key: archive[key] for key in archive.files})
    except _UNREADABLE as error:
        _log.warning("the cached head %s is unusable and is built again: %s", path.name, error)
        return None


def _write(path: Path, model: HeadModel) -> None:
    """Keep the head; a full disk or read-only folder costs only the next start's time."""
    try:
        with replacing(path) as temporary, temporary.open("wb") as file:
            np.savez(file, allow_pickle=False, **model.to_arrays())
    except OSError as error:
        _log.warning("the head could not be cached: %s", error)


def _forget_others(kept: Path, character: Character, lod: Lod) -> None:
    """Remove heads that older code or numbers have made."""
    try:
        for old in kept.parent.glob(f"{_stem(character, lod)}-*.npz"):
            if old != kept:
                old.unlink(missing_ok=True)
    except OSError as error:
        _log.warning("old heads stay in the cache: %s", error)
