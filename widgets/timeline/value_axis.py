"""The vertical range of the curve editor: fitted to what moves, zoomed, or all of 0 to 1.

With a control of the rig shown, which moves in both directions, it also goes below zero.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QObject, Signal

#: Room above the top and below the bottom, px.
TOP_PX, BOTTOM_PX = 18, 14
#: Tops that a fit chooses from, and how much higher than the highest value they are.
TOPS = (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.8, 1.0)
HEADROOM = 1.25
#: Nearest that zooming goes.
SMALLEST_TOP = 0.02
#: Share of the top that values below zero may take where no control is shown.
_BELOW = 0.12
#: With a control, the lesser direction has at least this share of the greater one.
_LESSER = 0.25
_STEPS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
_LINE_PX = 26.0  # fewest px between two lines of the grid

_EDGE_PX = 6.0  # how near to the plot's edge a handle stands

Mode = Literal["fit", "full", "hand"]


class ValueAxis(QObject):
    """Activations to pixel rows and back.

    Micro-expressions peak at 0.05 to 0.3: over the full range they would lie in the lowest
    quarter. Zero always stays in view.

    Signals
    -------
    changed()
        Another range or height.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._height = 1.0
        self._top, self._lowest = 1.0, 0.0
        self._under = 0.0  # how far below zero controls are shown; 0 without any
        self._mode: Mode = "fit"

    @property
    def mode(self) -> Mode:
        """``fit`` follows the curves, ``full`` is 0 (or -1) to 1, ``hand`` what was zoomed to."""
        return self._mode

    @property
    def top(self) -> float:
        """Activation `TOP_PX` below the upper edge."""
        return self._top

    @property
    def bottom(self) -> float:
        """Activation `BOTTOM_PX` above the lower edge: 0, or less where values lie below."""
        if self._under:
            return -self._under
        return max(min(self._lowest + 0.04 * self._top, 0.0), -_BELOW * self._top)

    @property
    def signed(self) -> bool:
        """Whether the range goes below zero for a control."""
        return self._under > 0

    @property
    def per_pixel(self) -> float:
        """Activation that a pixel stands for."""
        return (self._top - self.bottom) / max(self._height - TOP_PX - BOTTOM_PX, 1.0)

    def y(self, value: float) -> float:
        """Pixel row of an activation."""
        return TOP_PX + (self._top - value) / self.per_pixel

    def value(self, y: float) -> float:
        """Activation at a pixel row."""
        return self._top - (y - TOP_PX) * self.per_pixel

    def within(self, values: ArrayLike) -> NDArray[np.float64]:
        """Values held to the plot: what lies beyond stands at its edge, where it can be grabbed."""
        reach = (TOP_PX - _EDGE_PX) * self.per_pixel, (BOTTOM_PX - _EDGE_PX) * self.per_pixel
        return np.clip(values, self.bottom - reach[1], self._top + reach[0])

    def lines(self) -> list[float]:
        """Round activations for the grid, from 0 up, with a control from below it."""
        step = next((s for s in _STEPS if s / self.per_pixel >= _LINE_PX), _STEPS[-1])
        first = -int(self._under / step + 1e-9)
        return [round(step * n, 6) for n in range(first, int(self._top / step + 1e-9) + 1)]

    # Changing ---------------------------------------------------------------------------

    def set_height(self, height: float) -> None:
        """Tell the height of the plot, px."""
        if height >= 1:
            self._height = float(height)

    def fit(self, highest: float, lowest: float = 0.0, deepest: float | None = None) -> None:
        """Show values up to ``highest`` under a round number; 0 to 1 where nothing moves.

        ``deepest`` is the lowest value of the controls that are shown, None without any.
        """
        if deepest is None:
            self._set(fitting_top(highest) if highest > 0 else TOPS[-1], lowest, "fit", 0.0)
            return
        up = fitting_top(highest) if highest > 0 else 0.0
        down = fitting_top(-deepest) if deepest < 0 else 0.0
        up, down = (up, down) if up or down else (TOPS[-1], TOPS[-1])
        self._set(max(up, _LESSER * down), lowest, "fit", max(down, _LESSER * up))

    def full(self) -> None:
        """Show 0 to 1, with a control -1 to 1."""
        self._set(1.0, self._lowest, "full", float(self.signed))

    def show_signed(self, on: bool) -> None:
        """A control is shown, or none any more; a range that was chosen by hand keeps its top."""
        if on != self.signed:
            self._set(self._top, self._lowest, self._mode, self._top if on else 0.0)

    def zoom(self, factor: float) -> None:
        """Show ``factor`` times as much; zero stays."""
        top = min(max(self._top * factor, SMALLEST_TOP), 1.0)
        under = min(self._under * top / self._top, 1.0)
        self._set(top, self._lowest, "hand", under)

    def include(self, value: float) -> None:
        """Extend the range to a value that left it, no farther than 1."""
        top, under = self._top, self._under
        if value > top + TOP_PX / 2 * self.per_pixel:
            top = min(max(fitting_top(value), top), 1.0)
        lowest = self._lowest
        if value < self.bottom - BOTTOM_PX / 2 * self.per_pixel:
            lowest = min(value, lowest)
            under = max(fitting_top(-value), under) if under else 0.0
        self._set(top, lowest, self._mode, under)

    def state(self) -> tuple[float, float, Mode, float]:
        """The range, for `restore`."""
        return self._top, self._lowest, self._mode, self._under

    def restore(self, state: tuple[float, float, Mode, float]) -> None:
        """Go back to a range."""
        self._set(*state)

    def _set(self, top: float, lowest: float, mode: Mode, under: float) -> None:
        old = self._top, self.bottom
        self._top, self._lowest, self._mode = top, min(lowest, 0.0), mode
        self._under = under
        if (self._top, self.bottom) != old:
            self.changed.emit()


def fitting_top(highest: float) -> float:
    """The lowest round number that leaves `HEADROOM` above a value; 1 at most."""
    return next((top for top in TOPS if top >= HEADROOM * highest - 1e-9), TOPS[-1])
