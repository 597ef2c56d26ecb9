"""Labels that float on a picture."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from widgets import theme

HEIGHT = 26
MARGIN = 12
_PADDING = 10
#: How much larger chips are where people look from afar.
_LARGE = 1.85


def chip_sizes(large: bool) -> tuple[float, float]:
    """Height of a chip and its distance from the view's edges, px."""
    factor = _LARGE if large else 1.0
    return round(HEIGHT * factor), round(MARGIN * factor)


def paint_chip(
    painter: QPainter,
    at: QPointF,
    text: str,
    *,
    right: bool = False,
    strong: bool = False,
    large: bool = False,
) -> QRectF:
    """Paint a chip with its top-left (or top-right) corner at a position.

    Parameters
    ----------
    strong : bool
        On the accent's ground instead of the translucent one.
    large : bool
        In the type of the Present workspace.

    Returns
    -------
    QRectF
        What it covers.
    """
    look = theme.current()
    factor = _LARGE if large else 1.0
    painter.setFont(theme.ui_font(round(theme.FONT_PX * factor)))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    width = painter.fontMetrics().horizontalAdvance(text) + 2 * _PADDING * factor
    area = QRectF(at.x() - (width if right else 0), at.y(), width, chip_sizes(large)[0])
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.color("accent_ground" if strong else "chip"))
    painter.drawRoundedRect(area, theme.RADIUS, theme.RADIUS)
    painter.setPen(look.color("on_accent" if strong else "on_chip"))
    painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter), text)
    return area


def paint_empty(painter: QPainter, area: QRectF, title: str, detail: str) -> None:
    """Say in the middle of an empty view what would be there."""
    look = theme.current()
    width = min(area.width() - 32, 420)
    block = QRectF(area.center().x() - width / 2, area.center().y() - 40, width, 80)
    center = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap
    painter.setFont(theme.ui_font(15))
    painter.setPen(look.color("text_soft"))
    top = block.adjusted(0, 0, 0, -44)
    painter.drawText(top, int(center | Qt.AlignmentFlag.AlignBottom), title)
    painter.setFont(theme.ui_font(theme.SMALL_PX))
    painter.setPen(look.color("text_dim"))
    painter.drawText(block.adjusted(0, 44, 0, 0), int(center | Qt.AlignmentFlag.AlignTop), detail)
