"""Heads and bodies in the cache folder: found by what makes them, bounded, damaged ones dropped.

Any number of processes may use the folder at once: files appear whole or not at all, and one
that disappears before it is read is made again.
"""

from __future__ import annotations

import hashlib
import logging
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from pipeline.core.paths import cache_dir, replacing
from pipeline.head.cast import CAST, SEED_PREFIX, Character
from pipeline.head.sculpt.parameters import HEAD
from pipeline.head.sculpt.parameters.detail import DETAILS, Lod

_log = logging.getLogger(__name__)
T = TypeVar("T")

_UNREADABLE = (
    OSError, ValueError, KeyError, IndexError, TypeError, EOFError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
#: What makes the body that all share, and a head; the rest of the package shows or measures.
_BODY_MAKERS = ("muscles", "sculpt")
_MAKERS = ("blend.py", "cast", "model.py", "occlusion.py", *_BODY_MAKERS)
#: Heads by seed that are kept at each level, those used last; the finest is also the largest.
MOST_SEEDS: Mapping[str, int] = {"draft": 12, "live": 6, "still": 2}
#: The same for the named cast; at the coarser levels all of it is kept.
MOST_NAMED: Mapping[str, int] = {"draft": len(CAST), "live": len(CAST), "still": 3}


def head_file(character: Character, lod: Lod) -> Path | None:
    """Where a character's head is kept; None without a cache folder."""
    return _file(f"{_stem(character, lod)}-{head_version(character, lod)}.npz")


def body_file(lod: Lod) -> Path | None:
    """Where the body that all characters share is kept; None without a cache folder."""
    return _file(f"body-{lod}-{_version(_BODY_MAKERS, lod)}.npz")


def head_version(character: Character, lod: Lod) -> str:
    """Hash of what makes a head: the code of this package, the parameters, the character."""
    return _version(_MAKERS, lod, repr(character))


def _file(name: str) -> Path | None:
    try:
        return cache_dir() / name
    except OSError as error:
        _log.warning("no cache folder for the head: %s", error)
        return None


def _stem(character: Character, lod: Lod) -> str:
    return f"head-{character.name.replace(':', '-')}-{lod}"


def _version(makers: Iterable[str], lod: Lod, *more: str) -> str:
    digest = hashlib.sha256(repr((HEAD, DETAILS[lod], np.__version__, more)).encode())
    home = Path(__file__).parent
    for maker in makers:
        path = home / maker
        for source in sorted(path.rglob("*.py")) if path.is_dir() else (path,):
            digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def read_arrays(path: Path, made: Callable[[Mapping[str, NDArray[Any]]], T]) -> T | None:
    """What a file's arrays make, or None where there is no file that can be used."""
    if not path.exists():
        return None
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            found = made({key: archive[key] for key in archive.files})
    except _UNREADABLE as error:
        _log.warning("the cached %s is unusable and is built again: %s", path.name, error)
        return None
    _touch(path)
    return found


def _touch(path: Path) -> None:
    """What was used last is kept longest."""
    try:
        path.touch()
    except OSError as error:
        _log.debug("%s keeps its old time: %s", path.name, error)


def write_arrays(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Keep arrays; a full disk or read-only folder costs only the next start's time."""
    try:
        with replacing(path) as temporary, temporary.open("wb") as file:
            np.savez(file, allow_pickle=False, **arrays)
    except OSError as error:
        _log.warning("the head could not be cached: %s", error)


def forget_old_bodies(kept: Path, lod: Lod) -> None:
    """Remove bodies that older code or numbers have made."""
    _forget(path for path in kept.parent.glob(f"body-{lod}-*.npz") if path != kept)


def forget_old_heads(kept: Path, character: Character, lod: Lod) -> None:
    """Remove what older code has made of a character, and what has not been used for longest."""
    versions = kept.parent.glob(f"{_stem(character, lod)}-{'?' * 16}.npz")
    _forget(path for path in versions if path != kept)
    by_seed = [*kept.parent.glob(f"head-{SEED_PREFIX.replace(':', '-')}*-{lod}-*.npz")]
    named = [path for name in CAST for path in kept.parent.glob(f"head-{name}-{lod}-*.npz")]
    _forget(_oldest(by_seed, MOST_SEEDS[lod], kept))
    _forget(_oldest(named, MOST_NAMED[lod], kept))


def _oldest(paths: list[Path], most: int, kept: Path) -> list[Path]:
    """All but the `most` used last, of which `kept` is one."""
    times = {}
    for path in paths:
        try:
            times[path] = (path == kept, path.stat().st_mtime_ns)
        except OSError:
            continue  # another process has removed it
    return sorted(times, key=times.__getitem__)[: max(len(times) - most, 0)]


def _forget(paths: Iterable[Path]) -> None:
    try:
        for path in paths:
            path.unlink(missing_ok=True)
    except OSError as error:
        _log.warning("old heads stay in the cache: %s", error)
