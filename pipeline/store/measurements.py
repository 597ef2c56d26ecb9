"""Analyses in a project: written in small chunks beside the old one, then switched in one edit.

A clip of ten minutes at 200 fps measures some 200 MB. Chunks of half a megabyte, each its own
transaction, leave the project free for a person's edits in between; the run counts only
once `SaveAnalysis` points the clip at it, and runs that nothing points at are swept away.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, delete, insert, select

from pipeline.core.errors import FaceError, ProjectError
from pipeline.core.progress import Job, Progress
from pipeline.core.types import AUSignals, EventSpan
from pipeline.store import rows, schema
from pipeline.store.arrays import MAX_BYTES, decode, encode
from pipeline.store.records import ClipAnalysis, new_id, utc_now
from pipeline.store.rows import dumps, parsed

if TYPE_CHECKING:
    from pipeline.curves import Curve
    from pipeline.face import FaceTrack
    from pipeline.store.project import ProjectStore

CHUNK_BYTES = 1 << 19
MAX_CHUNKS = 1 << 16


class PredictionLike(Protocol):
    """Events and who predicted them (`pipeline.model.Prediction`)."""

    @property
    def events(self) -> tuple[EventSpan, ...]: ...
    @property
    def predictor(self) -> str: ...
    @property
    def settings(self) -> Mapping[str, Any]: ...
    @property
    def weights_hash(self) -> str: ...


class AnalysisLike(Protocol):
    """What the spine finds on one clip (`pipeline.analysis.Analysis`)."""

    @property
    def times(self) -> NDArray[Any]: ...
    @property
    def track(self) -> FaceTrack: ...
    @property
    def displacement(self) -> NDArray[Any]: ...
    @property
    def signals(self) -> AUSignals: ...
    @property
    def landmark_signals(self) -> AUSignals: ...
    @property
    def motion(self) -> NDArray[Any]: ...
    @property
    def prediction(self) -> PredictionLike: ...
    @property
    def curves(self) -> Mapping[str, Curve]: ...


def stage_analysis(store: ProjectStore, clip: str, result: AnalysisLike) -> Job[str]:
    """Write a run's arrays; gives the id that `SaveAnalysis` switches the clip to.

    Raises
    ------
    ProjectError
        If the project cannot be written; nothing of the run is then in use.
    """
    run = new_id()
    arrays = _arrays_of(result)
    total = sum(array.nbytes for array in arrays.values())
    done = 0
    with store.transaction() as conn:
        conn.execute(
            insert(schema.analyses).values(
                id=run, clip=clip, face_track="", predictor=result.prediction.predictor,
                settings=dumps(result.prediction.settings),
                weights_hash=result.prediction.weights_hash, names=dumps(_names_of(result)),
                created=utc_now(),
            )
        )  # fmt: skip
    for name, array in arrays.items():
        for row in _chunks(run, name, array):
            with store.transaction() as conn:
                conn.execute(insert(schema.arrays).values(**row))
            done += CHUNK_BYTES
            yield Progress("storing", min(done, total), total)
    for names in _few(list(result.curves)):
        keys = [rows.curve_row(clip, "raw", name, result.curves[name], run) for name in names]
        with store.transaction() as conn:
            conn.execute(insert(schema.curves), keys)
        yield Progress("storing", total, total)
    return run


def _few(names: list[str], count: int = 8) -> Iterator[list[str]]:
    for start in range(0, len(names), count):
        yield names[start : start + count]


def _arrays_of(result: AnalysisLike) -> dict[str, NDArray[Any]]:
    arrays = {f"track.{name}": np.asarray(a) for name, a in result.track.to_arrays().items()}
    arrays["times"] = np.asarray(result.times, np.float64)
    arrays["displacement"] = np.asarray(result.displacement, np.float32)
    arrays["signals"] = np.asarray(result.signals.values, np.float32)
    arrays["landmark_signals"] = np.asarray(result.landmark_signals.values, np.float32)
    arrays["motion"] = np.asarray(result.motion, np.float32)
    return arrays


def _names_of(result: AnalysisLike) -> dict[str, Any]:
    return {
        "signals": list(result.signals.names),
        "landmark_signals": list(result.landmark_signals.names),
    }


def _chunks(run: str, name: str, array: NDArray[Any]) -> Iterator[dict[str, Any]]:
    flat = array.reshape(1) if array.ndim == 0 else array
    per_row = max(1, flat[:1].nbytes)
    step = max(1, CHUNK_BYTES // per_row)
    count = max(1, -(-len(flat) // step))
    for chunk in range(count):
        part = flat[chunk * step : (chunk + 1) * step]
        yield {"analysis": run, "name": name, "chunk": chunk, "chunks": count, **encode(part)}


def load_analysis(conn: Connection, clip: str) -> ClipAnalysis | None:
    """The run a clip points at, or None.

    Raises
    ------
    ProjectError
        ``project.array`` where its arrays are damaged.
    """
    run = conn.execute(
        select(schema.analyses)
        .join(schema.clips, schema.clips.c.analysis == schema.analyses.c.id)
        .where(schema.clips.c.id == clip)
    ).mappings().one_or_none()  # fmt: skip
    if run is None:
        return None
    where = f"analysis {run['id']}"
    arrays = _read_arrays(conn, run["id"], where)
    if not arrays:  # curves that were read from a file, nothing was measured
        return None
    names = parsed(run["names"], dict, where)
    try:
        return _assembled(dict(run), arrays, names, where)
    except (KeyError, ValueError, TypeError, IndexError, FaceError) as error:
        raise ProjectError(
            f"the measurements do not fit together ({error})", where=where,
            remedy="Analyse the clip again", code="project.array",
        ) from error  # fmt: skip


def _assembled(
    run: dict[str, Any], arrays: dict[str, NDArray[Any]], names: dict[str, Any], where: str
) -> ClipAnalysis:
    from pipeline.face import FaceTrack

    track = {k.removeprefix("track."): a for k, a in arrays.items() if k.startswith("track.")}
    landmark_names = tuple(names["landmark_signals"])
    frames = len(arrays["times"])
    signals = _signals(tuple(names["signals"]), arrays["signals"], frames)
    for name in ("displacement", "motion"):
        if len(arrays[name]) != frames:
            raise ValueError(f"{name} has {len(arrays[name])} frames of {frames}")
    return ClipAnalysis(
        id=run["id"],
        times=arrays["times"],
        track=FaceTrack.from_arrays(track),
        displacement=arrays["displacement"],
        signals=signals,
        landmark_signals=_signals(landmark_names, arrays["landmark_signals"], frames),
        motion=arrays["motion"],
        predictor=run["predictor"],
        settings=parsed(run["settings"], dict, where),
        weights_hash=run["weights_hash"],
        created=run["created"],
    )


def _signals(names: tuple[str, ...], values: NDArray[Any], frames: int) -> AUSignals:
    if values.shape != (frames, len(names)):
        raise ValueError(f"signals of shape {values.shape} for {frames} frames, {len(names)} AUs")
    return AUSignals(names, values)


def _read_arrays(conn: Connection, run: str, where: str) -> dict[str, NDArray[Any]]:
    table = schema.arrays
    query = select(table).where(table.c.analysis == run).order_by(table.c.name, table.c.chunk)
    parts: dict[str, list[NDArray[Any]]] = {}
    wanted: dict[str, int] = {}
    total = 0
    for row in conn.execute(query).mappings():
        name = row["name"]
        found = parts.setdefault(name, [])
        count = row["chunks"] if isinstance(row["chunks"], int) else 0
        if row["chunk"] != len(found) or not 0 < count <= MAX_CHUNKS:
            raise ProjectError(f"a piece of '{name}' is missing", where=where, code="project.array")
        wanted[name] = count
        found.append(decode(row["dtype"], row["shape"], row["encoding"], row["data"], where=where))
        total += found[-1].nbytes
        if total > MAX_BYTES:
            raise ProjectError("the measurements are too large", where=where, code="project.array")
    for name, found in parts.items():
        if len(found) != wanted[name]:
            raise ProjectError(f"a piece of '{name}' is missing", where=where, code="project.array")
    return {name: _joined(found, name, where) for name, found in parts.items()}


def _joined(found: list[NDArray[Any]], name: str, where: str) -> NDArray[Any]:
    if len(found) == 1:
        return found[0]
    try:
        return np.concatenate(found)
    except ValueError as error:
        raise ProjectError(
            f"the pieces of '{name}' do not fit together", where=where, code="project.array"
        ) from error


def sweep(conn: Connection) -> None:
    """Drop runs that no clip points at (left by a kill, or by an undo that was never redone)."""
    used = select(schema.clips.c.analysis).where(schema.clips.c.analysis.is_not(None))
    conn.execute(delete(schema.analyses).where(schema.analyses.c.id.not_in(used)))
    raw = schema.curves.c.layer == "raw"
    conn.execute(delete(schema.curves).where(raw, schema.curves.c.analysis.not_in(used)))
