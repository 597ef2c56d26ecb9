"""A hash by which a clip is found again after its file was moved or renamed."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pipeline.core.errors import MediaError

_WHOLE = 16 << 20
_BLOCK = 256 << 10
_BLOCKS = 32
_IMAGES = 16


def fingerprint(path: Path) -> str:
    """SHA-256, hex, of a video file or an image folder.

    Files up to 16 MiB are hashed whole; of larger ones the size and 32 blocks of 256 KiB,
    evenly spaced, the first and the last included. Of a folder: all image names and sizes,
    and 16 of the images.

    Raises
    ------
    MediaError
        ``media.permission`` if the content cannot be read.
    """
    digest = hashlib.sha256()
    try:
        if path.is_dir():
            _add_folder(digest, path)
        else:
            _add_file(digest, path)
    except OSError as error:
        raise MediaError(
            f"it cannot be read ({error.strerror})",
            where=path,
            remedy="Check that the file is still there and that you may read it",
            code="media.permission",
        ) from error
    return digest.hexdigest()


def _add_file(digest: hashlib._Hash, path: Path) -> None:
    size = path.stat().st_size
    digest.update(f"{size}:".encode())
    with path.open("rb") as file:
        if size <= _WHOLE:
            digest.update(file.read())
            return
        for block in range(_BLOCKS):
            file.seek((size - _BLOCK) * block // (_BLOCKS - 1))
            digest.update(file.read(_BLOCK))


def _add_folder(digest: hashlib._Hash, folder: Path) -> None:
    from pipeline.media.image_names import image_files

    files = image_files(folder)
    for file in files:
        digest.update(f"{file.name}:{file.stat().st_size};".encode())
    sampled = sorted({i * (len(files) - 1) // (_IMAGES - 1) for i in range(_IMAGES)})
    for index in sampled if files else ():
        _add_file(digest, files[index])
