"""The head as a film or a picture: the sheet that asks how, and the jobs that draw it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from pipeline.core.errors import ExportError
from pipeline.core.progress import Job, Progress
from pipeline.head.rig.rig import NO_RIG, Rig
from pipeline.head.scene.camera import Camera, Look
from widgets.controls import button, caption, heading
from widgets.head.head_source import with_known_identity
from widgets.number_field import NumberField

if TYPE_CHECKING:
    from app.shell.exports import Snapshot
    from pipeline.head import HeadModel

#: Film rates offered beside the clip's own, frames/s.
RATES = (24.0, 25.0, 30.0, 50.0, 60.0, 120.0)
SMALLEST, LARGEST = 64, 4096  # px


@dataclass(frozen=True)
class HeadOutput:
    """How the head is drawn for a file.

    Parameters
    ----------
    head : str
        Name or path.
    camera : Camera
    look : Look
    size : (width, height) px
    fps : float
        Of a film.
    quality : {"draft", "live", "still"}
    identity : mapping
        Weights of the head's identity modes.
    rig : Rig
        Frozen shapes and manipulators.
    """

    head: str = "builtin"
    camera: Camera = field(default_factory=Camera)
    look: Look = field(default_factory=Look)
    size: tuple[int, int] = (720, 720)
    fps: float = 60.0
    quality: str = "live"
    identity: Mapping[str, float] = field(default_factory=dict)
    rig: Rig = NO_RIG


class HeadOutputDialog(QDialog):
    """Asks for size, level, and the film's rate or the picture's ground.

    Parameters
    ----------
    shown : HeadOutput
        As the view shows the head now.
    clip_fps : float
        Of the clip, offered first; 0 where there is none.
    film : bool
    """

    def __init__(
        self, shown: HeadOutput, clip_fps: float, parent: QWidget | None = None, *, film: bool
    ) -> None:
        super().__init__(parent)
        self._shown, self._film = shown, film
        title = self.tr("Film of the head") if film else self.tr("Picture of the head")
        self.setWindowTitle(title)
        self.width_field = self._number(self.tr("Width"), shown.size[0])
        self.height_field = self._number(self.tr("Height"), shown.size[1])
        self.quality = QComboBox()
        self.quality.setAccessibleName(self.tr("Level of detail"))
        for name, words in (
            ("still", self.tr("still: the best")), ("live", self.tr("live: quicker")),
            ("draft", self.tr("draft: quickest")),
        ):  # fmt: skip
            self.quality.addItem(words, name)
        self.quality.setCurrentIndex(1 if film else 0)
        self.rate = self._rates(clip_fps)
        self.clear = QCheckBox(self.tr("transparent ground"))
        form = QFormLayout()
        form.addRow(self.tr("Width, px"), self.width_field)
        form.addRow(self.tr("Height, px"), self.height_field)
        form.addRow(self.tr("Level"), self.quality)
        if film:
            form.addRow(self.tr("Frames a second"), self.rate)
        else:
            form.addRow("", self.clear)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(12)
        column.addWidget(heading(title))
        column.addWidget(caption(self.tr("Seen and lit as in the view now.")))
        column.addLayout(form)
        column.addLayout(self._foot(self.tr("Write…")))

    def _number(self, name: str, value: int) -> NumberField:
        field = NumberField(SMALLEST, LARGEST, decimals=0, step=2)
        field.setAccessibleName(name)
        field.show_number(min(max(value, SMALLEST), LARGEST))
        return field

    def _rates(self, clip_fps: float) -> QComboBox:
        rates = QComboBox()
        rates.setAccessibleName(self.tr("Frames a second"))
        if clip_fps > 0:
            rates.addItem(self.tr("{fps:g}, as the clip").format(fps=round(clip_fps, 3)), clip_fps)
        for fps in RATES:
            if abs(fps - clip_fps) > 1e-3:
                rates.addItem(f"{fps:g}", fps)
        return rates

    def _foot(self, words: str) -> QHBoxLayout:
        go = button(words, "primary")
        go.setDefault(True)
        go.clicked.connect(self.accept)
        leave = button(self.tr("Cancel"))
        leave.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(leave)
        foot.addWidget(go)
        return foot

    def output(self) -> HeadOutput:
        """What was asked for."""
        ground = "transparent" if self.clear.isChecked() and not self._film else "studio"
        look = Look(self._shown.look.light, ground, self._shown.look.iris, self._shown.look.over)
        size = round(self.width_field.number()), round(self.height_field.number())
        return HeadOutput(
            self._shown.head, self._shown.camera, look, size,
            float(self.rate.currentData()), self.quality.currentData(), self._shown.identity,
            self._shown.rig,
        )  # fmt: skip


def _loaded(how: HeadOutput) -> Job[HeadModel]:
    from pipeline.head import load_head

    model = yield from load_head(how.head, lod=how.quality)  # type: ignore[arg-type]
    return with_known_identity(model, how.identity)


def film_of_head(snapshot: Snapshot, target: Path, how: HeadOutput | None = None) -> Job[Path]:
    """The head doing the layer, as MP4.

    Raises
    ------
    ExportError
        If the clip has no curves or the film cannot be written.
    """
    from pipeline.head import render_film

    how = how or HeadOutput()
    if not snapshot.curves:
        raise ExportError(
            "there are no AU curves", where=snapshot.clip_id, remedy="Analyse the clip first",
            code="export.empty",
        )  # fmt: skip
    model = yield from _loaded(how)
    end = float(snapshot.times[-1])
    times = np.arange(0.0, end + 0.5 / how.fps, 1.0 / how.fps)
    yield from render_film(
        model, snapshot.drive.at, times, target, size=how.size, fps=how.fps,
        camera=how.camera, quality=how.quality, look=how.look, rig=how.rig,  # type: ignore[arg-type]
    )  # fmt: skip
    return target


def picture_of_head(
    weights: Callable[[], dict[str, float]], target: Path, how: HeadOutput
) -> Job[Path]:
    """The head as it stands, as PNG."""
    from pipeline.head import render_picture

    shown = weights()
    model = yield from _loaded(how)
    yield Progress("drawing", 0, 1, target.name)
    render_picture(
        model, shown, target, size=how.size, camera=how.camera,
        quality=how.quality, look=how.look, rig=how.rig,  # type: ignore[arg-type]
    )  # fmt: skip
    return target


def glb_of_head(snapshot: Snapshot, target: Path) -> Job[Path]:
    """The project's head with its shapes and the layer as an animation, as GLB.

    Raises
    ------
    ExportError
        If the clip has no curves or the file cannot be written.
    """
    from pipeline.exchange.glb_animation import export_gltf

    model = yield from _loaded(HeadOutput(snapshot.head, identity=snapshot.identity))
    yield Progress("writing", 0, 1, target.name)
    export_gltf([snapshot], target, layer=snapshot.layer, model=model, rig=snapshot.rig)
    return target
