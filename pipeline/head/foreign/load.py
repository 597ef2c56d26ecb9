"""Loads a person's own head: read once from its files, then from the cache folder."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import numpy as np

from pipeline.core.errors import HeadError
from pipeline.core.paths import cache_dir
from pipeline.core.progress import Job, Progress
from pipeline.head.cast import CAST
from pipeline.head.foreign.build import build_model
from pipeline.head.foreign.mapping import mapping_of, remembered_heads
from pipeline.head.foreign.mesh import ForeignMesh, check_size
from pipeline.head.model import HeadModel
from pipeline.head.sculpt.parameters.detail import Lod

_log = logging.getLogger(__name__)

GLTF = (".glb", ".gltf")
_KINDS = "a folder of OBJ files, a .glb or a .gltf"
_EDGE = 1 << 16
_URI = re.compile(rb'"uri"\s*:\s*"((?!data:)[^"]{1,250})"')
_MOST_KEPT = 6
#: Code of this package that foreign heads are made with, beside this folder.
_MAKERS = ("blend.py", "model.py", "muscles", "occlusion.py", "scene", "sculpt")

Read = Callable[[Path], HeadModel | None]
Write = Callable[[Path, HeadModel], None]


def find_foreign(name: str | Path) -> Path:
    """Where a head lies: a path, or the name of one that was loaded before.

    Raises
    ------
    HeadError
        If there is none, or it is no kind of head that is read.
    """
    known = remembered_heads()
    path = known.get(str(name), Path(name))
    try:
        path = path.expanduser()
        if path.suffix.lower() == ".obj" and path.is_file():
            path = path.parent  # one of the folder's files was pointed at
        path = path.resolve()
        folder, file = path.is_dir(), path.is_file()
    except (OSError, RuntimeError, ValueError):  # too long a name, no such home, a null
        folder = file = False
    if folder or (file and path.suffix.lower() in GLTF):
        return path
    if file:
        raise HeadError(
            "it is no head that can be read", where=path, remedy=f"Name {_KINDS}",
            code="head.unknown",
        )  # fmt: skip
    if len(Path(name).parts) > 1 or str(name) in known:
        raise HeadError(
            "there is no head", where=path,
            remedy=f"If it was moved, open it where it is: {_KINDS}", code="head.unknown",
        )  # fmt: skip
    names = ", ".join(dict.fromkeys([*CAST, *known]))
    raise HeadError(
        f"there is no head '{str(name)[:200]}'; heads are: {names}",
        remedy=f"Name one of them, {_KINDS}", code="head.unknown",
    )  # fmt: skip


def load_foreign(path: Path, lod: Lod, read: Read, write: Write) -> Job[HeadModel]:
    """Load the head at a path that `find_foreign` gave.

    Raises
    ------
    HeadError
        If its files cannot be read as a head.
    """
    yield Progress("loading the head")
    cached = _cached_path(path)
    model = read(cached) if cached is not None else None
    if model is None:
        model = yield from _read_files(path, lod)
        if cached is not None:
            write(cached, model)
            _forget_old(cached.parent)
    mapping = mapping_of(model, path)
    notices = (*model.notices, *mapping.report(model.shape_names))
    yield Progress("loading the head", 1, 1)
    return replace(model, lod=lod, drives=mapping.drives, notices=notices)


def _read_files(path: Path, lod: Lod) -> Job[HeadModel]:
    mesh: ForeignMesh
    if path.is_dir():
        from pipeline.head.foreign.obj_folder import read_obj_folder

        mesh = yield from read_obj_folder(path)
    else:
        from pipeline.head.foreign.gltf import read_gltf

        mesh = yield from read_gltf(path)
    landmarks = mesh.landmarks
    if landmarks is None:
        from pipeline.head.foreign.landmarks import find_landmarks

        mesh, landmarks = yield from find_landmarks(mesh)
    return (yield from build_model(mesh, lod, landmarks))


def _cached_path(path: Path) -> Path | None:
    try:
        return cache_dir() / f"head-foreign-{_fingerprint(path)}-{_version()}.npz"
    except OSError as error:
        _log.warning("no cache for the head %s: %s", path, error)
        return None


def _fingerprint(path: Path) -> str:
    """Hash of a head's files: names, sizes, times of change, and both ends of each."""
    digest = hashlib.sha256()
    files = sorted(path.iterdir()) if path.is_dir() else [path, *_named_in(path)]
    for file in files:
        if not file.is_file():
            continue
        state = file.stat()
        digest.update(f"{file.name}\0{state.st_size}\0{state.st_mtime_ns}\0".encode())
        with file.open("rb") as content:
            digest.update(content.read(_EDGE))
            content.seek(max(state.st_size - _EDGE, 0))
            digest.update(content.read(_EDGE))
    return digest.hexdigest()[:16]


def _named_in(path: Path) -> list[Path]:
    """Files beside a .gltf that it names: buffers and pictures."""
    if path.suffix.lower() != ".gltf":
        return []
    check_size(path)
    names = {unquote(uri.decode("utf-8", "replace")) for uri in _URI.findall(path.read_bytes())}
    return sorted(path.parent / name for name in names if "\0" not in name)


def _version() -> str:
    digest = hashlib.sha256(np.__version__.encode())
    here = Path(__file__).parent
    for source in (*sorted(here.glob("*.py")), *(here.parent / maker for maker in _MAKERS)):
        if source.is_file():
            digest.update(source.read_bytes())
    return digest.hexdigest()[:8]


def _forget_old(folder: Path) -> None:
    try:
        kept = sorted(folder.glob("head-foreign-*.npz"), key=lambda p: p.stat().st_mtime_ns)
        for old in kept[:-_MOST_KEPT]:
            old.unlink(missing_ok=True)
    except OSError as error:
        _log.warning("old heads stay in the cache: %s", error)
