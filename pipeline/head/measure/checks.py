"""One check of a head and the report of all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pipeline.head.measure.geometry import GeometryReport


@dataclass(frozen=True)
class Check:
    """What was measured and whether it holds.

    Parameters
    ----------
    group, name : str
        Where it belongs and what it is.
    held : bool
    value : float
        What was measured; NaN where nothing could be.
    unit : str
    limit : str
        ``"at most 0.05"``.
    note : str
        What FACS says, or where it is worst.
    """

    group: str
    name: str
    held: bool
    value: float
    unit: str = ""
    limit: str = ""
    note: str = ""

    @classmethod
    def at_most(
        cls, group: str, name: str, value: float, most: float, unit: str = "", note: str = ""
    ) -> Check:
        """It must not exceed a limit."""
        return cls(group, name, value <= most, value, unit, f"at most {most:g}", note)

    @classmethod
    def at_least(
        cls, group: str, name: str, value: float, least: float, unit: str = "", note: str = ""
    ) -> Check:
        """It must reach a limit."""
        return cls(group, name, value >= least, value, unit, f"at least {least:g}", note)

    def as_row(self) -> dict[str, object]:
        """Plain data; NaN becomes None, as JSON has none."""
        value = None if self.value != self.value else round(self.value, 6)
        return {
            "group": self.group, "name": self.name, "held": self.held, "value": value,
            "unit": self.unit, "limit": self.limit, "note": self.note,
        }  # fmt: skip


@dataclass(frozen=True)
class OffTarget:
    """Motion of points that FACS says a unit leaves alone.

    Parameters
    ----------
    unit, group : str
        Unit, and the group of points that moves most of those it should not.
    true, measured : float
        Mean length of that group's motion on the vertices and as dlib sees it, IOD.
    """

    unit: str
    group: str
    true: float
    measured: float


@dataclass
class VerifyReport:
    """All checks of one head.

    Parameters
    ----------
    head, lod : str
    checks : list of Check
    off_target : list of OffTarget
    noise : mapping of str to float
        SD of each measured quantity on the unmoving head, IOD.
    skipped : list of (str, str)
        What was not checked and why.
    geometry : GeometryReport, optional
    seconds : float
    """

    head: str
    lod: str
    checks: list[Check] = field(default_factory=list)
    off_target: list[OffTarget] = field(default_factory=list)
    noise: Mapping[str, float] = field(default_factory=dict)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    geometry: GeometryReport | None = None
    seconds: float = 0.0

    @property
    def failing(self) -> list[Check]:
        """Checks that don't hold."""
        return [check for check in self.checks if not check.held]

    def groups(self) -> Iterator[tuple[str, list[Check]]]:
        """Checks by group, in the order in which they were made."""
        for name in dict.fromkeys(check.group for check in self.checks):
            yield name, [check for check in self.checks if check.group == name]

    def as_data(self) -> dict[str, object]:
        """The report as plain data for JSON."""
        return {
            "head": self.head,
            "lod": self.lod,
            "held": not self.failing,
            "seconds": round(self.seconds, 1),
            "checks": [check.as_row() for check in self.checks],
            "off_target": [vars(row) for row in self.off_target],
            "noise_iod": {name: round(value, 6) for name, value in self.noise.items()},
            "skipped": [{"what": what, "why": why} for what, why in self.skipped],
        }
