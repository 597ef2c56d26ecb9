"""A film in memory for tests of what stands above media: frame n is grey of value n."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import numpy as np

from pipeline.core.errors import MediaError


@dataclass
class Film:
    """What `FilmSource` shows; several sources may be open on one."""

    n_frames: int = 40
    fps: float = 200.0
    size: tuple[int, int] = (32, 24)  # width, height
    seconds: tuple[float, ...] | None = None  # for variable frame rates
    delay: float = 0.0  # s that decoding a frame takes
    broken: frozenset[int] = frozenset()
    opened: list[FilmSource] = field(default_factory=list)

    def open(self, path: Path) -> FilmSource:
        if not path.exists():
            raise MediaError("there is no such file", where=path, code="media.missing")
        source = FilmSource(self, path)
        self.opened.append(source)
        return source


class FilmSource:
    """Has the interface of `pipeline.media.FrameSource`."""

    file_numbers = None
    warnings: tuple[str, ...] = ()

    def __init__(self, film: Film, path: Path) -> None:
        self.film, self.path = film, path
        self.width, self.height = film.size
        self.n_frames, self.fps = film.n_frames, film.fps
        self.time_base = Fraction(1, 100_000)
        seconds = film.seconds or tuple(i / film.fps for i in range(film.n_frames))
        self.pts = np.round(np.asarray(seconds) * 100_000).astype(np.int64)
        self.closed = False
        self.decoded: list[int] = []
        self.decoding_threads: set[str] = set()
        self._cache: set[int] = set()

    def seconds(self, index: int) -> float:
        return float(self.pts[index] - self.pts[0]) / 100_000

    def times(self) -> np.ndarray:
        return (self.pts - self.pts[0]) / 100_000

    def index_at(self, seconds: float) -> int:
        found = int(np.searchsorted(self.times(), seconds, side="right")) - 1
        return max(0, min(found, self.n_frames - 1))

    def frame(self, index: int) -> np.ndarray:
        if self.closed:
            raise MediaError("the source is closed", where=self.path)
        if not 0 <= index < self.n_frames:
            raise IndexError(index)
        if index in self.film.broken:
            raise MediaError(f"frame {index} cannot be read", where=self.path)
        if self.film.delay:
            time.sleep(self.film.delay)
        self.decoding_threads.add(threading.current_thread().name)
        self.decoded.append(index)
        self._cache.add(index)
        return np.full((self.height, self.width, 3), index % 256, np.uint8)

    def gray(self, index: int) -> np.ndarray:
        return self.frame(index)[..., 0]

    def cached(self, index: int) -> bool:
        return index in self._cache

    def iter_frames(self, start: int = 0, stop: int | None = None, step: int = 1) -> Iterator:
        for index in range(start, self.n_frames if stop is None else stop, step):
            yield index, self.frame(index)

    def content_hash(self) -> str:
        return hashlib.sha256(self.path.read_bytes()).hexdigest()

    def close(self) -> None:
        self.closed = True
