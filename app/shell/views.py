"""The big views, built when the first clip is shown: a start without one stays cheap."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from app.state import Document


def build_video(document: Document) -> QWidget:
    """The picture with its overlays."""
    from widgets.video import VideoView

    return VideoView(document)


def build_head(document: Document) -> QWidget:
    """The living head."""
    from widgets.head import HeadView

    return HeadView(document)


def build_timeline(document: Document) -> QWidget:
    """Ruler, events, motion, curves."""
    from widgets.timeline import Timeline

    return Timeline(document)


class ViewActions(QObject):
    """What the views can do beside the timeline's usual places.

    Parameters
    ----------
    views : mapping of str to QWidget
        ``video``, ``head`` and ``timeline``, once they are there.
    """

    def __init__(self, views: Mapping[str, Any], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._views = views

    def _tell(self, view: str, what: str) -> None:
        if view in self._views:
            getattr(self._views[view], what)()

    def insert_point(self) -> None:
        self._tell("timeline", "insert_point")

    def delete_point(self) -> None:
        self._tell("timeline", "delete_point")

    def add_curve(self) -> None:
        self._tell("timeline", "add_curve")

    def delete_curve(self) -> None:
        self._tell("timeline", "delete_curve")

    def reset_curve(self) -> None:
        self._tell("timeline", "reset_curve")

    def values(self) -> None:
        self._tell("timeline", "toggle_values")

    def all_curves(self) -> None:
        self._tell("timeline", "toggle_all_curves")

    def picture(self) -> None:
        self._tell("video", "fit_picture")

    def face(self) -> None:
        self._tell("video", "fit_face")

    def actual_size(self) -> None:
        self._tell("video", "actual_size")

    def closer(self) -> None:
        self._tell("video", "zoom_in")

    def farther(self) -> None:
        self._tell("video", "zoom_out")


class OverlayActions(QObject):
    """Switches for what is drawn over the video; kept in the settings."""

    #: Micro-expressions move points by a pixel or two.
    GAIN = 20.0
    DEFAULTS = {"points": True, "numbers": False, "arrows": False, "crop": False}

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._video: Any = None

    def attach(self, video: QWidget) -> None:
        """The video view is there: show what is switched on."""
        self._video = video
        for name in self.DEFAULTS:
            self._apply(name, self.is_on(name))
        self._set_gain(self._document.settings.value("overlay/gain", self.GAIN))

    def is_on(self, name: str) -> bool:
        """Whether an overlay is switched on."""
        return self._document.settings.value(f"overlay/{name}", self.DEFAULTS[name])

    def points(self, on: bool) -> None:
        self._switch("points", on)

    def numbers(self, on: bool) -> None:
        self._switch("numbers", on)

    def arrows(self, on: bool) -> None:
        self._switch("arrows", on)

    def crop(self, on: bool) -> None:
        self._switch("crop", on)

    def longer(self) -> None:
        self._scale(1.5)

    def shorter(self) -> None:
        self._scale(1 / 1.5)

    def _scale(self, factor: float) -> None:
        gain = self._document.settings.value("overlay/gain", self.GAIN) * factor
        gain = min(max(gain, 1.0), 100.0)
        self._document.settings.set_value("overlay/gain", gain)
        self._set_gain(gain)

    def _set_gain(self, gain: float) -> None:
        if self._video is not None:
            self._video.set_gain(gain)

    def _switch(self, name: str, on: bool) -> None:
        self._document.settings.set_value(f"overlay/{name}", on)
        self._apply(name, on)

    def _apply(self, name: str, on: bool) -> None:
        if self._video is not None:
            self._video.set_overlay(name, on)
