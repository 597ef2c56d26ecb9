"""The studio's own line icons, coloured by the theme."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

FOLDER = Path(__file__).resolve().parents[1] / "resources" / "icons"
#: Device pixels a side of the rendered pictures: 20 px at 100 % to 300 %.
SIZES = (20, 40, 60)


@lru_cache(maxsize=256)
def icon(name: str, colour: str, disabled: str = "") -> QIcon:
    """An icon in a colour of the theme.

    Parameters
    ----------
    name : str
        File name in ``resources/icons`` without its ending.
    colour, disabled : str
        ``#rrggbb``; `disabled` defaults to `colour` at 40 %.
    """
    drawing = (FOLDER / f"{name}.svg").read_text("utf-8")
    made = QIcon()
    for side in SIZES:
        made.addPixmap(_rendered(drawing, colour, side))
        faded = _rendered(drawing, disabled or colour, side, 1.0 if disabled else 0.4)
        made.addPixmap(faded, QIcon.Mode.Disabled)
    return made


def _rendered(drawing: str, colour: str, side: int, opacity: float = 1.0) -> QPixmap:
    picture = QPixmap(side, side)
    picture.fill(Qt.GlobalColor.transparent)
    renderer = QSvgRenderer(QByteArray(drawing.replace("currentColor", colour).encode()))
    painter = QPainter(picture)
    painter.setOpacity(opacity)
    renderer.render(painter, QRectF(0, 0, side, side))
    painter.end()
    return picture


def app_icon() -> QIcon:
    """The program's own sign."""
    return QIcon(str(FOLDER / "app.svg"))
