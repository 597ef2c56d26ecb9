"""What the window's own actions do: workspaces, theme, palette, questions, help."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from app.shell import dialogs
from app.shell.cheat_sheet import CheatSheet
from widgets.notices import NoticeList

if TYPE_CHECKING:
    from app.shell.window import StudioWindow


class WindowActions(QObject):
    """Slots of the ``window.…`` rows of the action table.

    Parameters
    ----------
    window : StudioWindow
    """

    def __init__(self, window: StudioWindow) -> None:
        super().__init__(window)
        self._window = window

    def quit(self) -> None:
        self._window.close()

    def undo(self) -> None:
        self._window.document.undo.undo()

    def redo(self) -> None:
        self._window.document.undo.redo()

    def show_welcome(self) -> None:
        self._window.show_welcome()

    # Workspaces and look

    def annotate(self) -> None:
        self._window.show_workspace("annotate")

    def animate(self) -> None:
        self._window.show_workspace("animate")

    def present(self) -> None:
        """Video and head only; the same key, or Escape, goes back."""
        window = self._window
        back = window.document.settings.value("before_present", "annotate")
        if window.workspaces.current == "present":
            window.show_workspace(back)
        else:
            window.document.settings.set_value("before_present", window.workspaces.current or back)
            window.show_workspace("present")

    def full_screen(self) -> None:
        if self._window.isFullScreen():
            self._window.showNormal()
        else:
            self._window.showFullScreen()

    def arrange(self, on: bool) -> None:
        """Show slim titles by which panels can be moved, or take them away."""
        for dock in (*self._window.docks.values(), *self._window.stage.docks.values()):
            dock.arrange(on)

    def reset_layout(self) -> None:
        if self._window.workspaces.current:
            self._window.workspaces.reset()

    def light(self, on: bool) -> None:
        self._window.document.settings.theme = "light" if on else "dark"

    # Timeline

    def fit_event(self) -> None:
        self._on_timeline("fit_event")

    def fit_all(self) -> None:
        self._on_timeline("fit_all")

    def zoom_in(self) -> None:
        self._on_timeline("zoom_in")

    def zoom_out(self) -> None:
        self._on_timeline("zoom_out")

    def _on_timeline(self, what: str) -> None:
        timeline: Any = self._window.views.get("timeline")
        if timeline is not None:
            getattr(timeline, what)()

    def pick_face(self, x: float, y: float) -> None:
        """Follow the face under this point of the picture: measure it anew."""
        document, video = self._window.document, self._window.views.get("video")
        frame = getattr(video, "frame", document.playhead.frame)
        analysis = document.analysis
        if analysis is not None and 0 <= frame < len(analysis.track.box):
            left, top, right, bottom = analysis.track.box[frame]
            if left <= x <= right and top <= y <= bottom:
                return  # this face is followed already
        # Neutral spans set by hand belong to the face that was followed before.
        if document.set_clip(face_pick=(x, y, frame), neutral={}):
            document.analyse()

    # Questions

    def type_action_units(self) -> None:
        """Bring the event panel into view and the keyboard into its field."""
        window = self._window
        window.docks["inspector"].show()
        window.event_panel.show()
        window.event_panel.type_action_units()

    def ask_frame(self) -> None:
        playhead = self._window.document.playhead
        last = max(0, playhead.n_frames - 1)
        frame = dialogs.ask_number(
            self._window, self.tr("Go to frame"), self.tr("Frame, 0 to {last}").format(last=last),
            playhead.frame, 0, last,
        )  # fmt: skip
        if frame is not None:
            playhead.set_frame(frame)

    def choose_coder(self) -> None:
        settings = self._window.document.settings
        name = dialogs.ask_name(
            self._window, self.tr("Who is coding"), self.tr("Your name or initials"),
            settings.coder,
        )  # fmt: skip
        if name in ("model", "import"):
            self._window.document.notices.warning(
                self.tr("'{name}' is kept for the studio itself. Choose another name.").format(
                    name=name
                )
            )
        elif name:
            settings.coder = name

    def choose_landmark_model(self) -> None:
        path = dialogs.ask_file(
            self._window, self.tr("68-point landmark model"), self.tr("dlib model (*.dat)")
        )
        if path is not None:
            self._window.document.settings.landmark_model = str(path)

    def choose_cache(self) -> None:
        settings = self._window.document.settings
        size = dialogs.ask_number(
            self._window, self.tr("Memory for decoded frames"), self.tr("MiB"),
            settings.cache_mib, 64, 65536,
        )  # fmt: skip
        if size is not None:
            settings.cache_mib = size
            self._window.document.notices.info(self.tr("Holds for the next clip that is opened."))

    def show_profiles(self) -> None:
        from widgets.profiles import ProfilesDialog

        ProfilesDialog(self._window.document, self._window).open()

    # Help

    def palette(self) -> None:
        self._window.open_palette()

    def cheat_sheet(self) -> None:
        CheatSheet(self._window.menus.listed(), self._window).open()

    def show_notices(self) -> None:
        window = self._window
        page = NoticeList(window.document.notices, window)
        page.adjustSize()
        corner = window.mapToGlobal(window.rect().bottomRight())
        page.move(corner.x() - page.width() - 16, corner.y() - page.height() - 44)
        page.show()

    def responsible_use(self) -> None:
        title = self.tr("Responsible use")
        dialogs.tell(self._window, title, dialogs.responsible_use_text())

    def about(self) -> None:
        from app.shell.window import about_studio

        about_studio(self._window)
