"""Arrays and curves as blobs with dtype and shape beside them; every blob is taken as hostile."""

from __future__ import annotations

import json
import math
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pipeline.core.errors import ProjectError

if TYPE_CHECKING:
    from pipeline.curves import Curve

#: What a blob may hold; everything else in a file's dtype column is refused.
DTYPES = frozenset({"<f4", "<f8", "<f2", "<i2", "<i4", "<i8", "|u1", "|i1", "|b1"})
MAX_BYTES = 1 << 31
MAX_DIMENSIONS = 6
CURVE_COLUMNS = 5
_ZLIB_FROM = 4096


def encode(array: NDArray[Any], *, compress: bool = True) -> dict[str, Any]:
    """Columns of one array: ``dtype, shape, encoding, data``.

    Raises
    ------
    TypeError
        For a dtype that projects do not keep (objects, strings, complex numbers).
    """
    little = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
    dtype = little.dtype.str
    if dtype not in DTYPES:
        raise TypeError(f"a project keeps no arrays of {dtype}")
    data, encoding = little.tobytes(), "raw"
    if compress and len(data) >= _ZLIB_FROM:
        packed = zlib.compress(data, 1)
        if len(packed) < 0.9 * len(data):
            data, encoding = packed, "zlib"
    return {
        "dtype": dtype,
        "shape": json.dumps(list(array.shape)),
        "encoding": encoding,
        "data": data,
    }


def decode(dtype: str, shape: str, encoding: str, data: bytes, *, where: str) -> NDArray[Any]:
    """The array of one row, read-only.

    Raises
    ------
    ProjectError
        ``project.array`` where dtype, shape and bytes do not belong together.
    """
    sizes = _checked_shape(dtype, shape, where)
    expected = math.prod(sizes) * np.dtype(dtype).itemsize
    if expected > MAX_BYTES:
        raise _damaged(f"an array of {expected} bytes is larger than projects keep", where)
    if encoding == "zlib":
        data = _inflate(data, expected, where)
    elif encoding != "raw":
        raise _damaged(f"unknown encoding '{str(encoding)[:20]}'", where)
    if not isinstance(data, bytes) or len(data) != expected:
        raise _damaged(f"the blob does not hold the {expected} bytes of its shape", where)
    return np.frombuffer(data, dtype=np.dtype(dtype)).reshape(sizes)


def _checked_shape(dtype: str, shape: str, where: str) -> list[int]:
    if dtype not in DTYPES:
        raise _damaged(f"dtype '{str(dtype)[:20]}' is not one that projects keep", where)
    try:
        sizes = json.loads(shape) if isinstance(shape, str) and len(shape) < 200 else None
    except ValueError:
        sizes = None
    if not isinstance(sizes, list) or len(sizes) > MAX_DIMENSIONS:
        raise _damaged("the shape cannot be read", where)
    if not all(type(n) is int and 0 <= n <= MAX_BYTES for n in sizes):
        raise _damaged("the shape is not one of an array", where)
    return sizes


def _inflate(data: bytes, expected: int, where: str) -> bytes:
    if not isinstance(data, bytes):
        raise _damaged("the blob is no blob", where)
    stream = zlib.decompressobj()
    try:
        # One byte more than asked for: a blob that unpacks to more is noticed, never unpacked.
        inflated = stream.decompress(data, expected + 1)
    except zlib.error as error:
        raise _damaged("the blob cannot be unpacked", where) from error
    if len(inflated) != expected or not stream.eof:
        raise _damaged(f"the blob does not unpack to the {expected} bytes of its shape", where)
    return inflated


def _damaged(what: str, where: str) -> ProjectError:
    return ProjectError(
        what,
        where=where,
        remedy="Analyse the clip again, or restore a copy of the project",
        code="project.array",
    )


def curve_columns(curve: Curve | None) -> dict[str, Any]:
    """Key columns of a curve: (n, 5) float64 of time s, value, slopes 1/s, tangent mode.

    None gives the empty array, which marks a curve that a person deleted.
    """
    if curve is None:
        keys = np.empty((0, CURVE_COLUMNS))
    else:
        keys = np.column_stack([curve.t, curve.v, curve.m_in, curve.m_out, curve.mode])
    return encode(keys.astype("<f8"), compress=False)


def curve_from(columns: dict[str, Any], *, where: str) -> Curve | None:
    """The curve of one row; None for the empty array.

    Raises
    ------
    ProjectError
        ``project.array`` for keys that are no curve.
    """
    from pipeline.curves import Curve

    keys = decode(
        columns["dtype"], columns["shape"], columns["encoding"], columns["data"], where=where
    )
    if keys.dtype != np.float64 or keys.ndim != 2 or keys.shape[1] != CURVE_COLUMNS:
        raise _damaged("the keys are not those of a curve", where)
    if len(keys) == 0:
        return None
    modes = keys[:, 4]
    if not np.isfinite(keys).all() or modes.min() < 0 or modes.max() > 255:
        raise _damaged("the keys are not finite numbers", where)
    t, v, m_in, m_out = keys.T[:4]
    try:
        return Curve(t, v, m_in, m_out, modes.astype(np.uint8))
    except ValueError as error:
        raise _damaged(f"the keys are no curve ({error})", where) from error


def same_curve(one: Curve | None, other: Curve | None) -> bool:
    """Whether two curves have the very same keys, bit for bit."""
    if one is None or other is None:
        return one is other
    return bool(curve_columns(one)["data"] == curve_columns(other)["data"])
