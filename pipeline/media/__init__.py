"""Frames by exact index and presentation time, from videos and image folders; films out."""

from pipeline.media.film import FilmWriter
from pipeline.media.opening import is_image_folder, is_video_path, open_source
from pipeline.media.source import DEFAULT_CACHE_BYTES, FrameSource

__all__ = [
    "DEFAULT_CACHE_BYTES",
    "FilmWriter",
    "FrameSource",
    "is_image_folder",
    "is_video_path",
    "open_source",
]
