"""The timeline: every track on one axis, the playhead over all of them."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from app.state.document import Document
from widgets import theme
from widgets.timeline.adding import AddCurveButton
from widgets.timeline.axis import TimeAxis
from widgets.timeline.curve_choice import CurveChoice
from widgets.timeline.curve_editor import CurveEditor
from widgets.timeline.curve_rows import CurveRows
from widgets.timeline.event_track import EventTrack
from widgets.timeline.ruler import PlayheadLine, Ruler
from widgets.timeline.strips import FaceStrip, MotionStrip

#: Width of the names at the left.
HEADER = 248


class Timeline(QWidget):
    """Ruler, events, face track, motion and AU curves.

    Attributes
    ----------
    axis : TimeAxis
        The one owner of the visible range.
    choice : CurveChoice
        Curves listed, seen, selected.
    ruler, events, face, motion, editor
        The tracks.

    Signals
    -------
    curve_selected(str)
        Track name, "" for none.
    said(str)
        A word for the status line.
    """

    curve_selected = Signal(str)
    said = Signal(str)

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.axis = TimeAxis(self)
        self.choice = CurveChoice(document, self)
        self.ruler = Ruler(document, self.axis)
        self.events = EventTrack(document, self.axis)
        self.face = FaceStrip(document, self.axis)
        self.motion = MotionStrip(document, self.axis)
        self.editor = CurveEditor(document, self.axis, self.choice)
        self.rows = CurveRows(self.choice)
        self._frames = _heading(self.tr("FRAMES"))
        self._all = QToolButton()
        self.adding = AddCurveButton(document)
        self._lay_out()
        self.line = PlayheadLine(self)
        self.setAccessibleName(self.tr("Timeline"))
        self._connect()
        self._clip_bound()

    def sizeHint(self) -> QSize:
        return QSize(1000, 300)

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 8, 0, 8)
        grid.setSpacing(0)
        grid.setColumnMinimumWidth(0, HEADER)
        grid.setColumnStretch(1, 1)
        tracks = (
            (self._frames, self.ruler),
            (_heading(self.tr("EVENT")), self.events),
            (_heading(self.tr("MOTION")), self.motion),
            (_heading(self.tr("FACE")), self.face),
        )
        for row, (heading, track) in enumerate(tracks):
            grid.addWidget(heading, row, 0, Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(track, row, 1)
        column = QVBoxLayout()
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(4)
        top = QHBoxLayout()
        top.addWidget(_heading(self.tr("CURVES")), 1)
        top.addWidget(self.adding)
        self._all.setProperty("kind", "quiet")
        self._all.setCheckable(True)
        self._all.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._all.setAccessibleName(self.tr("List all curves"))
        self._all.setToolTip(self.tr("List all curves, or only those that are active"))
        top.addWidget(self._all)
        column.addLayout(top)
        column.addWidget(self.rows, 1)
        left = QWidget()
        left.setLayout(column)
        left.setFixedWidth(HEADER)
        grid.addWidget(left, len(tracks), 0)
        grid.addWidget(self.editor, len(tracks), 1)
        grid.setRowStretch(len(tracks), 1)

    def _connect(self) -> None:
        playhead = self.document.playhead
        playhead.bound.connect(self._clip_bound)
        playhead.frame_changed.connect(self._follow)
        self.axis.changed.connect(self._place_line)
        self.events.fit_wanted.connect(self.axis.fit)
        self.editor.fit_event_wanted.connect(self.fit_event)
        self.editor.said.connect(self.said)
        self.choice.selected_changed.connect(self.curve_selected)
        self.choice.rows_changed.connect(self._count_rows)
        self.adding.added.connect(self.choice.select)
        self.document.track_keyed.connect(self.choice.select)
        self._all.toggled.connect(self._list_all)
        self._count_rows()

    # Commands ---------------------------------------------------------------------------

    @property
    def selected_curve(self) -> str:
        """Track name of the curve whose points can be dragged, "" for none."""
        return self.choice.selected

    def select_curve(self, name: str) -> None:
        """Select a curve by its track name."""
        self.choice.select(name)

    def fit_all(self) -> None:
        """Show the whole clip, and the curves as high as they go."""
        self.axis.fit_all()
        self.editor.fit_values()

    def fit_event(self) -> None:
        """Show the selected event, else the one under the playhead, else the first."""
        events, frame = self.document.events(), self.document.playhead.frame
        selected = [e for e in events if e.id == self.document.selected_event]
        here = [e for e in events if e.span.onset <= frame <= e.span.offset]
        for event in (*selected, *here, *events):
            self.axis.fit(event.span.onset, event.span.offset)
            return
        self.said.emit(self.tr("There is no event in this clip"))

    def zoom_in(self) -> None:
        """Zoom in around the playhead."""
        self.axis.zoom(1 / 1.5, self._zoom_center())

    def zoom_out(self) -> None:
        """Zoom out around the playhead."""
        self.axis.zoom(1.5, self._zoom_center())

    def insert_point(self) -> None:
        """Add a control point to the selected curve at the playhead."""
        self.editor.insert_point()

    def delete_point(self) -> None:
        """Take the chosen control point away."""
        self.editor.delete_point()

    def reset_curve(self) -> None:
        """Take the selected curve back to what was predicted."""
        self.editor.reset_curve()

    def delete_curve(self) -> None:
        """Take the selected curve away."""
        self.editor.delete_curve()

    def add_curve(self) -> None:
        """Choose a control or a frozen shape that gets a curve."""
        if self.document.clip is not None:
            self.adding.open()

    def toggle_all_curves(self) -> None:
        """List all curves, or only those that move."""
        self._all.toggle()

    def toggle_values(self) -> None:
        """Curves over the full range 0 to 1, or fitted to what moves."""
        self.editor.toggle_values()

    def abort(self) -> bool:
        """Give up a drag in progress; False where there is none."""
        return self.editor.abort() or self.events.abort()

    def _zoom_center(self) -> float:
        x = self.axis.x(self.document.playhead.frame)
        return x if 0 <= x <= self.axis.width else self.axis.width / 2

    # Following --------------------------------------------------------------------------

    def _clip_bound(self) -> None:
        playhead = self.document.playhead
        self.axis.bind(playhead.times)
        self._name_frames()
        self._place_line()
        self.editor.renew()

    def _name_frames(self) -> None:
        times = self.axis.times
        text = self.tr("FRAMES")
        if len(times) > 1:
            rate = 1.0 / self.axis.frame_seconds
            text += self.tr(" · {rate} fps").format(rate=f"{rate:.4g}")
        self._frames.setText(text)

    def _follow(self, frame: int) -> None:
        if not (self.events.dragging or self.editor.dragging):
            self.axis.reveal(frame)
        self._place_line()

    def _place_line(self) -> None:
        x = self.axis.x(self.document.playhead.frame)
        inside = bool(self.axis.n_frames) and -1 <= x <= self.axis.width
        self.line.setVisible(inside)
        if inside:
            bottom = self.editor.geometry().bottom() + 1
            self.line.place(self.ruler.x() + x, self.ruler.y(), bottom)
            self.line.raise_()

    def _list_all(self, on: bool) -> None:
        self.choice.all_rows = on

    def _count_rows(self) -> None:
        listed, total = len(self.choice.rows), len(self.choice.names)
        self._all.setVisible(total > 0)
        self.adding.setEnabled(self.document.clip is not None)
        text = self.tr("all {n}") if self.choice.all_rows else self.tr("{k} of {n}")
        self._all.setText(text.format(k=listed, n=total))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        layout = self.layout()
        assert layout is not None
        layout.activate()  # the tracks have their new width now, not after the next event
        self.axis.set_width(self.ruler.width())
        self._place_line()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            handled = super().event(event)
            self.axis.set_width(self.ruler.width())
            self._place_line()
            return handled
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), theme.current().color("panel"))
        if not self.axis.n_frames:
            painter.setPen(theme.current().color("text_dim"))
            painter.setFont(theme.ui_font())
            text = QCoreApplication.translate("Timeline", "The timeline appears with a clip")
            area = self.rect().adjusted(HEADER, 0, 0, 0)
            painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter), text)
        painter.end()


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", "heading")
    label.setContentsMargins(16, 0, 0, 0)
    return label
