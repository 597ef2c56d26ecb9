"""The look in one place: colour roles, sizes, and the palette and style sheet made from them."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from string import Template

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from resources import resource

#: Lengths in device-independent pixels.
GRID = 4
RADIUS = 6
FONT_PX = 13
SMALL_PX = 12
TINY_PX = 11


@dataclass(frozen=True, slots=True)
class Theme:
    """Colour roles; every colour on screen is one of these or an action unit's own.

    Parameters
    ----------
    ground, panel, bar, surface, hover : str
        Backgrounds: behind pictures, docks and timeline, tool and status bars, controls,
        controls under the pointer.
    line, grid : str
        Separators; the faint lines of a plot.
    text, text_soft, text_dim : str
        Values, running text, labels. All at least 4.5:1 on ground, panel and surface.
    accent, accent_ground, on_accent, accent_wash : str
        The one accent as a line or dot, as a filled control, the text on that, and an
        event's bar on the timeline.
    amber, red, violet, blue : str
        Apex and attention; playhead and flag; further meanings.
    bars : str
        Motion strip.
    chip, on_chip : str
        Ground (with alpha) and text of labels that float on a picture.
    """

    name: str
    ground: str
    panel: str
    bar: str
    surface: str
    hover: str
    line: str
    grid: str
    text: str
    text_soft: str
    text_dim: str
    accent: str
    accent_ground: str
    on_accent: str
    accent_wash: str
    amber: str
    red: str
    violet: str
    blue: str
    bars: str
    chip: str
    on_chip: str
    au_colors: tuple[str, ...]

    @property
    def is_dark(self) -> bool:
        return self.name == "dark"

    def color(self, role: str, alpha: float = 1.0) -> QColor:
        """A role as a colour.

        Parameters
        ----------
        role : str
            Field name, such as ``"accent"``.
        alpha : float
            Opacity in [0, 1], multiplied with the role's own.
        """
        color = QColor(getattr(self, role))
        color.setAlphaF(color.alphaF() * alpha)
        return color


DARK = Theme(
    name="dark",
    ground="#14171c",
    panel="#181c22",
    bar="#1b2027",
    surface="#232a34",
    hover="#2b3440",
    line="#2c3440",
    grid="#232931",
    text="#e8ebf0",
    text_soft="#d5dbe4",
    text_dim="#8b95a5",
    accent="#7fe3c4",
    accent_ground="#2f6f60",
    on_accent="#eef6f3",
    accent_wash="#244944",
    amber="#ffb454",
    red="#ff6b7a",
    violet="#b79cff",
    blue="#6fb3ff",
    bars="#3d4653",
    chip="#b8282b31",
    on_chip="#e8ebf0",
    au_colors=(
        "#7fe3c4", "#ffb454", "#b79cff", "#6fb3ff", "#ff9d8a", "#9fd86b", "#f29ad6",
        "#5fd0e8", "#e8d96a", "#8f9bff", "#d8a878", "#6fcf97", "#ff8fb0", "#a8c4d9",
    ),
)  # fmt: skip

LIGHT = Theme(
    name="light",
    ground="#e7eaef",
    panel="#f6f7f9",
    bar="#eef0f4",
    surface="#e4e8ee",
    hover="#d8dee6",
    line="#cdd4dd",
    grid="#e3e7ec",
    text="#14171c",
    text_soft="#2b323c",
    text_dim="#556070",
    accent="#0f7f65",
    accent_ground="#1c7a65",
    on_accent="#ffffff",
    accent_wash="#bfe3d8",
    amber="#a85f00",
    red="#d12f47",
    violet="#6a48cf",
    blue="#1c68bd",
    bars="#b3bcc8",
    chip="#d0ffffff",
    on_chip="#14171c",
    au_colors=(
        "#0f7f65", "#a85f00", "#6a48cf", "#1c68bd", "#c2452f", "#4d7f14", "#ad3a8a",
        "#0a7a94", "#857400", "#4350c8", "#8a5a2b", "#1f7f49", "#c0305f", "#4b6a80",
    ),
)  # fmt: skip

#: AUs with a fixed place in the palette: those that meet most often get the farthest colours.
_AU_SLOT = {
    12: 0, 6: 1, 25: 2, 4: 3, 15: 4, 1: 5, 10: 6, 2: 7, 7: 8, 14: 9, 9: 10, 17: 11, 5: 12,
    20: 13, 24: 4, 26: 10, 16: 6, 18: 8, 38: 13, 45: 13, 43: 13,
}  # fmt: skip

_current: Theme = DARK


def current() -> Theme:
    """The theme in force; views ask while painting, so a switch needs no wiring."""
    return _current


def au_color(au: int) -> QColor:
    """The stable colour of an action unit in the theme in force."""
    colors = _current.au_colors
    return QColor(colors[_AU_SLOT.get(au, au) % len(colors)])


def ui_font(px: int = FONT_PX, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """The system's UI font; Inter where the system names none of its own."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    font.setFamily(_family(font.family()))
    font.setPixelSize(px)
    font.setWeight(weight)
    return font


@functools.cache
def _family(system: str) -> str:
    generic = {"sans", "sans serif", "sans-serif", "dejavu sans", "helvetica", ""}
    inter = system.lower() in generic and QFontDatabase.hasFamily("Inter")
    return "Inter" if inter else system


def contrast(first: str, second: str) -> float:
    """WCAG 2 contrast ratio of two opaque colours, 1 to 21."""
    levels = sorted((_luminance(QColor(first)), _luminance(QColor(second))))
    return (levels[1] + 0.05) / (levels[0] + 0.05)


def _luminance(color: QColor) -> float:
    def linear(c: float) -> float:
        return c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4

    r, g, b = (linear(c) for c in (color.redF(), color.greenF(), color.blueF()))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def palette(theme: Theme) -> QPalette:
    """Qt's palette for a theme, so that widgets without style rules fit in too."""
    role = QPalette.ColorRole
    colors = {
        role.Window: theme.panel,
        role.WindowText: theme.text_soft,
        role.Base: theme.ground if theme.is_dark else "#ffffff",
        role.AlternateBase: theme.panel,
        role.ToolTipBase: theme.surface,
        role.ToolTipText: theme.text,
        role.PlaceholderText: theme.text_dim,
        role.Text: theme.text,
        role.Button: theme.surface,
        role.ButtonText: theme.text_soft,
        role.BrightText: theme.red,
        role.Link: theme.accent,
        role.Highlight: theme.accent_ground,
        role.HighlightedText: theme.on_accent,
        role.Light: theme.hover,
        role.Midlight: theme.surface,
        role.Mid: theme.line,
        role.Dark: theme.ground,
        role.Shadow: "#000000",
        role.Accent: theme.accent,
    }
    result = QPalette()
    for key, value in colors.items():
        result.setColor(key, QColor(value))
    for key in (role.Text, role.WindowText, role.ButtonText):
        faded = theme.color("text_dim", 0.6)
        result.setColor(QPalette.ColorGroup.Disabled, key, faded)
    return result


def apply(app: QApplication, theme: Theme) -> None:
    """Put a theme in force: style, palette, font and style sheet of the whole program."""
    global _current
    _current = theme
    scheme = Qt.ColorScheme.Dark if theme.is_dark else Qt.ColorScheme.Light
    app.styleHints().setColorScheme(scheme)
    app.setStyle("Fusion")
    app.setFont(ui_font())
    app.setPalette(palette(theme))
    app.setStyleSheet(stylesheet(theme))


def stylesheet(theme: Theme) -> str:
    """The style sheet of a theme.

    Properties a widget may set: ``role`` = ``heading`` (small capitals label), ``dim``,
    ``value`` (large figure) on a QLabel; ``kind`` = ``primary``, ``flat`` or ``quiet`` on a button;
    ``chip`` = true on a checkable button.
    """
    fields = {name: getattr(theme, name) for name in Theme.__dataclass_fields__}
    return Template(_SHEET).substitute(
        fields,
        radius=RADIUS,
        small=SMALL_PX,
        tiny=TINY_PX,
        icons=resource("theme").as_posix(),
    )


_SHEET = """
QMainWindow, QDialog { background: $panel; }
QMainWindow::separator { background: $line; width: 1px; height: 1px; }
QMainWindow::separator:hover { background: $accent_ground; }
QSplitter::handle { background: $line; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }

QToolBar { background: $bar; border: none; border-bottom: 1px solid $line;
    spacing: 4px; padding: 6px 12px; }
QToolBar::separator { background: transparent; width: 16px; }
QStatusBar { background: $bar; color: $text_dim; font-size: ${tiny}px; min-height: 28px; }
QStatusBar::item { border: none; }
QStatusBar QLabel { color: $text_dim; font-size: ${tiny}px; padding: 0 8px; }
QMenuBar { background: $bar; color: $text_soft; padding: 2px 8px; }
QMenuBar::item { background: transparent; padding: 4px 8px; border-radius: ${radius}px; }
QMenuBar::item:selected { background: $surface; }
QMenu { background: $surface; color: $text_soft; border: 1px solid $line; padding: 4px; }
QMenu::item { padding: 6px 24px 6px 12px; border-radius: 4px; }
QMenu::item:selected { background: $accent_ground; color: $on_accent; }
QMenu::item:disabled { color: $text_dim; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }
QToolTip { background: $surface; color: $text; border: 1px solid $line; padding: 4px 8px; }

QDockWidget { color: $text_dim; font-size: ${tiny}px; font-weight: 600; }
QDockWidget::title { background: $panel; padding: 8px 12px 4px 12px; text-align: left; }

QLabel { background: transparent; }
QLabel[role="heading"] { color: $text_dim; font-size: ${small}px; font-weight: 600; }
QLabel[role="dim"] { color: $text_dim; font-size: ${tiny}px; }
QLabel[role="value"] { color: $text; font-size: 18px; }
QLabel[role="title"] { color: $text; font-size: 24px; font-weight: 600; }

QPushButton, QToolButton { background: $surface; color: $text_soft; border: none;
    border-radius: ${radius}px; padding: 0 12px; min-height: 28px; }
QToolButton { padding: 0 8px; }
QPushButton:hover, QToolButton:hover { background: $hover; color: $text; }
QPushButton:pressed, QToolButton:pressed { background: $line; }
QPushButton:checked, QToolButton:checked, QPushButton[kind="primary"] {
    background: $accent_ground; color: $on_accent; }
QPushButton:disabled, QToolButton:disabled { color: $text_dim; }
QPushButton[kind="flat"], QToolButton[kind="flat"], QToolBar QToolButton {
    background: transparent; }
QPushButton[kind="flat"]:hover, QToolButton[kind="flat"]:hover, QToolBar QToolButton:hover {
    background: $surface; }
QToolBar QToolButton:checked { background: $accent_ground; }
QToolButton[kind="quiet"] { background: transparent; color: $text_dim; font-size: ${tiny}px;
    min-height: 20px; }
QToolButton[kind="quiet"]:hover { color: $text; }
QPushButton:focus, QToolButton:focus { border: 1px solid $accent; padding: 0 11px; }
QToolButton:focus { padding: 0 7px; }
QToolButton::menu-indicator { image: none; }

QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox, QComboBox { background: $surface;
    color: $text; border: 1px solid transparent; border-radius: ${radius}px;
    padding: 0 10px; min-height: 26px; selection-background-color: $accent_ground;
    selection-color: $on_accent; }
QPlainTextEdit, QTextEdit { padding: 6px 8px; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QAbstractSpinBox:focus, QComboBox:focus {
    border-color: $accent; }
QLineEdit:disabled, QAbstractSpinBox:disabled, QComboBox:disabled { color: $text_dim; }
QComboBox QAbstractItemView, QListView[role="completions"] { background: $surface;
    border: 1px solid $line; padding: 4px; }

QAbstractItemView { background: $panel; color: $text_soft; border: none; outline: none;
    selection-background-color: $surface; selection-color: $text; }
QAbstractItemView::item { padding: 4px 8px; border-radius: ${radius}px; }
QAbstractItemView::item:hover { background: $bar; }
QAbstractItemView::item:selected { background: $surface; color: $text; }
QHeaderView::section { background: $panel; color: $text_dim; border: none; padding: 4px 8px;
    font-size: ${tiny}px; }

QSlider { min-height: 20px; }
QSlider::groove:horizontal { height: 4px; background: $line; border-radius: 2px; }
QSlider::sub-page:horizontal { background: $accent; border-radius: 2px; }
QSlider::handle:horizontal { background: $text; width: 14px; height: 14px; margin: -5px 0;
    border-radius: 7px; }
QSlider::handle:horizontal:hover, QSlider::handle:horizontal:focus { background: $accent; }
QSlider::sub-page:horizontal:disabled { background: $text_dim; }

QProgressBar { background: $line; border: none; border-radius: 2px; max-height: 4px;
    color: transparent; }
QProgressBar::chunk { background: $accent; border-radius: 2px; }

QScrollArea { border: none; background: transparent; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: $line; border-radius: 3px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 24px; }
QScrollBar::handle:horizontal { min-width: 24px; }
QScrollBar::handle:hover { background: $text_dim; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { background: transparent;
    border: none; width: 18px; }
QAbstractSpinBox::up-arrow { image: url("$icons/chevron-up.svg"); width: 10px; height: 10px; }
QAbstractSpinBox::down-arrow { image: url("$icons/chevron-down.svg"); width: 10px;
    height: 10px; }
QComboBox::drop-down { background: transparent; border: none; width: 24px; }
QComboBox::down-arrow { image: url("$icons/chevron-down.svg"); width: 12px; height: 12px; }
QCheckBox, QRadioButton { color: $text_soft; spacing: 8px; }
QCheckBox::indicator, QRadioButton::indicator { width: 14px; height: 14px; background: $surface;
    border: 1px solid $text_dim; border-radius: 4px; }
QRadioButton::indicator { border-radius: 8px; }
QCheckBox::indicator:checked { background: $accent_ground; border-color: $accent_ground;
    image: url("$icons/check.svg"); }
QRadioButton::indicator:checked { background: $accent_ground; border: 4px solid $surface; }
QCheckBox::indicator:focus, QRadioButton::indicator:focus { border-color: $accent; }

QTabWidget::pane { border: none; }
QTabBar::tab { background: transparent; color: $text_dim; padding: 6px 12px; border: none;
    border-bottom: 2px solid transparent; }
QTabBar::tab:selected { color: $text; border-bottom-color: $accent; }
QTabBar::tab:hover { color: $text; }
QGroupBox { border: none; margin-top: 20px; color: $text_dim; font-weight: 600; }
QGroupBox::title { subcontrol-origin: margin; left: 0; }
"""
