"""One synthetic clip: script, face and fields brought together from a seed."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline.core.errors import TellError
from pipeline.core.types import AUSignals, EventSpan
from pipeline.synth.fields import FieldGenerator, MuscleFields
from pipeline.synth.portrait import Portrait, load_portrait
from pipeline.synth.profiles import profile_named
from pipeline.synth.render import ClipRenderer
from pipeline.synth.script import draw_script, stream

Fields = Literal["muscle", "head", "mixed"]
Source = Literal["portrait", "head"]


class Renderer(Protocol):
    """What draws a scripted clip, from a portrait or from the head."""

    n_frames: int
    fps: float

    def draw(self, index: int) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
        """Frame (H, W, 3) uint8 RGB and its true points (68, 2) px."""
        ...

    def events(self) -> tuple[EventSpan, ...]:
        """True events."""
        ...

    def signals(self) -> AUSignals:
        """True activations."""
        ...

    def close(self) -> None:
        """Release what drawing needed."""
        ...


@dataclass(frozen=True)
class SynthClip:
    """A clip in memory with everything that is true about it.

    Parameters
    ----------
    frames : (T, H, W, 3) uint8
        RGB.
    points : (T, 68, 2) float64
        True positions, px.
    signals : AUSignals
        True activation of each track: 1 is the full FACS displacement of that AU, so a
        micro-expression peaks at about 0.05 to 0.3.
    events : tuple of EventSpan
        Onset and offset are the first and last frame of the drawn script (motion at their far
        side is zero), apex the frame of the largest motion over the whole face.
    """

    frames: NDArray[np.uint8] = field(repr=False)
    points: NDArray[np.float64] = field(repr=False)
    signals: AUSignals
    events: tuple[EventSpan, ...]
    fps: float
    subject: str
    clip_id: str


def clip_renderer(
    seed: int,
    *,
    profile: str = "easy",
    fields: Fields = "muscle",
    source: Source = "portrait",
    portrait: Portrait | Path | None = None,
    identity: int = 0,
    character: str = "builtin",
    fps: float = 200.0,
    size: tuple[int, int] = (640, 480),
) -> Renderer:
    """Set up clip `seed` without drawing a frame.

    Parameters
    ----------
    seed : int
        Tells the whole story; the same clip comes out whatever was made before it.
    profile : {"easy", "hard"}
        How strong the events and how many the distractions are.
    fields : {"muscle", "head", "mixed"}
        Generator of the AU fields; ``mixed`` draws one of the two for the clip.
    source : {"portrait", "head"}
        A still portrait that is warped, or a film of the head.
    portrait : Portrait or Path, optional
        A prepared portrait or a picture; the astronaut by default.
    identity : int
        Which subject is made from the picture; 0 is the picture itself.
    character : str
        Whose head is filmed: a name of the cast or ``seed:N``.

    Raises
    ------
    TellError
        For an unknown profile or generator, or a frame rate outside 5 to 1000.
    """
    if not 5 <= fps <= 1000:
        raise TellError(f"{fps:g} frames per second is not between 5 and 1000", code="synth.fps")
    script = draw_script(seed, profile_named(profile))
    if source == "head":
        from pipeline.synth.head_source import HeadClipRenderer

        return HeadClipRenderer(seed, script, fps, size, character)
    if not isinstance(portrait, Portrait):
        portrait = load_portrait(portrait, size, identity)
    rng = stream(seed, "fields")
    if fields == "mixed":
        fields = "head" if rng.random() < 0.5 else "muscle"
    return ClipRenderer(seed, script, portrait, _generator(fields, portrait, rng), fps)


def _generator(fields: str, portrait: Portrait, rng: np.random.Generator) -> FieldGenerator:
    if fields == "muscle":
        return MuscleFields(portrait.points, portrait.size, rng)
    if fields == "head":
        from pipeline.synth.head_fields import HeadFields

        return HeadFields(portrait.points, portrait.size)
    raise TellError(f"no field generator '{fields}'", remedy="There are: muscle, head, mixed")


def make_clip(
    seed: int,
    *,
    subject: str = "sub01",
    clip_id: str = "",
    profile: str = "easy",
    fields: Fields = "muscle",
    source: Source = "portrait",
    portrait: Portrait | Path | None = None,
    identity: int = 0,
    character: str = "builtin",
    fps: float = 200.0,
    size: tuple[int, int] = (640, 480),
) -> SynthClip:
    """Draw clip `seed` into memory; parameters as `clip_renderer`."""
    renderer = clip_renderer(
        seed, profile=profile, fields=fields, source=source, portrait=portrait,
        identity=identity, character=character, fps=fps, size=size,
    )  # fmt: skip
    with contextlib.closing(renderer):
        drawn = [renderer.draw(index) for index in range(renderer.n_frames)]
    return SynthClip(
        frames=np.stack([frame for frame, _ in drawn]),
        points=np.stack([points for _, points in drawn]),
        signals=renderer.signals(),
        events=renderer.events(),
        fps=fps,
        subject=subject,
        clip_id=clip_id or f"{subject}/synth_{seed}",
    )
