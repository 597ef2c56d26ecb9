"""One measured figure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured, how much it is, and what it is held to.

    Parameters
    ----------
    group, name : str
        Where it belongs and what it is.
    value : float
        The figure; NaN where it could not be measured (the reason is in `note`).
    unit : str
        Its unit; empty for a ratio.
    at_most, at_least : float or None
        The bound it is held to.
    note : str
        How it was measured.
    """

    group: str
    name: str
    value: float
    unit: str = ""
    at_most: float | None = None
    at_least: float | None = None
    note: str = ""

    @property
    def held(self) -> bool | None:
        """Whether the bound holds; None where there is none."""
        if self.at_most is not None:
            return self.value <= self.at_most
        if self.at_least is not None:
            return self.value >= self.at_least
        return None

    def as_row(self) -> dict[str, object]:
        """The figure as plain data; NaN becomes None, as JSON has none."""
        return {
            "group": self.group,
            "name": self.name,
            "value": None if self.value != self.value else self.value,
            "unit": self.unit,
            "at_most": self.at_most,
            "at_least": self.at_least,
            "held": self.held,
            "note": self.note,
        }

    def __str__(self) -> str:
        bound = ""
        if self.at_most is not None:
            bound = f"at most {self.at_most:g}"
        elif self.at_least is not None:
            bound = f"at least {self.at_least:g}"
        mark = {True: "ok", False: "MISSED", None: ""}[self.held]
        value = f"{self.value:.4g} {self.unit}".rstrip()
        note = f"  ({self.note})" if self.note else ""
        return f"{self.group:10} {self.name:52} {value:>14}  {bound:16} {mark}{note}".rstrip()
