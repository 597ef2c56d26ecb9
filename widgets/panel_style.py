"""Style rules of the panels' own controls, beside those every view shares in `widgets.theme`."""

from __future__ import annotations

from string import Template

from widgets.theme import RADIUS, SMALL_PX, TINY_PX, Theme


def panel_stylesheet(theme: Theme) -> str:
    """Rules for chips, cards, links, figures, toasts and the palette.

    Properties: ``kind`` on a button = ``chip`` (with ``chosen``), ``mini``, ``link``, ``card``,
    ``card-primary``, ``row``, ``section``; ``role`` on a field = ``big`` or ``bare``, on a frame =
    ``toast`` or ``popup``, on a page = ``page``, on a label = ``error``.
    """
    fields = {name: getattr(theme, name) for name in Theme.__dataclass_fields__}
    return Template(_SHEET).substitute(fields, radius=RADIUS, small=SMALL_PX, tiny=TINY_PX)


_SHEET = """
QWidget#welcome { background: $ground; }
QLabel[role="error"] { color: $red; font-size: ${tiny}px; }
QLabel[role="key"] { background: $surface; color: $text_soft; border-radius: 4px;
    padding: 2px 6px; font-size: ${tiny}px; }

QPushButton[kind="chip"] { padding: 0 9px; min-height: 26px; font-size: ${small}px; }
QComboBox[role="slim"] { min-height: 22px; font-size: ${small}px; }
QPushButton[kind="chip"][chosen="true"] { background: $accent_ground; color: $on_accent; }
QPushButton[kind="primary"]:hover { background: $accent_ground; color: #ffffff; }
QPushButton[kind="primary"]:disabled { background: $surface; color: $text_dim; }
QPushButton[kind="mini"] { background: transparent; color: $text_dim; padding: 0;
    min-height: 20px; min-width: 20px; max-width: 20px; max-height: 20px; border-radius: 4px; }
QPushButton[kind="mini"]:hover { background: $hover; color: $text; }
QPushButton[kind="mini"]:checked { background: transparent; color: $amber; font-weight: 600; }
QPushButton[kind="unit"] { background: transparent; color: $text; padding: 0; text-align: left;
    min-height: 20px; max-height: 20px; border-radius: 4px; }
QPushButton[kind="unit"][faded="true"] { color: $text_dim; }
QPushButton[kind="unit"]:hover { color: $accent; }
QPushButton[kind="link"] { background: transparent; color: $text_dim; padding: 0;
    min-height: 20px; font-size: ${tiny}px; }
QPushButton[kind="link"]:hover { color: $accent; }
QWidget[role="entry"] { background: transparent; border-radius: 4px; }
QWidget[role="entry"]:hover { background: $surface; }
QWidget[role="entry"][chosen="true"] { background: $surface; border-left: 2px solid $accent; }
QPushButton[kind="part"] { background: transparent; color: $text_soft; padding: 0;
    text-align: left; min-height: 24px; font-size: ${small}px; }
QPushButton[kind="part"]:hover, QPushButton[kind="part"]:checked:hover {
    background: transparent; color: $accent; }
QPushButton[kind="part"]:checked { background: transparent; color: $text; }
QLabel[role="soft"] { color: $text_soft; font-size: ${small}px; }
QPushButton[kind="mini"][chosen="true"] { color: $accent; font-weight: 600; }
QLineEdit[role="slim"] { min-height: 22px; font-size: ${small}px; padding: 0 6px; }
QFrame[role="popup"] QLineEdit[role="slim"] { min-height: 22px; font-size: ${small}px; }
QPushButton[kind="section"] { background: transparent; color: $text_dim; padding: 0;
    text-align: left; min-height: 22px; font-size: ${small}px; font-weight: 600; }
QPushButton[kind="section"]:hover, QPushButton[kind="section"]:checked:hover {
    background: transparent; color: $text; }
QPushButton[kind="section"]:checked { background: transparent; color: $text_dim; }
QPushButton[kind="card"], QPushButton[kind="card-primary"] { text-align: left;
    padding: 12px 18px; border-radius: 8px; background: $panel; color: $text_soft; }
QLabel[role="card"] { color: $text; font-size: 14px; font-weight: 600; }
QLabel[role="card-note"] { color: $text_dim; font-size: ${small}px; }
QPushButton[kind="card-primary"] QLabel { color: $on_accent; }
QPushButton[kind="card"]:hover { background: $surface; color: $text; }
QPushButton[kind="card-primary"] { background: $accent_ground; color: $on_accent; }
QPushButton[kind="row"] { background: transparent; text-align: left; padding: 0 12px;
    min-height: 32px; color: $text_soft; }
QPushButton[kind="row"]:hover { background: $panel; color: $text; }

QPushButton[kind="workspace"] { padding: 0 16px; min-height: 28px; color: $text_soft; }
QPushButton[kind="workspace"][chosen="true"] { background: $accent_ground; color: $on_accent; }

QLineEdit[role="big"] { background: transparent; border: 1px solid transparent; padding: 0;
    font-size: 20px; color: $text; min-height: 26px; }
QLineEdit[role="big"]:hover { background: $surface; }
QLineEdit[role="big"]:focus { background: $surface; border-color: $accent; }
QLineEdit[role="big"]:disabled { color: $text_dim; background: transparent; }
QLineEdit[role="bare"] { background: transparent; border: 1px solid transparent;
    padding: 0; min-height: 18px; color: $text; }
QLineEdit[role="bare"]:hover { background: $surface; }
QLineEdit[role="bare"]:focus { background: $surface; border-color: $accent; }
QLineEdit[role="bare"]:disabled { color: $text_dim; }
QDockWidget { font-size: 13px; font-weight: 400; }
QLineEdit[wrong="true"] { border-color: $red; }

QFrame[role="toast"] { background: $surface; border: 1px solid $line; border-radius: 8px; }
QFrame[role="toast"][level="error"] { border-color: $red; }
QFrame[role="toast"][level="warning"] { border-color: $amber; }
QFrame[role="popup"] { background: $panel; border: 1px solid $line; border-radius: 8px; }
QFrame[role="popup"] QLineEdit { background: $surface; min-height: 34px; font-size: 15px; }
QFrame[role="popup"] QListView::item { padding: 0 10px; min-height: 32px; }
QFrame[role="popup"] QListView::item:selected { background: $accent_ground; color: $on_accent; }

QWidget#toolbar { background: $bar; border-bottom: 1px solid $line; }
QWidget#toolbar QLabel[role="wordmark"] { color: $text_dim; font-size: 15px; }
QWidget#dock-title { background: $bar; border-bottom: 1px solid $line; }
QWidget#inspector, QWidget#clips { background: $panel; }
"""
