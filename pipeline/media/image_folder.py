"""A folder of numbered images as a clip."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np

from pipeline.core.errors import MediaError
from pipeline.core.vision import cv2
from pipeline.media.cache import FrameCache
from pipeline.media.image_names import image_files, looks_like_casme2, numbered_sequence
from pipeline.media.image_size import header_size
from pipeline.media.orientation import luma
from pipeline.media.source import (
    DEFAULT_CACHE_BYTES,
    FrameSource,
    Image,
    check_size,
    closed_error,
    read_only,
)

CASME2_FPS = 200.0
DEFAULT_FPS = 25.0
#: Numbers that run further than this many times the number of images count something else.
_SPARSE = 10
#: Largest image file that is read, bytes.
_MAX_FILE = 512 << 20


class ImageFolderSource(FrameSource):
    """A folder of images whose names end in frame numbers (``reg_img46.jpg``).

    Numbers also give the times: a gap in the numbering is a pause of as many frames. Where
    all numbers are multiples of a step, the step is one frame.

    Parameters
    ----------
    path : Path
        The folder.
    fps : float, optional
        Images in 1/s; by default 200 in a CASME II layout, else 25.
    cache_bytes : int
        Bound on decoded images held, bytes.
    """

    def __init__(
        self, path: Path, fps: float | None = None, cache_bytes: int = DEFAULT_CACHE_BYTES
    ) -> None:
        super().__init__()
        self.path = path
        if fps is None:
            fps = CASME2_FPS if looks_like_casme2(path) else DEFAULT_FPS
        self.nominal_fps = _checked_rate(fps, path)
        self.time_base = 1 / Fraction(self.nominal_fps).limit_denominator(100_000)
        self._files, numbers, left_over = numbered_sequence(_listed(path))
        if left_over:
            names = ", ".join(file.name for file in left_over[:3])
            more = f" and {len(left_over) - 3} more" if len(left_over) > 3 else ""
            self._warn(f"images that do not belong to the sequence are left out: {names}{more}")
        self.pts = self._presentation_times(numbers)
        self.height, self.width = self._read(0).shape[:2]
        self._check_sizes()
        self._cache: FrameCache[Image] = FrameCache(cache_bytes)
        self._reading = threading.Lock()
        self._closed = False

    def _presentation_times(self, numbers: list[int] | None) -> np.ndarray:
        in_order = np.arange(len(self._files), dtype=np.int64)
        if numbers is None:
            self._warn("file names hold no numbers: images are taken in the order of their names")
            return in_order
        self.file_numbers = np.array(numbers, np.int64)
        steps = np.diff(self.file_numbers)
        if len(steps) == 0:
            return in_order
        step = int(np.gcd.reduce(steps))
        missing = int(steps.sum()) // step - len(steps)
        if not missing:
            return in_order
        at = int(np.argmax(steps > step))
        self._warn(
            f"gaps in numbering: {missing} of {missing + len(numbers)} numbers are missing, "
            f"the first after {numbers[at]}"
        )
        if missing > _SPARSE * len(numbers):
            return in_order
        return (self.file_numbers - self.file_numbers[0]) // step

    def _check_sizes(self) -> None:
        """Compare the sizes that the headers state; the rest is checked when read."""
        first = header_size(self._files[0])
        if first is None:
            return
        for file in self._files[1:]:
            size = header_size(file)
            if size is not None and size != first and size != first[::-1]:
                raise _mixed_sizes(file, size, (self.width, self.height))

    @property
    def cached_bytes(self) -> int:
        """Bytes that decoded images hold at present."""
        return self._cache.held

    def cached(self, index: int) -> bool:
        """Whether the image is decoded already."""
        return index in self._cache

    def frame(self, index: int) -> Image:
        """Exactly that image; see `FrameSource.frame`. The error names the file."""
        index = self._checked(index)
        image = self._cache.get(index)
        if image is not None:
            return image
        with self._reading:
            if self._closed:
                raise closed_error(self.path)
            image = self._cache.get(index)
            if image is None:
                image = self._read_checked(index)
                self._cache.put(index, image, image.nbytes)
        return image

    def gray(self, index: int) -> Image:
        """Luma of an image; see `FrameSource.gray`."""
        return read_only(luma(self.frame(index)))

    def iter_frames(
        self, start: int = 0, stop: int | None = None, step: int = 1
    ) -> Iterator[tuple[int, Image]]:
        """Images in sequence, past the cache; see `FrameSource.iter_frames`."""
        if self._closed:
            raise closed_error(self.path)
        good: Image | None = None
        for index in self._range(start, stop, step):
            kept = self._cache.get(index)
            try:
                good = kept if kept is not None else self._read_checked(index)
            except MediaError as error:
                if good is None:
                    raise
                self._warn(f"{error} The image before it stands in")
            yield index, good

    def iter_gray(
        self, start: int = 0, stop: int | None = None, step: int = 1
    ) -> Iterator[tuple[int, Image]]:
        """Luma in sequence, past the cache; see `FrameSource.iter_gray`."""
        for index, image in self.iter_frames(start, stop, step):
            yield index, read_only(luma(image))

    def close(self) -> None:
        """Let go of all decoded images."""
        with self._reading:
            self._closed = True
            self._cache.clear()

    def frame_name(self, index: int) -> str:
        """The image's own file name."""
        return self._files[self._checked(index)].name

    def _read_checked(self, index: int) -> Image:
        image = self._read(index)
        if image.shape[:2] != (self.height, self.width):
            size = (image.shape[1], image.shape[0])
            raise _mixed_sizes(self._files[index], size, (self.width, self.height))
        return image

    def _read(self, index: int) -> Image:
        return read_image(self._files[index], index)


def read_image(file: Path, index: int = 0) -> Image:
    """Any image as (h, w, 3) uint8 RGB: grey, alpha and 16-bit are brought to that.

    Raises
    ------
    MediaError
        ``media.image`` or ``media.too_large``, naming the file.
    """
    size = header_size(file)
    if size is not None:
        check_size(*size, file)
    try:
        if file.stat().st_size > _MAX_FILE:
            raise _unreadable(file, index, "the file is too large")
        data = np.fromfile(file, np.uint8)
        flags = cv2.IMREAD_ANYDEPTH | cv2.IMREAD_COLOR
        image = cv2.imdecode(data, flags) if len(data) else None
    except OSError as error:
        raise _unreadable(file, index, error.strerror or "the file cannot be read") from error
    except cv2.error as error:
        raise _unreadable(file, index, "it is damaged") from error
    if image is None:
        raise _unreadable(file, index, "it is empty" if not len(data) else "it is damaged")
    check_size(image.shape[1], image.shape[0], file)
    if image.dtype == np.uint16:
        image = ((image.astype(np.uint32) * 255 + 32767) // 65535).astype(np.uint8)
    elif image.dtype != np.uint8:
        raise _unreadable(file, index, f"pixels of type {image.dtype} are not supported")
    return read_only(np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), dtype=np.uint8))


def _listed(folder: Path) -> list[Path]:
    try:
        files = image_files(folder)
    except OSError as error:
        raise MediaError(
            f"the folder cannot be read ({error.strerror})",
            where=folder,
            remedy="Check that it is there and that you may read it",
            code="media.permission",
        ) from error
    if not files:
        raise MediaError(
            "there are no images in this folder",
            where=folder,
            remedy="Choose the folder that holds the frames themselves (.jpg, .png, .bmp, .tif)",
            code="media.no_images",
        )
    return files


def _checked_rate(fps: float, where: Path) -> float:
    if not 0.001 <= fps <= 100_000:  # false for NaN too
        raise MediaError(
            f"{fps} is no frame rate",
            where=where,
            remedy="Give the images per second, such as 200",
            code="media.fps",
        )
    return float(fps)


def _unreadable(file: Path, index: int, reason: str) -> MediaError:
    return MediaError(
        f"frame {index} is unreadable: {reason}",
        where=file,
        remedy="Replace this image or take it out of the folder; other frames can be used",
        code="media.image",
        frame=index,
    )


def _mixed_sizes(file: Path, size: tuple[int, int], expected: tuple[int, int]) -> MediaError:
    return MediaError(
        f"the image is {size[0]}x{size[1]} px, the first of the folder {expected[0]}x{expected[1]}",
        where=file,
        remedy="Images of one clip must have one size; take out those that do not belong",
        code="media.mixed_sizes",
    )
