"""The queue of clips: what is open, what is done, one key to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QRectF, QSize, QSortFilterProxyModel, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPainterPath
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from pipeline.core.labels import format_aus
from widgets import theme
from widgets.controls import caption, heading
from widgets.thumbnails import Thumbnails

if TYPE_CHECKING:
    from app.state import Document

RECORD = Qt.ItemDataRole.UserRole
SUBTITLE = Qt.ItemDataRole.UserRole + 1
STATE = Qt.ItemDataRole.UserRole + 2
ROW_HEIGHT = 54


class ClipsModel(QAbstractListModel):
    """The project's clips with what their coder says of them, read only when shown."""

    def __init__(self, document: Document, parent: QWidget) -> None:
        super().__init__(parent)
        self._document = document
        self.clips: tuple[Any, ...] = ()
        self._subtitles: dict[str, str] = {}
        self._touched: dict[str, bool] = {}
        self.pictures: dict[str, QImage] = {}
        self.reload()

    def reload(self) -> None:
        """Read the clips again, keeping the rows where they are the same."""
        store = self._document.store
        clips = tuple(store.clips()) if store is not None else ()
        if [c.id for c in clips] == [c.id for c in self.clips]:
            self.clips = clips
            if clips:
                self.dataChanged.emit(self.index(0), self.index(len(clips) - 1))
            return
        self.beginResetModel()
        self.clips = clips
        self._subtitles.clear()
        self._touched.clear()
        self.endResetModel()

    def refresh(self, clip: str) -> None:
        """One clip's events have changed."""
        self._subtitles.pop(clip, None)
        self._touched.pop(clip, None)
        row = self.row_of(clip)
        if row >= 0:
            self.dataChanged.emit(self.index(row), self.index(row))

    def row_of(self, clip: str) -> int:
        """Row of a clip by its UUID, -1 where there is none."""
        return next((row for row, record in enumerate(self.clips) if record.id == clip), -1)

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.clips)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        record = self.clips[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return record.clip_id
        if role == RECORD:
            return record
        if role == SUBTITLE:
            if record.id not in self._subtitles:
                self._subtitles[record.id] = self._described(record)
            return self._subtitles[record.id]
        if role == STATE:
            return self._state(record)
        if role == Qt.ItemDataRole.DecorationRole:
            return self.pictures.get(record.id)
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{record.path}\n{record.note}".strip()
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{record.clip_id}, {self.data(index, SUBTITLE)}, {self._state(record)}"
        return None

    def _state(self, record: Any) -> str:
        """State of the work; a clip with labels of the coder's own is in work."""
        if record.state != "untouched":
            return record.state
        store = self._document.store
        if record.id not in self._touched and store is not None:
            own = store.events(record.id, self._document.coder)
            self._touched[record.id] = bool(own)
        return "in work" if self._touched.get(record.id) else record.state

    def _described(self, record: Any) -> str:
        store = self._document.store
        mine = store.shown_events(record.id, self._document.coder) if store is not None else ()
        if not mine:
            return self.tr("{n} frames").format(n=record.n_frames)
        span = mine[0].span
        said = [span.emotion, mine[0].verbatim_aus or format_aus(span.aus)]
        words = " · ".join(word for word in said if word)
        return words or (
            self.tr("1 event") if len(mine) == 1 else self.tr("{n} events").format(n=len(mine))
        )


class ClipsFilter(QSortFilterProxyModel):
    """Clips whose name, label or state holds every typed word."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._words: list[str] = []

    def set_text(self, text: str) -> None:
        """Show only what matches."""
        self.beginFilterChange()
        self._words = text.lower().split()
        self.endFilterChange(QSortFilterProxyModel.Direction.Rows)

    def filterAcceptsRow(self, row: int, parent: QModelIndex) -> bool:
        if not self._words:
            return True
        index = self.sourceModel().index(row, 0, parent)
        record = index.data(RECORD)
        state = index.data(STATE)
        state = state if state == "done" else f"open {state}"
        text = f"{record.clip_id} {index.data(SUBTITLE)} {state}".lower()
        return all(word in text for word in self._words)


class ClipDelegate(QStyledItemDelegate):
    """Thumbnail, name, emotion and AUs, and a dot for the state of the work."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        return QSize(160, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(option.rect).adjusted(8, 2, -8, -2)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        if chosen or hovered:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.current().surface if chosen else theme.current().bar))
            painter.drawRoundedRect(area, 6, 6)
        _draw_picture(painter, QRectF(area.x() + 8, area.center().y() - 17, 46, 34), index)
        _draw_words(painter, area.adjusted(64, 0, -26, 0), index, option.font)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(state_colour(index.data(STATE))))
        painter.drawEllipse(QRectF(area.right() - 18, area.center().y() - 4, 8, 8))
        painter.restore()


def _draw_picture(painter: QPainter, box: QRectF, index: QModelIndex) -> None:
    shape = QPainterPath()
    shape.addRoundedRect(box, 3, 3)
    painter.save()
    painter.setClipPath(shape)
    painter.fillRect(box, QColor(theme.current().surface))
    picture = index.data(Qt.ItemDataRole.DecorationRole)
    if picture is not None and not picture.isNull():
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(box, picture)
    painter.restore()


def _draw_words(painter: QPainter, box: QRectF, index: QModelIndex, font: QFont) -> None:
    small = QFont(font)
    small.setPixelSize(11)
    middle, right = Qt.TextElideMode.ElideMiddle, Qt.TextElideMode.ElideRight
    for text, words, colour, top, cut_at in (
        (index.data(), font, "text", 7, middle),
        (index.data(SUBTITLE), small, "text_dim", 26, right),
    ):
        painter.setFont(words)
        painter.setPen(QColor(getattr(theme.current(), colour)))
        cut = QFontMetricsF(words).elidedText(text, cut_at, box.width())
        row = QRectF(box.x(), box.y() + top, box.width(), 18)
        painter.drawText(row, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, cut)


def state_colour(state: str) -> str:
    """Colour of a clip's state of work."""
    roles = {"done": "accent", "in work": "amber", "flagged": "red"}
    return getattr(theme.current(), roles.get(state, "bars"))


class ClipsPanel(QWidget):
    """Queue of clips with filter and count of what is done.

    Parameters
    ----------
    document : Document
        Whose clips are shown; choosing a row selects the clip there.
    """

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.setObjectName("clips")
        self._model = ClipsModel(document, self)
        self._proxy = ClipsFilter(self)
        self._proxy.setSourceModel(self._model)
        self._thumbnails = Thumbnails(self)
        self._build()
        self._thumbnails.ready.connect(self._picture_ready)
        document.project_opened.connect(self._reload)
        document.clips_changed.connect(self._reload)
        document.clip_selected.connect(self._show_selected)
        document.events_changed.connect(self._events_changed)
        self._reload()

    def _build(self) -> None:
        self.count = caption()
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(self.tr("Filter: name, emotion, AU, open, done…"))
        self.filter.setAccessibleName(self.tr("Filter clips"))
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(self._filter_changed)
        self.list = QListView()
        self.list.setProperty("role", "bare")
        self.list.setAccessibleName(self.tr("Clips"))
        self.list.setModel(self._proxy)
        self.list.setItemDelegate(ClipDelegate(self.list))
        self.list.setMouseTracking(True)
        self.list.setUniformItemSizes(True)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.list.clicked.connect(self._chosen)
        self.list.activated.connect(self._chosen)
        self.list.verticalScrollBar().valueChanged.connect(self._ask_for_pictures)
        top = QHBoxLayout()
        top.setContentsMargins(16, 0, 14, 0)
        top.addWidget(heading(self.tr("Clips")))
        top.addStretch(1)
        top.addWidget(self.count)
        field = QHBoxLayout()
        field.setContentsMargins(14, 0, 14, 0)
        field.addWidget(self.filter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 16, 0, 0)
        column.setSpacing(10)
        column.addLayout(top)
        column.addLayout(field)
        column.addWidget(self.list, 1)

    def select_relative(self, step: int, *, open_only: bool = False) -> bool:
        """Go to the next (or previous) shown clip; False at the end of the list."""
        clip = self._document.clip
        rows = self._proxy.rowCount()
        here = self._row_of(clip.id) if clip is not None else -1
        row = here + step
        while 0 <= row < rows:
            record = self._proxy.index(row, 0).data(RECORD)
            if not open_only or record.state != "done":
                self._document.select_clip(record.id)
                return True
            row += step
        return False

    def close_threads(self) -> None:
        """Stop making thumbnails; call before the window goes."""
        self._thumbnails.close()

    def resizeEvent(self, event: Any) -> None:
        super().resizeEvent(event)
        self._ask_for_pictures()

    def showEvent(self, event: Any) -> None:
        super().showEvent(event)
        self._ask_for_pictures()

    def _row_of(self, clip: str) -> int:
        row = self._model.row_of(clip)
        return self._proxy.mapFromSource(self._model.index(row)).row() if row >= 0 else -1

    def _chosen(self, index: QModelIndex) -> None:
        self._document.select_clip(index.data(RECORD).id)

    def _reload(self) -> None:
        self._model.reload()
        clips = self._model.clips
        done = sum(record.state == "done" for record in clips)
        text = self.tr("{done} of {all} done").format(done=done, all=len(clips))
        self.count.setText(text if clips else "")
        self.filter.setVisible(len(clips) > 1)
        clip = self._document.clip
        self._show_selected(clip.id if clip is not None else "")
        self._ask_for_pictures()

    def _events_changed(self) -> None:
        if self._document.clip is not None:
            self._model.refresh(self._document.clip.id)

    def _filter_changed(self, text: str) -> None:
        self._proxy.set_text(text)
        self._ask_for_pictures()

    def _show_selected(self, clip: str) -> None:
        row = self._row_of(clip) if clip else -1
        if row >= 0:
            self.list.setCurrentIndex(self._proxy.index(row, 0))
            self.list.scrollTo(self._proxy.index(row, 0))
        else:
            self.list.clearSelection()

    def _ask_for_pictures(self) -> None:
        if not self.isVisible():
            return
        first = self.list.indexAt(self.list.rect().topLeft()).row()
        rows = self.list.height() // ROW_HEIGHT + 2
        for row in range(max(0, first), min(max(0, first) + rows, self._proxy.rowCount())):
            record = self._proxy.index(row, 0).data(RECORD)
            if record.id not in self._model.pictures:
                self._thumbnails.request(record.id, record.path)

    def _picture_ready(self, clip: str, picture: QImage) -> None:
        self._model.pictures[clip] = picture
        self._model.refresh(clip)
