"""The head view: paints the pictures of the render thread, and orbits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QHideEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from app.state.document import Document
from app.state.weights import Layer
from pipeline.head.scene.camera import Camera, HeadState, Look, holding
from pipeline.head.scene.pace import Pace
from widgets import theme
from widgets.chips import chip_sizes, paint_chip
from widgets.head import orbit
from widgets.head.head_source import HeadSource
from widgets.head.manipulating import Manipulating
from widgets.head.manipulator_marks import paint_manipulating
from widgets.head.marks import (
    landmark_places,
    paint_heat_scale,
    paint_landmarks,
    paint_split,
    paint_waiting,
)
from widgets.head.posed_head import PosedHead
from widgets.head.posed_heads import PosedHeads
from widgets.head.turntable import Turntable
from widgets.track_titles import track_title

#: Stillness after which the better picture, and then the best, is asked for, ms.
REST_MS, LONG_REST_MS = 160, 600
#: How near the hand takes hold of the line between two layers, px.
_GRIP = 7.0


class HeadView(QWidget):
    """The head as the playhead, the curves (with any preview) and the modulation have it.

    Left drag orbits, middle drag pans, the wheel dollies, double-click resets; with the
    focus, 1, 3 and 7 show front, three-quarter and profile, with Ctrl from the other side.
    In motion the head is drawn as finely as the machine can afford, at rest finer, after a
    moment's rest at its best. Nothing is drawn while hidden or unchanged.

    Signals
    -------
    camera_changed(object)
    picture_changed()
        Another picture is shown.
    look_changed()
        Light, overlays, comparison or turntable.
    """

    camera_changed = Signal(object)
    picture_changed = Signal()
    look_changed = Signal()

    def __init__(
        self,
        document: Document,
        parent: QWidget | None = None,
        *,
        make_source: Callable[[Document, QWidget], HeadSource] = HeadSource,
    ) -> None:
        super().__init__(parent)
        self.document = document
        self.source = make_source(document, self)
        self._camera = Camera()
        self._layer: Layer = "modulated"
        self._beside: Layer | None = None
        self._split = 0.5
        self._look = Look()
        self._points = False
        self._trial: dict[str, float] | None = None
        self._places: list[tuple[QPointF, bool]] = []
        self._pace = Pace()
        self._state: HeadState | None = None  # of the picture shown
        self._rgb: NDArray[np.uint8] | None = None
        self._image = QImage()
        self._last: QPointF | None = None
        self._on_split = False
        self._large = False
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.timeout.connect(self._rested)
        self._posed = PosedHeads(document, self)
        self.hand = Manipulating(document.rig, self.posed_head, self)
        self.turntable = Turntable(self._spin, self)
        self.turntable.toggled.connect(self.look_changed)
        self.setMinimumSize(160, 120)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(self.tr("Head"))
        self.setToolTip(
            self.tr(
                "Drag: orbit · middle button: pan · wheel: nearer\n"
                "1 front · 3 three-quarter · 7 profile (Ctrl: other side) · double-click: reset"
            )
        )
        self._connect()

    def _connect(self) -> None:
        document = self.document
        document.playhead.ticked.connect(self._moved)
        document.playhead.playing_changed.connect(self._moved)
        document.curves_changed.connect(self._moved)
        document.modulation_changed.connect(self._moved)
        document.events_changed.connect(self._moved)
        document.clip_selected.connect(self._moved)
        document.drive.changed.connect(self._moved)
        document.rig.changed.connect(self._moved)
        self.hand.changed.connect(self.update)
        self._posed.ready.connect(self.update)
        self.source.pictured.connect(self._pictured)
        self.source.changed.connect(self._source_changed)
        app = QCoreApplication.instance()
        if app is not None:
            app.aboutToQuit.connect(self.shutdown)

    def sizeHint(self) -> QSize:
        return QSize(640, 480)

    def shutdown(self) -> None:
        """End the render thread; the view shows its last picture from then on."""
        self._rest.stop()
        self.turntable.stop()
        self._posed.close()
        self.source.close()

    # What is shown ----------------------------------------------------------------------

    @property
    def camera(self) -> Camera:
        """Where the head is seen from."""
        return self._camera

    @camera.setter
    def camera(self, camera: Camera) -> None:
        if camera != self._camera:
            self._camera = camera
            self.camera_changed.emit(camera)
            self._moved()

    @property
    def layer(self) -> Layer:
        """Curves that drive the head: raw, edited or modulated."""
        return self._layer

    def set_layer(self, layer: Layer) -> None:
        """Drive the head by another layer of curves."""
        self._layer = layer
        self._moved()

    @property
    def large(self) -> bool:
        """Whether it writes larger."""
        return self._large

    def set_large(self, on: bool) -> None:
        """Write larger, for people who look from afar."""
        self._large = on
        self.update()

    @property
    def state(self) -> HeadState | None:
        """What the picture shown was drawn from."""
        return self._state

    def view_front(self) -> None:
        """See the face from the front."""
        self._turn(orbit.FRONT)

    def view_three_quarter(self, other: bool = False) -> None:
        """See the face half from its left, or from its right."""
        self._turn(-orbit.THREE_QUARTER if other else orbit.THREE_QUARTER)

    def view_profile(self, other: bool = False) -> None:
        """See the left profile, or the right."""
        self._turn(-orbit.PROFILE if other else orbit.PROFILE)

    def reset_camera(self) -> None:
        """Back to the first view."""
        self.turntable.stop()
        self.camera = Camera()

    def _turn(self, yaw: float) -> None:
        self.turntable.stop()
        self.camera = replace(self._camera, yaw=yaw, pitch=0.0)

    def _spin(self, degrees: float) -> None:
        self.camera = orbit.spun(self._camera, degrees)

    # How it is shown ----------------------------------------------------------------------

    @property
    def look(self) -> Look:
        """Light, iris and overlay."""
        return self._look

    @look.setter
    def look(self, look: Look) -> None:
        if look != self._look:
            self._look = look
            self.look_changed.emit()
            self._moved()

    @property
    def points(self) -> bool:
        """Whether dlib's 68 points of the head are marked."""
        return self._points

    def set_points(self, on: bool) -> None:
        """Mark dlib's 68 points of the head."""
        if on != self._points:
            self._points = on
            self._mark()
            self.look_changed.emit()

    @property
    def beside(self) -> Layer | None:
        """The layer right of the split; None: one layer everywhere."""
        return self._beside

    def set_beside(self, layer: Layer | None) -> None:
        """Compare the layer that plays with another, the line between them can be dragged."""
        if layer != self._beside:
            self._beside = layer
            self.look_changed.emit()
            self._moved()

    def layer_name(self, layer: Layer) -> str:
        """A layer in the person's language."""
        return {"raw": self.tr("raw"), "edited": self.tr("edited"),
                "modulated": self.tr("modulated")}[layer]  # fmt: skip

    def chip(self) -> str:
        """``modulated · AU12 0.43``: the layer, and what is strongest in the picture shown."""
        tried = self._trial is not None
        name = self.tr("tried") if tried else self.layer_name(self._layer)
        weights = dict(self._state.weights) if self._state is not None else {}
        track = max(weights, key=lambda name: abs(weights[name]), default="")
        if not track or abs(weights[track]) < 0.005:
            return name
        short, _, meaning = track_title(track)
        value = f"{weights[track]:.2f}".replace("-", "\N{MINUS SIGN}")
        return f"{name} · {short or meaning} {value}"

    def posed_head(self) -> PosedHead | None:
        """The head of the picture shown as points; None in motion and until it is prepared."""
        if self._image.isNull() or self.document.playhead.playing:
            return None
        return self._posed.of(self.source.models, self._state, self._target())

    # Asking for pictures ----------------------------------------------------------------

    def wanted(self, quality: str = "live", share: float = 1.0) -> HeadState:
        """The state for what is to be seen now, at a level and a share of the view's pixels."""
        ratio = self.devicePixelRatioF() * share
        size = (max(16, round(self.width() * ratio)), max(16, round(self.height() * ratio)))
        state = HeadState.of(
            self._weights(self._layer), self._seen_from(), size, quality,  # type: ignore[arg-type]
            look=self._look,
        )  # fmt: skip
        state = replace(state, rig=self.document.rig.rig)
        if self._beside is None or self._beside == self._layer:
            return state
        other = tuple(self._weights(self._beside).items())
        return replace(state, beside=other, split=self._split)

    def try_weights(self, weights: dict[str, float] | None) -> None:
        """Show these weights in place of the curves'; None: the curves again."""
        self._trial = weights
        self._moved()

    def _weights(self, layer: Layer) -> dict[str, float]:
        if self._trial is not None:
            return self._trial
        document = self.document
        weights = document.weights_at(document.playhead.seconds, layer)
        if layer != "raw":  # what was predicted plays as it is
            weights = document.drive.over(weights, document.playhead.frame)
        return {name: round(value, 4) for name, value in weights.items() if value}

    def _seen_from(self) -> Camera:
        camera = holding(self._camera, self.source.top)
        return orbit.stepped_back(camera, self.width() / max(self.height(), 1))

    def _moved(self, *_: object) -> None:
        """Something moves: a quick picture now, a good one at rest."""
        if not self.isVisible() or not self.source.ready:
            return
        ratio = self.devicePixelRatioF()
        pixels = round(self.width() * self.height() * ratio * ratio)
        if self._beside is not None:
            pixels *= 2
        if self.source.submit(self.wanted(*self._pace.moving(self.source.models, pixels))):
            self._rest.start(REST_MS)

    def _rested(self) -> None:
        if self.document.playhead.playing or self.turntable.turning or self._last is not None:
            self._rest.start(REST_MS)
        elif self.isVisible():
            fine = self._state is not None and self._state == self.wanted()
            # What a rig needs of the finest head takes seconds: not while the hand is at work.
            best = fine and "still" in self.source.models and not self.hand.on
            quality = "still" if best else "live"
            self.source.submit(self.wanted(quality))
            if not fine:
                self._rest.start(LONG_REST_MS)

    def _source_changed(self) -> None:
        if self.source.ready and self.isVisible() and not self.source.problem:
            self.source.submit(self.wanted())
            self._rest.start(LONG_REST_MS)
        self.update()

    def _pictured(self, state: HeadState, picture: NDArray[np.uint8]) -> None:
        height, width = picture.shape[:2]
        self._state, self._rgb = state, np.ascontiguousarray(picture[..., :3])
        self._image = QImage(
            self._rgb.data, width, height, self._rgb.strides[0], QImage.Format.Format_RGB888
        )
        self._pace.measured(state.quality, width * height, self.source.seconds)
        self._mark()
        self.setAccessibleDescription(self.chip())
        self.picture_changed.emit()
        self.update()

    def _mark(self) -> None:
        """Find the points of the picture shown."""
        self._places = []
        if self._points and self._state is not None:
            self._places = landmark_places(self.source.models, self._state)
        self.update()

    # Qt ---------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.source.load()
        if self.source.ready:
            self.source.submit(self.wanted())
            self._rest.start(LONG_REST_MS)

    def hideEvent(self, event: QHideEvent) -> None:
        self._rest.stop()
        self.turntable.stop()
        self._last = None
        super().hideEvent(event)

    def resizeEvent(self, event: QEvent) -> None:
        self._moved()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        left = event.button() == Qt.MouseButton.LeftButton
        if self.hand.press(event.position(), left=left, keys=event.modifiers()):
            return
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._last = event.position()
            self._on_split = self._grips(event.position())
            self.turntable.stop()
            if self.source.problem and not self.source.ready:
                self.source.load()

    def _grips(self, position: QPointF) -> bool:
        return self._beside is not None and abs(position.x() - self._split * self.width()) < _GRIP

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._last is None:
            if self.hand.move(event.position(), event.modifiers()):
                return
            over = self._grips(event.position())
            self.setCursor(Qt.CursorShape.SplitHCursor if over else Qt.CursorShape.ArrowCursor)
            return
        way = event.position() - self._last
        self._last = event.position()
        if self._on_split:
            self._split = min(max(event.position().x() / max(self.width(), 1), 0.02), 0.98)
            self._moved()
            return
        if event.buttons() & Qt.MouseButton.MiddleButton:
            seen, height = self._seen_from(), self.height()
            self.camera = orbit.panned(self._camera, way.x(), way.y(), height, seen.distance)
        elif event.buttons() & Qt.MouseButton.LeftButton:
            self.camera = orbit.orbited(self._camera, way.x(), way.y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.hand.release():
            return
        self._last = None
        self._on_split = False

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and not self.hand.on:
            self.reset_camera()

    def leaveEvent(self, event: QEvent) -> None:
        self.hand.leave()
        super().leaveEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        notches = event.angleDelta().y() / 120.0
        if not self.hand.wheel(event.position(), notches, event.modifiers()):
            self.camera = orbit.dollied(self._camera, notches)
        event.accept()

    def event(self, event: QEvent) -> bool:
        # Digits name emotions elsewhere; with the focus here they turn the head.
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and (self._view_of(event) is not None or self._deletes(event))
        ):
            event.accept()
            return True
        return super().event(event)

    def _deletes(self, event: QKeyEvent) -> bool:
        return event.key() == Qt.Key.Key_Delete and self.hand.on and bool(self.hand.rig.in_hand)

    def _view_of(self, event: QKeyEvent) -> Callable[[], None] | None:
        plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        other = plain == Qt.KeyboardModifier.ControlModifier
        views: dict[int, Callable[[], None]] = {
            Qt.Key.Key_1: self.view_front,
            Qt.Key.Key_3: lambda: self.view_three_quarter(other),
            Qt.Key.Key_7: lambda: self.view_profile(other),
        }
        if not other and plain != Qt.KeyboardModifier.NoModifier:
            return None
        return views.get(event.key())

    def abort(self) -> bool:
        """Give up a drag on the skin; False if there is none."""
        return self.hand.abort()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        view = self._view_of(event)
        if self._deletes(event):
            self.hand.delete()
        elif view is None:
            super().keyPressEvent(event)
        else:
            view()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.current().color("ground"))
        if self._image.isNull():
            paint_waiting(painter, QRectF(self.rect()), self.source)
        else:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            target = self._target()
            painter.drawImage(target, self._image)
            self._paint_marks(painter, target)
            if self.hand.on and (head := self.posed_head()) is not None:
                paint_manipulating(painter, self.hand, head, self._posed.falloffs)
        painter.end()

    def _paint_marks(self, painter: QPainter, target: QRectF) -> None:
        margin = chip_sizes(self._large)[1]
        paint_landmarks(painter, self._places, target, self._image.width())
        chip = paint_chip(painter, QPointF(margin, margin), self.chip(), large=self._large)
        if self._state is not None and self._state.look.over == "heat":
            paint_heat_scale(painter, QRectF(self.rect()), margin)
        if self._state is not None and self._state.beside is not None and self._beside is not None:
            name = self.layer_name(self._beside)
            paint_split(painter, target, self._state.split, name, chip, large=self._large)

    def _target(self) -> QRectF:
        """The picture covers the view; while resizing an older one is cut at the sides."""
        scale = max(self.width() / self._image.width(), self.height() / self._image.height())
        width, height = self._image.width() * scale, self._image.height() * scale
        return QRectF((self.width() - width) / 2, (self.height() - height) / 2, width, height)
