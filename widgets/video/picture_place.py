"""Where the picture lies in the view: fitted, zoomed at the cursor, panned."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSizeF

#: Most of the view's width or height that the subject's box takes.
_SUBJECT_SHARE = 0.68
#: Widget px per picture px.
SMALLEST, LARGEST = 0.05, 40.0


class PicturePlace:
    """Picture pixels to widget pixels and back.

    The centre of the picture's top-left pixel is (0, 0); widget pixels are independent of
    the device.
    """

    def __init__(self) -> None:
        self.picture = QSizeF(1, 1)
        self.view = QSizeF(1, 1)
        self.scale = 1.0
        self.corner = QPointF()  # top-left corner of the picture in the widget
        self.fitted = True
        self._subject: QRectF | None = None

    def set_subject(self, box: QRectF | None) -> None:
        """What `fit` frames, picture px: without bars where the picture allows; None: all of it."""
        if box != self._subject:
            self._subject = box
            if self.fitted:
                self.fit()

    def set_sizes(self, picture: QSizeF, view: QSizeF) -> None:
        """Another picture or view size; what was in the middle stays there unless fitted."""
        if picture != self.picture:
            self.fitted = True
        middle = self.to_picture(QPointF(self.view.width() / 2, self.view.height() / 2))
        self.picture, self.view = QSizeF(picture), QSizeF(view)
        if self.fitted:
            self.fit()
        else:
            self._put(middle, QPointF(view.width() / 2, view.height() / 2))

    def fit(self) -> None:
        """All of the picture, as large as it can be; or its subject, filling the view."""
        self.fitted = True
        wide = self.view.width() / self.picture.width()
        high = self.view.height() / self.picture.height()
        self.scale = max(min(wide, high), SMALLEST)
        middle = QPointF(self.picture.width() / 2, self.picture.height() / 2)
        if self._subject is not None and not self._subject.isEmpty():
            middle = self._subject.center()
            near = _SUBJECT_SHARE * min(
                self.view.width() / self._subject.width(),
                self.view.height() / self._subject.height(),
            )
            self.scale = min(max(self.scale, min(max(wide, high), near)), LARGEST)
        left = _covering(
            self.view.width(), self.picture.width() * self.scale, middle.x(), self.scale
        )
        top = _covering(
            self.view.height(), self.picture.height() * self.scale, middle.y(), self.scale
        )
        self.corner = QPointF(left, top)

    def zoom(self, factor: float, at: QPointF) -> None:
        """Zoom; the picture's point under ``at`` (widget px) stays there."""
        self.set_scale(self.scale * factor, at)

    def set_scale(self, scale: float, at: QPointF) -> None:
        """Go to a scale around a widget point."""
        fixed = self.to_picture(at)
        self.scale = min(max(scale, SMALLEST), LARGEST)
        self.fitted = False
        self._put(fixed, at)

    def show_around(self, point: QPointF, scale: float) -> None:
        """Put a picture point into the middle of the view, at a scale."""
        self.scale = min(max(scale, SMALLEST), LARGEST)
        self.fitted = False
        self._put(point, QPointF(self.view.width() / 2, self.view.height() / 2))

    def pan(self, by: QPointF) -> None:
        """Move the picture by widget px."""
        self.fitted = False
        self.corner += by
        self._hold()

    def _put(self, point: QPointF, at: QPointF) -> None:
        self.corner = at - (point + QPointF(0.5, 0.5)) * self.scale
        self._hold()

    def _hold(self) -> None:
        """Keep a third of the view, or of the picture, covered."""
        for axis in ("x", "y"):
            side = "width" if axis == "x" else "height"
            view, size = getattr(self.view, side)(), getattr(self.picture, side)() * self.scale
            keep = min(view, size) / 3
            value = min(max(getattr(self.corner, axis)(), keep - size), view - keep)
            (self.corner.setX if axis == "x" else self.corner.setY)(value)

    @property
    def target(self) -> QRectF:
        """The picture in the widget."""
        return QRectF(self.corner, self.picture * self.scale)

    def to_view(self, x: float, y: float) -> QPointF:
        """Widget position of a picture point."""
        return self.corner + QPointF((x + 0.5) * self.scale, (y + 0.5) * self.scale)

    def to_picture(self, at: QPointF) -> QPointF:
        """Picture point under a widget position."""
        return (at - self.corner) / self.scale - QPointF(0.5, 0.5)


def _covering(view: float, size: float, middle: float, scale: float) -> float:
    """Corner on one axis: ``middle`` in the middle of the view, without bars where possible."""
    if size <= view:
        return (view - size) / 2
    return min(max(view / 2 - middle * scale, view - size), 0.0)
