"""Action-unit labels as coders write them: number, side, intensity, doubt."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Side = Literal["", "L", "R"]

#: FACS letters and the activation each stands for; band edges 0.2, 0.4, 0.6, 0.8.
INTENSITY = {"A": 0.1, "B": 0.3, "C": 0.5, "D": 0.7, "E": 0.9}

#: FACS names of the action units the studio knows.
AU_NAMES = {
    1: "inner brow raiser", 2: "outer brow raiser", 4: "brow lowerer", 5: "upper lid raiser",
    6: "cheek raiser", 7: "lid tightener", 9: "nose wrinkler", 10: "upper lip raiser",
    11: "nasolabial deepener", 12: "lip corner puller", 13: "sharp lip puller", 14: "dimpler",
    15: "lip corner depressor", 16: "lower lip depressor", 17: "chin raiser", 18: "lip pucker",
    20: "lip stretcher", 22: "lip funneler", 23: "lip tightener", 24: "lip pressor",
    25: "lips part", 26: "jaw drop", 27: "mouth stretch", 28: "lip suck", 29: "jaw thrust",
    30: "jaw sideways", 33: "cheek blow", 34: "cheek puff", 38: "nostril dilator",
    43: "eyes closed", 45: "blink", 46: "wink",
}  # fmt: skip

_TOKEN = re.compile(r"^(?P<pre>[LRlr])?(?:AU)?(?P<au>\d{1,2})(?P<tail>[A-Ea-eLRlr?]*)$", re.I)


@dataclass(frozen=True, slots=True, order=True)
class AULabel:
    """One coded action unit.

    Parameters
    ----------
    au : int
        FACS number.
    side : {"", "L", "R"}
        The subject's side; empty for both.
    intensity : str
        FACS letter "A" to "E", or empty when not coded.
    uncertain : bool
        The coder wrote ``?``.
    """

    au: int
    side: Side = ""
    intensity: str = ""
    uncertain: bool = False

    def __str__(self) -> str:
        mark = "?" if self.uncertain else ""
        return f"{self.side}{self.au}{self.intensity.lower()}{mark}"


def parse_aus(text: object) -> tuple[AULabel, ...]:
    """Read labels such as ``L12c+R14 4b?`` or ``12L`` (a sheet's cell, or typed).

    Tokens are separated by ``+``, commas, semicolons or blanks. Sides may be prefixes
    (CASME II) or suffixes (MMEW). Duplicates keep their first place.

    Raises
    ------
    ValueError
        Naming the token that is not an action unit.
    """
    labels: list[AULabel] = []
    for token in re.split(r"[+,;\s]+", str(text).strip()):
        if not token or token in {"/", "-", "?"}:
            continue
        label = _parse_token(token)
        if label not in labels:
            labels.append(label)
    return tuple(labels)


def _parse_token(token: str) -> AULabel:
    if re.fullmatch(r"\d+\.0", token):  # numbers that a spreadsheet stored as floats
        token = token[:-2]
    match = _TOKEN.match(token)
    if match is None:
        raise ValueError(f"'{token}' is not an action unit")
    tail = match["tail"].upper()
    letters = [c for c in tail if c in INTENSITY]
    sides = [c for c in tail if c in "LR"]
    prefix = (match["pre"] or "").upper()
    if len(letters) > 1 or len(sides) + bool(prefix) > 1 or tail.count("?") > 1:
        raise ValueError(f"'{token}' is not an action unit")
    side = prefix or (sides[0] if sides else "")
    return AULabel(int(match["au"]), side, letters[0] if letters else "", "?" in tail)  # type: ignore[arg-type]


def format_aus(labels: Iterable[AULabel]) -> str:
    """Write labels as ``L12c+R14+4b``."""
    return "+".join(str(label) for label in labels)


def intensity_letter(value: float) -> str:
    """FACS letter of an activation in [0, 1] (SPEC: edges 0.2, 0.4, 0.6, 0.8)."""
    return "ABCDE"[min(4, max(0, int(value * 5)))]


@functools.lru_cache(maxsize=4096)
def split_track(name: str) -> tuple[int, Side]:
    """Number and side of a track name: ``AU12_L`` gives ``(12, "L")``, ``AU17`` ``(17, "")``.

    Raises
    ------
    ValueError
        If the name is not that of an AU track.
    """
    match = re.fullmatch(r"AU(\d{1,2})(?:_([LR]))?", name)
    if match is None:
        raise ValueError(f"'{name}' is not an AU track")
    return int(match[1]), match[2] or ""  # type: ignore[return-value]


def track_name(au: int, side: Side = "") -> str:
    """Name of an AU track: ``AU12_L``, ``AU17``."""
    return f"AU{au}_{side}" if side else f"AU{au}"
