"""Posing the seven-part controls by hand: live on the head, kept as keys at the playhead."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Signal

from pipeline.core.tracks import CONTROLS, opposite, track_range

if TYPE_CHECKING:
    from app.state.document import Document

Side = Literal["left", "right"]
_AUTO_KEY, _LINKED = "rig/auto_key", "rig/linked"


class Posing(QObject):
    """What the sliders of the control panel do; every edit is one undo.

    With `auto_key` a settled slider is a key at the playhead, like a key of any action unit.
    Without, its pose is only shown, until `key` keeps it or the playhead moves on.

    Parameters
    ----------
    document : Document

    Signals
    -------
    changed()
        Another value somewhere, or a setting.
    """

    changed = Signal()

    def __init__(self, document: Document) -> None:
        super().__init__(document)
        self._document = document
        self._held: dict[str, float] = {}
        document.playhead.frame_changed.connect(self._moved_on)
        document.undo.indexChanged.connect(self._edited)
        document.clip_selected.connect(self._edited)
        document.curves_changed.connect(self.changed)

    @property
    def auto_key(self) -> bool:
        """Whether settled sliders become keys by themselves."""
        return bool(self._document.settings.value(_AUTO_KEY, True))

    def set_auto_key(self, on: bool) -> None:
        """Key settled sliders, or only show them; with a pose held, keep it now."""
        self._document.settings.set_value(_AUTO_KEY, on)
        if on and self._held:
            self.key()
        self.changed.emit()

    @property
    def linked(self) -> bool:
        """Whether both sides of the face move together."""
        return bool(self._document.settings.value(_LINKED, False))

    def set_linked(self, on: bool) -> None:
        """Move both sides together, or each by itself."""
        self._document.settings.set_value(_LINKED, on)
        self.changed.emit()

    @property
    def held(self) -> bool:
        """Whether a pose is shown that is not kept yet."""
        return bool(self._held)

    def value(self, name: str) -> float:
        """Weight of a control at the playhead, with what is held."""
        return self._document.track_value(name)

    def move(self, name: str, value: float) -> None:
        """Show a control at a weight, while it is dragged."""
        low, high = track_range(name)
        value = min(max(value, low), high)
        self._held[name] = value
        if self.linked:
            self._held[opposite(name)] = value
        self._document.preview_tracks(self._held)

    def settle(self, name: str, value: float, gesture: str = "") -> None:
        """A slider was let go: a key, or a pose held until `key`.

        Settled sliders of one `gesture` (a key held down) in one frame are one undo.
        """
        if self._document.clip is None:
            return
        self.move(name, value)
        if self.auto_key:
            where = f"{gesture}/{self._document.playhead.frame}" if gesture else ""
            self._keep(self.tr("Pose a control"), where)

    def key(self) -> bool:
        """Keep the held pose as keys; with none held, key every control that has a curve."""
        if not self._held:
            curves = self._document.curves("edited")
            self._held = {n: self.value(n) for n in CONTROLS if n in curves or self.value(n)}
        if not self._held:
            self._document.notices.info(self.tr("All controls rest: there is nothing to key."))
            return False
        return self._keep(self.tr("Key the controls"))

    def reset(self, names: Iterable[str] = CONTROLS) -> bool:
        """Bring controls to rest at the playhead."""
        away = {name: 0.0 for name in names if self.value(name)}
        return self._pose(away, self.tr("Reset controls"))

    def mirror(self, side: Side) -> bool:
        """Let the other side of the face do as this one does."""
        there = {opposite(n): self.value(n) for n in CONTROLS if side in n and opposite(n) != n}
        return self._pose(
            {name: value for name, value in there.items() if value != self.value(name)},
            self.tr("Mirror controls"),
        )

    def give_up(self) -> None:
        """Show what is stored again."""
        if self._held:
            self._held = {}
            self._document.preview_tracks(None)

    def _pose(self, values: dict[str, float], label: str) -> bool:
        if not values:
            return False
        self._held |= values
        if self.auto_key:
            return self._keep(label)
        self._document.preview_tracks(self._held)
        return True

    def _keep(self, label: str, gesture: str = "") -> bool:
        held, self._held = self._held, {}
        return self._document.key_tracks(held, gesture=gesture, label=label)

    def _moved_on(self, _frame: int) -> None:
        self.give_up()
        self.changed.emit()

    def _edited(self, *_: object) -> None:
        self._held = {}  # an edit ends every preview
        self.changed.emit()
