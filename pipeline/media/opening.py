"""Opening whatever a person points at."""

from __future__ import annotations

import os
from pathlib import Path

from pipeline.core.errors import MediaError
from pipeline.media.image_names import image_files
from pipeline.media.source import DEFAULT_CACHE_BYTES, FrameSource

# fmt: off
VIDEO_SUFFIXES = frozenset({
    ".mp4", ".m4v", ".mov", ".avi", ".mkv", ".webm", ".mpg", ".mpeg", ".mts", ".m2ts", ".ts",
    ".wmv", ".asf", ".flv", ".ogv", ".ogg", ".3gp", ".3g2", ".mxf", ".dv", ".h264", ".264",
    ".h265", ".265", ".hevc", ".vob", ".mjpeg", ".mjpg", ".y4m", ".gif",
})
# fmt: on


def is_video_path(path: str | Path) -> bool:
    """Whether a file's name is that of a video. Opening decides whether it is one."""
    path = Path(path)
    return path.suffix.lower() in VIDEO_SUFFIXES and not path.is_dir()


def is_image_folder(path: str | Path) -> bool:
    """Whether a folder holds images directly."""
    path = Path(path)
    try:
        return path.is_dir() and bool(image_files(path))
    except OSError:
        return False


def open_source(
    path: str | Path, *, fps: float | None = None, cache_bytes: int = DEFAULT_CACHE_BYTES
) -> FrameSource:
    """Open a video file or an image folder.

    Videos are read through PyAV, or through OpenCV where PyAV is absent (exact too, but
    slower to open and to seek).

    Parameters
    ----------
    path : str or Path
        The file or folder.
    fps : float, optional
        Images per second of an image folder; default 200 in a CASME II layout, else 25.
        A video's own times always hold.
    cache_bytes : int
        Bound on decoded frames held, bytes.

    Raises
    ------
    MediaError
        Saying what is wrong, where, and what to do. Codes: ``media.missing``,
        ``media.permission``, ``media.empty``, ``media.not_video``, ``media.no_video_stream``,
        ``media.truncated``, ``media.no_frames``, ``media.too_large``, ``media.no_images``,
        ``media.image``, ``media.mixed_sizes``, ``media.fps``.
    """
    path = Path(path)
    if path.is_dir():
        from pipeline.media.image_folder import ImageFolderSource

        return ImageFolderSource(path, fps, cache_bytes)
    _check_file(path)
    from pipeline.media.decoder import av_absent

    if av_absent():
        from pipeline.media.opencv_reader import OpenCVSource

        return OpenCVSource(path, cache_bytes)
    from pipeline.media.pyav_reader import PyAVSource

    return PyAVSource(path, cache_bytes)


def _check_file(path: Path) -> None:
    try:
        size = path.stat().st_size
    except FileNotFoundError as error:
        raise MediaError(
            "there is no such file or folder",
            where=path,
            remedy="It may have been moved or renamed; open it from where it is now",
            code="media.missing",
        ) from error
    except OSError as error:
        raise _unreadable(path, error.strerror or "") from error
    if not path.is_file():
        raise _unreadable(path, "not an ordinary file")
    if not os.access(path, os.R_OK):
        raise _unreadable(path, "permission denied")
    if size == 0:
        raise MediaError(
            "the file is empty",
            where=path,
            remedy="Copy or record it again",
            code="media.empty",
        )


def _unreadable(path: Path, reason: str) -> MediaError:
    return MediaError(
        f"it cannot be read ({reason})",
        where=path,
        remedy="Check its permissions, or copy it to a folder of your own",
        code="media.permission",
    )
