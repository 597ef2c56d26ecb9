"""The head view: paints the pictures of the render thread, and orbits."""

from __future__ import annotations

import math
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
from pipeline.core.labels import split_track
from pipeline.head.scene.camera import Camera, HeadState
from widgets import theme
from widgets.chips import chip_sizes, paint_chip, paint_empty
from widgets.head import orbit
from widgets.head.head_source import HeadSource

#: Stillness after which the better picture is asked for, ms.
REST_MS = 160
#: A picture in motion may take this long; a slower machine gets fewer pixels, s.
_IN_MOTION_S = 0.045
_SMALLEST_SHARE = 0.5
#: Width to height that the head with its shoulders' beginning needs.
_HEAD_ASPECT = 0.75


class HeadView(QWidget):
    """The head as the playhead, the curves (with any preview) and the modulation have it.

    Left drag orbits, middle drag pans, the wheel dollies, double-click resets; with the
    focus, 1, 3 and 7 show front, three-quarter and profile. Nothing is drawn while hidden.

    Signals
    -------
    camera_changed(object)
    picture_changed()
        Another picture is shown.
    """

    camera_changed = Signal(object)
    picture_changed = Signal()

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
        self._state: HeadState | None = None  # of the picture shown
        self._rgb: NDArray[np.uint8] | None = None
        self._image = QImage()
        self._share = 1.0
        self._last: QPointF | None = None
        self._large = False
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._rested)
        self.setMinimumSize(160, 120)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(self.tr("Head"))
        self.setToolTip(
            self.tr(
                "Drag: orbit · middle button: pan · wheel: nearer\n"
                "1 front · 3 three-quarter · 7 profile · double-click: reset"
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

    def view_three_quarter(self) -> None:
        """See the face half from its left."""
        self._turn(orbit.THREE_QUARTER)

    def view_profile(self) -> None:
        """See the left profile."""
        self._turn(orbit.PROFILE)

    def reset_camera(self) -> None:
        """Back to the first view."""
        self.camera = Camera()

    def _turn(self, yaw: float) -> None:
        self.camera = replace(self._camera, yaw=yaw, pitch=0.0)

    def chip(self) -> str:
        """``modulated · AU12 0.43``: the layer, and the strongest unit in the picture shown."""
        names = {"raw": self.tr("raw"), "edited": self.tr("edited"),
                 "modulated": self.tr("modulated")}  # fmt: skip
        weights = dict(self._state.weights) if self._state is not None else {}
        track = max(weights, key=weights.__getitem__, default="")
        if not track or weights[track] < 0.005:
            return names[self._layer]
        return f"{names[self._layer]} · AU{split_track(track)[0]} {weights[track]:.2f}"

    # Asking for pictures ----------------------------------------------------------------

    def wanted(self, quality: str = "live") -> HeadState:
        """The state for what is to be seen now."""
        playhead = self.document.playhead
        weights = self.document.weights_at(playhead.seconds, self._layer)
        ratio = self.devicePixelRatioF() * (self._share if quality == "draft" else 1.0)
        size = (max(16, round(self.width() * ratio)), max(16, round(self.height() * ratio)))
        rounded = {name: round(value, 4) for name, value in weights.items() if value > 0}
        return HeadState.of(rounded, self._seen_from(), size, quality)  # type: ignore[arg-type]

    def _seen_from(self) -> Camera:
        """The camera, stepped back where a narrow view would cut the face at its sides."""
        aspect = self.width() / max(self.height(), 1)
        back = max(1.0, _HEAD_ASPECT / max(aspect, 0.1))
        return replace(self._camera, distance=self._camera.distance * back)

    def _moved(self, *_: object) -> None:
        """Something moves: a quick picture now, a good one at rest."""
        if not self.isVisible() or not self.source.ready:
            return
        if self.source.submit(self.wanted("draft")):
            self._rest.start()

    def _rested(self) -> None:
        if self.document.playhead.playing or self._last is not None:
            self._rest.start()
        elif self.isVisible():
            self.source.submit(self.wanted())

    def _source_changed(self) -> None:
        if self.source.ready and self._state is None and self.isVisible():
            self.source.submit(self.wanted())
        self.update()

    def _pictured(self, state: HeadState, rgb: NDArray[np.uint8]) -> None:
        height, width = rgb.shape[:2]
        rgb = np.ascontiguousarray(rgb)
        self._state, self._rgb = state, rgb
        self._image = QImage(rgb.data, width, height, rgb.strides[0], QImage.Format.Format_RGB888)
        if state.quality == "draft" and self.source.seconds > 0:
            # Time goes with the number of pixels, a part of it: approach the wanted time.
            factor = math.sqrt(_IN_MOTION_S / self.source.seconds)
            share = self._share * min(max(factor, 0.8), 1.25)
            self._share = min(max(share, _SMALLEST_SHARE), 1.0)
        self.setAccessibleDescription(self.chip())
        self.picture_changed.emit()
        self.update()

    # Qt ---------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.source.load()
        if self.source.ready:
            self.source.submit(self.wanted())

    def hideEvent(self, event: QHideEvent) -> None:
        self._rest.stop()
        self._last = None
        super().hideEvent(event)

    def resizeEvent(self, event: QEvent) -> None:
        self._moved()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._last = event.position()
            if self.source.problem and not self.source.ready:
                self.source.load()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._last is None:
            return
        way = event.position() - self._last
        self._last = event.position()
        if event.buttons() & Qt.MouseButton.MiddleButton:
            seen = orbit.panned(self._seen_from(), way.x(), way.y(), self.height())
            self.camera = replace(self._camera, target=seen.target)
        elif event.buttons() & Qt.MouseButton.LeftButton:
            self.camera = orbit.orbited(self._camera, way.x(), way.y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._last = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.reset_camera()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.camera = orbit.dollied(self._camera, event.angleDelta().y() / 120.0)
        event.accept()

    def event(self, event: QEvent) -> bool:
        # Digits name emotions elsewhere; with the focus here they turn the head.
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self._view_of(event) is not None
        ):
            event.accept()
            return True
        return super().event(event)

    def _view_of(self, event: QKeyEvent) -> Callable[[], None] | None:
        plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        views = {
            Qt.Key.Key_1: self.view_front,
            Qt.Key.Key_3: self.view_three_quarter,
            Qt.Key.Key_7: self.view_profile,
        }
        if plain != Qt.KeyboardModifier.NoModifier or event.key() not in views:
            return None
        return views[Qt.Key(event.key())]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        view = self._view_of(event)
        if view is None:
            super().keyPressEvent(event)
        else:
            view()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.current().color("ground"))
        if self._image.isNull():
            self._paint_waiting(painter)
        else:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(self._target(), self._image)
            margin = chip_sizes(self._large)[1]
            paint_chip(painter, QPointF(margin, margin), self.chip(), large=self._large)
        painter.end()

    def _target(self) -> QRectF:
        """The picture covers the view; while resizing an older one is cut at the sides."""
        scale = max(self.width() / self._image.width(), self.height() / self._image.height())
        width, height = self._image.width() * scale, self._image.height() * scale
        return QRectF((self.width() - width) / 2, (self.height() - height) / 2, width, height)

    def _paint_waiting(self, painter: QPainter) -> None:
        area = QRectF(self.rect())
        if self.source.problem:
            detail = self.source.problem + "\n" + self.tr("Click to try again")
            paint_empty(painter, area, self.tr("The head cannot be shown"), detail)
            return
        percent = f"{self.source.status} {self.source.fraction * 100:.0f} %"
        detail = percent if self.source.loading else ""
        paint_empty(painter, area, self.tr("Preparing the head…"), detail)
        if self.source.loading:
            look = theme.current()
            bar = QRectF(area.center().x() - 90, area.center().y() + 36, 180, 3)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.color("line"))
            painter.drawRoundedRect(bar, 1.5, 1.5)
            bar.setWidth(bar.width() * self.source.fraction)
            painter.setBrush(look.color("accent"))
            painter.drawRoundedRect(bar, 1.5, 1.5)
