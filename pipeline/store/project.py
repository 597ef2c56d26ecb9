"""One project file: open, read, write in transactions, copy."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, delete, insert, select

from pipeline.core import progress
from pipeline.core.errors import ProjectError
from pipeline.core.paths import replacing
from pipeline.store import connection, fingerprint, measurements, migrations, rows, schema
from pipeline.store.coders import Shown, shown
from pipeline.store.lock import ProjectLock
from pipeline.store.older import readable_now
from pipeline.store.records import (
    ClipAnalysis,
    ClipRecord,
    EventRecord,
    HistoryRow,
    utc_now,
)

if TYPE_CHECKING:
    from pipeline.curves import Curve, EmotionProfile, Modulation


class ProjectStore:
    """A project file, open for one studio or command.

    Use `create` or `open`. Every method may be called from any thread; one lock keeps them
    in order, and no write is longer than one edit or one megabyte.

    Attributes
    ----------
    path : Path
        The file.
    read_only : str
        Why nothing can be written; empty for a project that takes edits.
    author : str
        Who edits, for the history.
    """

    def __init__(self, path: Path, engine: Engine) -> None:
        self.path = path
        self.read_only = ""
        self.author = ""
        self._readable = path  # a copy where an older project is only read
        self._engine = engine
        self._closing = contextlib.ExitStack()
        self._guard = threading.RLock()
        self._depth = 0
        self._conn: Connection = engine.connect()

    # Life

    @classmethod
    def create(cls, path: str | Path) -> ProjectStore:
        """Make an empty project.

        Raises
        ------
        ProjectError
            ``project.exists``, ``project.read_only``, ``project.disk_full``.
        """
        path = Path(path)
        if path.exists():
            raise ProjectError(
                "there is already a file of that name", where=path,
                remedy="Choose another name, or open it", code="project.exists",
            )  # fmt: skip
        try:
            connection.drop_log(path)
            with replacing(path) as fresh, connection.typed_errors(path):
                _write_empty(fresh)
        except OSError as error:
            raise ProjectError(
                f"the project cannot be made here ({error.strerror})", where=path,
                remedy="Choose a folder that you may write to", code="project.read_only",
            ) from error  # fmt: skip
        return cls.open(path)

    @classmethod
    def open(cls, path: str | Path, *, read_only: bool = False) -> ProjectStore:
        """Open a project after checking it; one that cannot be written opens for reading.

        `ProjectStore.read_only` then says why. A project of an older schema is copied to
        ``<name>.v<N>.bak`` and brought up to date; where it is only read, a copy is.

        Raises
        ------
        ProjectError
            ``project.missing``, ``project.not_a_project``, ``project.newer``,
            ``project.corrupt``, ``project.unreadable``.
        """
        path = Path(path)
        version = connection.inspect(path)
        if read_only:
            return cls._open_reading(path, version, "it was opened for reading")
        if not connection.can_write(path):
            return cls._open_reading(path, version, "its file or folder cannot be written to")
        with contextlib.ExitStack() as closing:
            lock = ProjectLock(path)
            try:
                if not lock.acquire():
                    return cls._open_reading(path, version, "it is open in another studio")
            except OSError:
                return cls._open_reading(path, version, "its folder cannot be written to")
            closing.callback(lock.release)
            with connection.typed_errors(path):
                engine = connection.engine_for(path)
                closing.callback(engine.dispose)
                store = cls(path, engine)
                closing.callback(store._conn.close)
                connection.set_up(store._conn)
                store._bring_up_to_date(version)
                with store.transaction() as conn:
                    measurements.sweep(conn)
            store._closing = closing.pop_all()
            return store

    @classmethod
    def _open_reading(cls, path: Path, version: int, why: str) -> ProjectStore:
        with contextlib.ExitStack() as closing, connection.typed_errors(path):
            readable = closing.enter_context(readable_now(path, version))
            engine = closing.enter_context(connection.reading_engine(readable))
            store = cls(path, engine)
            closing.callback(store._conn.close)
            store.read_only, store._readable = why, readable
            store._closing = closing.pop_all()
            return store

    def _bring_up_to_date(self, version: int) -> None:
        if version == schema.SCHEMA_VERSION:
            return
        self.save_copy(self.path.with_name(f"{self.path.name}.v{version}.bak"))
        with self.transaction() as conn:
            migrations.migrate(conn, version, schema.SCHEMA_VERSION, migrations.MIGRATIONS)

    def close(self) -> None:
        """Close the file; the write-ahead log is folded in. Further calls do nothing."""
        with self._guard:
            self._closing.close()

    def __enter__(self) -> ProjectStore:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    # Transactions

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Connection]:
        """All or nothing, on the disk when it ends. A transaction inside another joins it.

        Raises
        ------
        ProjectError
            ``project.read_only``, ``project.disk_full`` and others; nothing is then written.
        """
        with self._guard:
            self._must_be_open()
            if self.read_only:
                raise ProjectError(
                    f"the project takes no edits: {self.read_only}", where=self.path,
                    remedy="Save a copy of it and edit that", code="project.read_only",
                )  # fmt: skip
            with connection.typed_errors(self.path):
                if self._depth:
                    yield self._conn
                    return
                self._conn.exec_driver_sql("BEGIN IMMEDIATE")
                self._depth = 1
                try:
                    yield self._conn
                    self._conn.exec_driver_sql("COMMIT")
                except BaseException:
                    self._roll_back()
                    raise
                finally:
                    self._depth = 0

    def _roll_back(self) -> None:
        # SQLite has already rolled back by itself after a full disk.
        if _raw(self._conn).in_transaction:
            self._conn.exec_driver_sql("ROLLBACK")

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """The connection for reads; other threads wait meanwhile."""
        with self._guard, connection.typed_errors(self.path):
            self._must_be_open()
            yield self._conn

    @contextlib.contextmanager
    def reading_aside(self) -> Iterator[Connection]:
        """A connection of its own, for reads so long that no edit may wait for them."""
        self._must_be_open()
        with (
            connection.typed_errors(self.path),
            connection.reading_engine(self._readable) as engine,
            engine.connect() as conn,
        ):
            yield conn

    def _must_be_open(self) -> None:
        if self._conn.closed:
            raise ProjectError("the project is closed", where=self.path, code="project.closed")

    def log(
        self, what: str, label: str, clip: str | None, old: object = None, new: object = None
    ) -> None:
        """Add a history row; called inside an edit's transaction."""
        with self.transaction() as conn:
            conn.execute(
                insert(schema.history).values(
                    at=utc_now(), who=self.author, clip=clip, what=what, label=label,
                    old=rows.dumps(old), new=rows.dumps(new),
                )
            )  # fmt: skip

    def checkpoint(self) -> None:
        """Fold the write-ahead log into the file, over a connection of its own.

        Takes as long as the disk does but holds up no edit: call it off the GUI thread.
        """
        if self.read_only:
            return
        engine = connection.engine_for(self.path)
        try:
            with connection.typed_errors(self.path), engine.connect() as conn:
                conn.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)")
        finally:
            engine.dispose()

    # Clips

    def clips(self) -> tuple[ClipRecord, ...]:
        """All clips in the order they came."""
        with self.reading() as conn:
            found = conn.execute(select(schema.clips).order_by(schema.clips.c.position))
            return tuple(rows.clip_from(row) for row in found.mappings())

    def clip(self, clip: str) -> ClipRecord:
        """One clip by its UUID.

        Raises
        ------
        ProjectError
            ``project.no_clip`` if there is none.
        """
        with self.reading() as conn:
            row = (
                conn.execute(select(schema.clips).where(schema.clips.c.id == clip))
                .mappings()
                .one_or_none()
            )
        if row is None:
            raise ProjectError("there is no such clip", where=clip, code="project.no_clip")
        return rows.clip_from(row)

    def free_clip_id(self, wanted: str) -> str:
        """``wanted``, or with a number behind it where the project has that id already."""
        taken = {record.clip_id for record in self.clips()}
        number, name = 2, wanted
        while name in taken:
            name, number = f"{wanted}-{number}", number + 1
        return name

    def add_clip(self, record: ClipRecord) -> ClipRecord:
        """Store a clip outside of the undo stack (opening media, importing a data set)."""
        with self.transaction() as conn:
            rows.insert_clip(conn, record, self.path)
        return record

    def fill_in_clip(self, record: ClipRecord) -> None:
        """Store what opening a clip's media has told (its place, hash, frames); no edit."""
        with self.transaction() as conn:
            rows.update_clip(conn, record, self.path)

    def media_path(self, record: ClipRecord) -> Path:
        """Where a clip's media is now: as stored, or moved along with the project."""
        if record.path.exists():
            return record.path
        with self.reading() as conn:
            query = select(schema.clips.c.relative_path).where(schema.clips.c.id == record.id)
            relative = conn.execute(query).scalar()
        beside = self.path.absolute().parent / str(relative or "")
        return beside if relative and beside.exists() else record.path

    # Events

    def events(self, clip: str | None = None, coder: str | None = None) -> tuple[EventRecord, ...]:
        """Events of a clip (None: of all) by a coder (None: by all), in order of onset."""
        with self.reading() as conn:
            return rows.read_events(conn, clip, coder)

    def shown(self, clip: str, coder: str | None) -> Shown:
        """What a coder sees of a clip: events, and proposals still open."""
        return shown(self.events(clip), coder or "")

    def shown_events(self, clip: str, coder: str | None) -> tuple[EventRecord, ...]:
        """The coder's own events, and the proposals that he has not yet decided about."""
        return self.shown(clip, coder).events

    # Curves and modulation

    def curves(self, clip: str, layer: str, names: Iterable[str] | None = None) -> dict[str, Curve]:
        """Curves of the layer ``"raw"`` or ``"edited"`` by track name (of ``names`` only)."""
        names = None if names is None else frozenset(names)
        with self.reading() as conn:
            edited = rows.read_curves(conn, clip, "edited", names) if layer == "edited" else {}
            if names is not None:
                names -= edited.keys()
            return rows.overlaid(rows.read_curves(conn, clip, "raw", names), edited)

    def layers(self, clip: str) -> tuple[dict[str, Curve], dict[str, Curve]]:
        """The raw and the edited layer at once."""
        with self.reading() as conn:
            raw = rows.read_curves(conn, clip, "raw")
            edited = rows.read_curves(conn, clip, "edited")
        return rows.overlaid(raw, {}), rows.overlaid(raw, edited)

    def edited_names(self, clip: str) -> frozenset[str]:
        """Tracks that a person has changed."""
        with self.reading() as conn:
            return frozenset(rows.read_curves(conn, clip, "edited"))

    def profiles(self) -> dict[str, EmotionProfile]:
        """Emotion profiles: the ones shipped, overlaid with this project's own."""
        from pipeline.store.modulations import read_profiles

        with self.reading() as conn:
            return read_profiles(conn)

    def modulation(self, clip: str) -> Modulation:
        """What modulates a clip: the profiles, and its own override and intensity."""
        from pipeline.store.modulations import read_modulation

        with self.reading() as conn:
            return read_modulation(conn, clip)

    # Analyses

    def analysis(self, clip: str) -> ClipAnalysis | None:
        """What was measured on a clip; reads blobs, so call it off the GUI thread."""
        with self.reading_aside() as conn:
            return measurements.load_analysis(conn, clip)

    def stage_analysis(self, clip: str, result: measurements.AnalysisLike) -> progress.Job[str]:
        """Write a run's arrays, for `SaveAnalysis`; see `measurements.stage_analysis`."""
        return measurements.stage_analysis(self, clip, result)

    def save_result(self, clip: Any, source: Any, result: measurements.AnalysisLike) -> ClipRecord:
        """Store a run of the command line: the clip (found by its content or made) and its run.

        Parameters
        ----------
        clip
            Has ``clip_id, path, subject, dataset``.
        source : FrameSource
            The open media.
        """
        from pipeline.store.edits import SaveAnalysis
        from pipeline.store.media import clip_for, record_of

        wanted = record_of(source, clip.clip_id)
        record = clip_for(self, replace(wanted, subject=clip.subject, dataset=clip.dataset))
        run = progress.run(self.stage_analysis(record.id, result))
        SaveAnalysis.prepare(self, record.id, run, result).apply(self)
        return record

    # Settings and history

    def settings(self, scope: str = "project") -> dict[str, Any]:
        """All settings of a scope: "project", "head", "rig" or "session"."""
        table = schema.settings
        with self.reading() as conn:
            found = conn.execute(select(table.c.key, table.c.value).where(table.c.scope == scope))
            return {key: rows.parsed(value, object, f"setting {key}") for key, value in found}

    def setting(self, key: str, default: Any = None, scope: str = "project") -> Any:
        """One setting."""
        return self.settings(scope).get(key, default)

    def set_settings(self, values: Mapping[str, Any], scope: str = "project") -> None:
        """Write settings in one transaction; None removes one."""
        table = schema.settings
        with self.transaction() as conn:
            for key, value in values.items():
                conn.execute(delete(table).where(table.c.scope == scope, table.c.key == key))
                if value is not None:
                    conn.execute(
                        insert(table).values(scope=scope, key=key, value=rows.dumps(value))
                    )

    def set_setting(self, key: str, value: Any, scope: str = "project") -> None:
        """Write one setting; None removes it."""
        self.set_settings({key: value}, scope)

    def history(self, clip: str | None = None, limit: int = 1000) -> tuple[HistoryRow, ...]:
        """Newest edits first, of a clip or of all."""
        table = schema.history
        query = select(table).order_by(table.c.id.desc()).limit(limit)
        if clip is not None:
            query = query.where(table.c.clip == clip)
        with self.reading() as conn:
            return tuple(HistoryRow(**row) for row in conn.execute(query).mappings())

    def fingerprint(self) -> str:
        """sha256 of the document: everything but history, times of editing and the session."""
        with self.reading() as conn:
            return fingerprint.of(conn)

    def save_copy(self, path: str | Path) -> None:
        """Write the whole project to another file, in one step at the end.

        Raises
        ------
        ProjectError
            ``project.read_only``, ``project.disk_full``, or ``project.locked`` where another
            studio has the target open; the target is then untouched.
        """
        path = Path(path)
        if path.exists() and path.samefile(self.path):
            raise ProjectError(
                "that is the project itself", where=path,
                remedy="Choose another name", code="project.exists",
            )  # fmt: skip
        try:
            with (
                _target_of_copy(path) as fresh,
                self.reading_aside() as conn,
                connection.typed_errors(path),
                contextlib.closing(sqlite3.connect(fresh)) as target,
            ):
                _raw(conn).backup(target)
                target.execute("PRAGMA journal_mode=DELETE")
        except OSError as error:
            raise ProjectError(
                f"the copy cannot be written ({error.strerror})", where=path,
                remedy="Choose a folder that you may write to", code="project.read_only",
            ) from error  # fmt: skip


@contextlib.contextmanager
def _target_of_copy(path: Path) -> Iterator[Path]:
    lock = ProjectLock(path)
    if not lock.acquire():
        raise ProjectError(
            "that project is open in another studio", where=path,
            remedy="Close it there, or choose another name", code="project.locked",
        )  # fmt: skip
    try:
        with replacing(path) as fresh:
            yield fresh
            connection.drop_log(path)  # of the file that is about to be replaced
    finally:
        lock.release()


def _raw(conn: Connection) -> sqlite3.Connection:
    raw = conn.connection.driver_connection
    assert isinstance(raw, sqlite3.Connection)
    return raw


def _write_empty(path: Path) -> None:
    engine = connection.engine_for(path)
    try:
        with engine.connect() as conn:
            conn.exec_driver_sql("PRAGMA page_size=8192")
            conn.exec_driver_sql("PRAGMA synchronous=OFF")  # `replacing` brings it to the disk
            conn.exec_driver_sql("BEGIN")
            conn.exec_driver_sql(f"PRAGMA application_id={schema.APPLICATION_ID}")
            schema.metadata.create_all(conn)
            migrations.stamp(conn, schema.SCHEMA_VERSION)
            conn.exec_driver_sql("COMMIT")
    finally:
        engine.dispose()
