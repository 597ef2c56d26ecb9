"""The one table of actions: menus, toolbar, shortcuts, palette and cheat sheet come from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QObject, Qt
from PySide6.QtGui import QAction, QKeySequence

CONTEXT = "Actions"


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One thing a person can do.

    Parameters
    ----------
    id : str
        ``owner.slot``: the object registered under ``owner`` has a method ``slot``.
    menu : str
        Title of the menu it stands in.
    text : str
        Words on screen, without an ellipsis for anything that acts at once.
    keys : tuple of str
        Shortcuts; the first one is shown.
    needs : str
        What must be there: ``""``, ``project``, ``clip``, ``event``, ``analysis``, ``job``.
    icon : str
        Name in ``resources/icons``.
    checkable : bool
        It is a switch; its slot takes the new state.
    break_before : bool
        A separator stands above it.
    """

    id: str
    menu: str
    text: str
    keys: tuple[str, ...] = ()
    needs: str = ""
    icon: str = ""
    checkable: bool = False
    break_before: bool = False


def _n(text: str) -> str:
    return str(QT_TRANSLATE_NOOP("Actions", text))


FILE, EDIT, CLIP, EVENT = _n("File"), _n("Edit"), _n("Clip"), _n("Event")
CURVES, PLAY, VIDEO, HEAD = _n("Curves"), _n("Playback"), _n("Video"), _n("Head")
RIG, VIEW, HELP = _n("Controls"), _n("View"), _n("Help")
MENUS = (FILE, EDIT, CLIP, EVENT, CURVES, PLAY, VIDEO, HEAD, RIG, VIEW, HELP)

ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec("files.open_video", FILE, _n("Open video…"), ("Ctrl+O",), icon="open"),
    ActionSpec("files.open_images", FILE, _n("Open image folder…"), ("Ctrl+Shift+O",),
               icon="folder"),
    ActionSpec("files.open_dataset", FILE, _n("Open data set…"), ("Ctrl+D",), icon="dataset"),
    ActionSpec("files.open_project", FILE, _n("Open project…"), ("Ctrl+P",), icon="project"),
    ActionSpec("files.open_demo", FILE, _n("Open the demo"), icon="demo"),
    ActionSpec("files.save_copy", FILE, _n("Save project as…"), ("Ctrl+S",), "project",
               "save", break_before=True),
    ActionSpec("exporting.write_sheet", FILE, _n("Write corrected sheet…"), ("Ctrl+Shift+S",),
               "project", "table"),
    ActionSpec("exporting.export", FILE, _n("Export…"), ("Ctrl+E",), "clip", "export"),
    ActionSpec("window.show_welcome", FILE, _n("Welcome page"), (), break_before=True),
    ActionSpec("window.quit", FILE, _n("Quit"), ("Ctrl+Q",), break_before=True),

    ActionSpec("window.undo", EDIT, _n("Undo"), ("Ctrl+Z",), icon="undo"),
    ActionSpec("window.redo", EDIT, _n("Redo"), ("Ctrl+Y", "Ctrl+Shift+Z"), icon="redo"),
    ActionSpec("window.choose_coder", EDIT, _n("Who is coding…"), break_before=True),
    ActionSpec("window.choose_landmark_model", EDIT, _n("Choose landmark model…")),
    ActionSpec("window.choose_cache", EDIT, _n("Memory for decoded frames…")),

    ActionSpec("analysing.analyse", CLIP, _n("Analyse"), ("A", "Ctrl+R"), "clip", "analyse"),
    ActionSpec("analysing.analyse_all", CLIP, _n("Analyse all clips"), ("Ctrl+Shift+R",),
               "project"),
    ActionSpec("analysing.cancel", CLIP, _n("Stop the running job"), ("Ctrl+.",), "job", "close"),
    ActionSpec("clips.next", CLIP, _n("Next clip"), ("PgDown",), "clip", break_before=True),
    ActionSpec("clips.previous", CLIP, _n("Previous clip"), ("PgUp",), "clip"),
    ActionSpec("clips.next_open", CLIP, _n("Next clip that is not done"), ("Shift+PgDown",),
               "clip"),
    ActionSpec("clips.done", CLIP, _n("Mark done and go on"), ("Ctrl+Return", "Ctrl+Enter"),
               "clip", "check", break_before=True),
    ActionSpec("clips.toggle_done", CLIP, _n("Done"), ("D",), "clip"),
    ActionSpec("clips.toggle_flag", CLIP, _n("Flagged"), ("F",), "clip", "flag"),
    ActionSpec("clips.neutral_here", CLIP, _n("Neutral face at the playhead"), ("B",), "clip",
               break_before=True),
    ActionSpec("clips.set_neutral", CLIP, _n("Use the loop span as the neutral face"), (), "clip"),
    ActionSpec("clips.neutral_found", CLIP, _n("Neutral face where it is stillest"), (), "clip"),
    ActionSpec("clips.find_file", CLIP, _n("Find the moved file…"), (), "clip"),

    ActionSpec("events.set_onset", EVENT, _n("Set onset here"), ("Q",), "clip"),
    ActionSpec("events.set_apex", EVENT, _n("Set apex here"), ("W",), "clip"),
    ActionSpec("events.set_offset", EVENT, _n("Set offset here"), ("E",), "clip"),
    ActionSpec("events.nudge_back", EVENT, _n("Nudge marker one frame back"), ("Ctrl+Left",),
               "event"),
    ActionSpec("events.nudge_forward", EVENT, _n("Nudge marker one frame on"), ("Ctrl+Right",),
               "event"),
    ActionSpec("events.nudge_back_far", EVENT, _n("Nudge marker ten frames back"),
               ("Ctrl+Shift+Left",), "event"),
    ActionSpec("events.nudge_forward_far", EVENT, _n("Nudge marker ten frames on"),
               ("Ctrl+Shift+Right",), "event"),
    ActionSpec("events.accept", EVENT, _n("Accept"), ("Return", "Enter"), "event", "check",
               break_before=True),
    ActionSpec("events.reject", EVENT, _n("Reject"), ("Backspace",), "event", "close"),
    ActionSpec("events.next", EVENT, _n("Next event"), ("N",), "clip", "next"),
    ActionSpec("events.previous", EVENT, _n("Previous event"), ("Shift+N",), "clip"),
    ActionSpec("events.add", EVENT, _n("Add event at the playhead"), ("I",), "clip", "plus"),
    ActionSpec("events.type_aus", EVENT, _n("Type action units"), ("U",), "event",
               break_before=True),
    ActionSpec("events.clear_emotion", EVENT, _n("Clear emotion"), ("`",), "event"),

    ActionSpec("views.insert_point", CURVES, _n("Add control point at the playhead"), ("Ins",),
               "clip"),
    ActionSpec("views.delete_point", CURVES, _n("Delete control point"), ("Del",), "clip"),
    ActionSpec("views.add_curve", CURVES, _n("Add curve…"), ("Shift+Ins",), "clip", "plus"),
    ActionSpec("views.delete_curve", CURVES, _n("Delete curve"), ("Shift+Del",), "clip"),
    ActionSpec("views.reset_curve", CURVES, _n("Reset curve to the prediction"),
               ("Ctrl+Backspace",), "clip"),
    ActionSpec("views.values", CURVES, _n("Fit the values, or show all"), ("Y",), "clip",
               break_before=True),
    ActionSpec("views.all_curves", CURVES, _n("List all curves, or those that move"),
               ("Shift+Y",), "clip"),

    ActionSpec("playback.toggle", PLAY, _n("Play or pause"), ("Space",), "clip", "play"),
    ActionSpec("playback.play_back", PLAY, _n("Play backwards"), ("J",), "clip", "play-back"),
    ActionSpec("playback.step_back", PLAY, _n("One frame back"), ("Left",), "clip", "step-back",
               break_before=True),
    ActionSpec("playback.step_forward", PLAY, _n("One frame on"), ("Right",), "clip",
               "step-forward"),
    ActionSpec("playback.step_back_far", PLAY, _n("Ten frames back"), ("Shift+Left",), "clip"),
    ActionSpec("playback.step_forward_far", PLAY, _n("Ten frames on"), ("Shift+Right",), "clip"),
    ActionSpec("playback.first", PLAY, _n("First frame"), ("Home",), "clip"),
    ActionSpec("playback.last", PLAY, _n("Last frame"), ("End",), "clip"),
    ActionSpec("playback.marker_back", PLAY, _n("Previous marker"), ("Alt+Left", ","), "clip",
               "marker-back", break_before=True),
    ActionSpec("playback.marker_forward", PLAY, _n("Next marker"), ("Alt+Right", "."), "clip",
               "marker-forward"),
    ActionSpec("playback.to_onset", PLAY, _n("Go to onset"), ("Shift+Q",), "event"),
    ActionSpec("playback.to_apex", PLAY, _n("Go to apex"), ("Shift+W",), "event"),
    ActionSpec("playback.to_offset", PLAY, _n("Go to offset"), ("Shift+E",), "event"),
    ActionSpec("playback.go_to_frame", PLAY, _n("Go to frame…"), ("G",), "clip"),
    ActionSpec("playback.loop_event", PLAY, _n("Loop the event"), ("L",), "clip", "loop", True,
               break_before=True),
    ActionSpec("playback.loop_slowly", PLAY, _n("Loop the event at a tenth"), ("Shift+L",),
               "event"),
    ActionSpec("playback.slower", PLAY, _n("Slower"), ("[",), "clip"),
    ActionSpec("playback.faster", PLAY, _n("Faster"), ("]",), "clip"),
    ActionSpec("playback.real_time", PLAY, _n("Real time"), ("\\",), "clip"),

    ActionSpec("overlays.points", VIDEO, _n("Landmarks"), ("P",), checkable=True),
    ActionSpec("overlays.numbers", VIDEO, _n("Landmark numbers"), ("Shift+P",), checkable=True),
    ActionSpec("overlays.arrows", VIDEO, _n("Displacement arrows"), ("V",), checkable=True),
    ActionSpec("overlays.crop", VIDEO, _n("Face crop"), ("C",), checkable=True),
    ActionSpec("overlays.longer", VIDEO, _n("Longer arrows"), ("Shift+V",), "clip"),
    ActionSpec("overlays.shorter", VIDEO, _n("Shorter arrows"), ("Ctrl+Shift+V",), "clip"),
    ActionSpec("views.picture", VIDEO, _n("The whole picture"), ("Ctrl+0",), "clip",
               break_before=True),
    ActionSpec("views.face", VIDEO, _n("The face"), ("Ctrl+2",), "clip"),
    ActionSpec("views.actual_size", VIDEO, _n("Actual size"), ("Ctrl+1",), "clip"),
    ActionSpec("views.closer", VIDEO, _n("Closer"), ("Ctrl++", "Ctrl+="), "clip"),
    ActionSpec("views.farther", VIDEO, _n("Farther"), ("Ctrl+-",), "clip"),

    ActionSpec("head.front", HEAD, _n("From the front"), ("Alt+1",)),
    ActionSpec("head.three_quarter", HEAD, _n("From three quarters"), ("Alt+2",)),
    ActionSpec("head.profile", HEAD, _n("In profile"), ("Alt+3",)),
    ActionSpec("head.reset", HEAD, _n("Seen as at first"), ("Alt+0",)),
    ActionSpec("head.turntable", HEAD, _n("Turntable"), ("Alt+T",)),
    ActionSpec("head.compare", HEAD, _n("Compare with another layer"), ("Alt+C",),
               break_before=True),
    ActionSpec("head.next_light", HEAD, _n("Next light"), ("Alt+L",)),
    ActionSpec("head.landmarks", HEAD, _n("Landmarks on the head"), ("Alt+P",)),
    ActionSpec("head.wireframe", HEAD, _n("Wireframe"), ("Alt+W",)),
    ActionSpec("head.heat", HEAD, _n("Heat: how far each point moves"), ("Alt+H",)),
    ActionSpec("cast.next", HEAD, _n("Next character"), ("Alt+N",), "project", break_before=True),
    ActionSpec("cast.previous", HEAD, _n("Previous character"), ("Alt+B",), "project"),
    ActionSpec("cast.random", HEAD, _n("Random character"), ("Alt+R",), "project", "dice"),
    ActionSpec("head.open_file", HEAD, _n("Open head file (GLB, glTF)…"), break_before=True),
    ActionSpec("head.open_folder", HEAD, _n("Open head folder (OBJ)…")),
    ActionSpec("head.use_builtin", HEAD, _n("Built-in head")),
    ActionSpec("head.edit_mapping", HEAD, _n("What moves this head…"), (), "project"),
    ActionSpec("head.edit_identity", HEAD, _n("Identity of this head…"), (), "project"),
    ActionSpec("head.film", HEAD, _n("Film of the head…"), (), "clip", break_before=True),
    ActionSpec("head.picture", HEAD, _n("Picture of the head…"), ("Alt+S",), "clip"),
    ActionSpec("sculpt.manipulate", HEAD, _n("Pull at the skin, or turn the head"), ("Alt+M",),
               "project", break_before=True),
    ActionSpec("sculpt.along", HEAD, _n("Pull along the skin, or in the picture"), ("Alt+J",),
               "project"),
    ActionSpec("sculpt.points", HEAD, _n("Capture points to pull at"), ("Alt+K",), "project"),
    ActionSpec("sculpt.mirror", HEAD, _n("Manipulator on both sides"), ("Alt+X",), "project"),
    ActionSpec("sculpt.delete", HEAD, _n("Delete manipulator"), (), "project"),
    ActionSpec("sculpt.freeze", HEAD, _n("Freeze the manipulator as a shape…"), ("Alt+F",),
               "project"),
    ActionSpec("sculpt.freeze_all", HEAD, _n("Freeze all manipulators as a shape…"),
               ("Alt+Shift+F",), "project"),
    ActionSpec("rig.drive", RIG, _n("The video drives the controls"), ("Alt+V",), "clip",
               checkable=True),
    ActionSpec("rig.alone", RIG, _n("Drive alone, curves at rest"), (), "clip", checkable=True),
    ActionSpec("rig.next_form", RIG, _n("Next form of the drive"), (), "project"),
    ActionSpec("rig.calibrate", RIG, _n("Calibrate: neutral at the playhead"), ("Alt+G",),
               "analysis", break_before=True),
    ActionSpec("rig.clear_calibration", RIG, _n("Clear the calibration"), (), "clip"),
    ActionSpec("rig.record_clip", RIG, _n("Record the drive over the clip"), (), "analysis",
               break_before=True),
    ActionSpec("rig.record_part", RIG, _n("Record the drive over the loop or event"),
               ("Alt+D",), "analysis"),
    ActionSpec("rig.key", RIG, _n("Key the controls at the playhead"), ("K",), "clip",
               break_before=True),
    ActionSpec("rig.auto_key", RIG, _n("Sliders key by themselves"), (), "project",
               checkable=True),
    ActionSpec("rig.linked", RIG, _n("Both sides move together"), (), "project", checkable=True),
    ActionSpec("rig.mirror_left", RIG, _n("Mirror controls left to right"), (), "clip",
               break_before=True),
    ActionSpec("rig.mirror_right", RIG, _n("Mirror controls right to left"), (), "clip"),
    ActionSpec("rig.reset", RIG, _n("Reset all controls"), (), "clip"),
    ActionSpec("window.annotate", VIEW, _n("Annotate"), ("F1",)),
    ActionSpec("window.animate", VIEW, _n("Animate"), ("F2",)),
    ActionSpec("window.present", VIEW, _n("Present"), ("F3",)),
    ActionSpec("window.full_screen", VIEW, _n("Full screen"), ("F11",)),
    ActionSpec("window.arrange", VIEW, _n("Arrange panels"), (), checkable=True,
               break_before=True),
    ActionSpec("window.reset_layout", VIEW, _n("Reset this workspace")),
    ActionSpec("window.fit_event", VIEW, _n("Timeline: the event"), ("Z",), "clip",
               break_before=True),
    ActionSpec("window.fit_all", VIEW, _n("Timeline: the whole clip"), ("Shift+Z",), "clip"),
    ActionSpec("window.zoom_in", VIEW, _n("Timeline: closer"), ("+", "="), "clip"),
    ActionSpec("window.zoom_out", VIEW, _n("Timeline: farther"), ("-",), "clip"),
    ActionSpec("window.light", VIEW, _n("Light theme"), ("Ctrl+T",), icon="theme", checkable=True,
               break_before=True),

    ActionSpec("window.palette", HELP, _n("Find an action…"), ("Ctrl+K", "Ctrl+Shift+P"),
               icon="search"),
    ActionSpec("window.cheat_sheet", HELP, _n("Keys"), ("?",), icon="help"),
    ActionSpec("window.show_notices", HELP, _n("Notices"), ("Ctrl+Shift+M",), icon="bell"),
    ActionSpec("window.responsible_use", HELP, _n("Responsible use"), break_before=True),
    ActionSpec("window.about", HELP, _n("About Tell Studio")),
)  # fmt: skip


def words(text: str) -> str:
    """A text of the table in the person's language."""
    return QCoreApplication.translate(CONTEXT, text)


def build_actions(parent: QObject, owners: Mapping[str, QObject]) -> dict[str, QAction]:
    """Make every action of the table.

    Parameters
    ----------
    parent : QObject
        The window; shortcuts work in it.
    owners : mapping
        Objects by the first part of the action ids; each has the slot that the second names.

    Raises
    ------
    AttributeError
        If an owner lacks a slot: the table and the code disagree.
    """
    made: dict[str, QAction] = {}
    for spec in ACTIONS:
        owner, _, slot = spec.id.partition(".")
        action = QAction(words(spec.text), parent)
        action.setObjectName(spec.id)
        action.setShortcuts([QKeySequence(key) for key in spec.keys])
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.setCheckable(spec.checkable)
        effect = getattr(owners[owner], slot)
        if spec.checkable:
            action.toggled.connect(effect)
        else:
            action.triggered.connect(lambda _checked=False, run=effect: run())
        key = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        tip = action.text().rstrip("…")
        action.setToolTip(f"{tip}  {key}" if key else tip)
        made[spec.id] = action
    return made


def available(spec: ActionSpec, present: frozenset[str]) -> bool:
    """Whether what the action needs is there."""
    return not spec.needs or spec.needs in present
