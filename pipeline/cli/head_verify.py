"""What `main.py head --verify` prints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.head.measure.checks import Check, VerifyReport
    from pipeline.head.measure.geometry import GeometryFigures, GeometryReport

_WORST = 4
#: Off-target motion that is worth a line, IOD.
_WORTH = 0.003


def report_lines(report: VerifyReport) -> Iterator[str]:
    """The whole report as a table, what fails once more at its end."""
    yield f"head {report.head} ({report.lod})"
    for group, checks in report.groups():
        yield ""
        yield f"{group}: {sum(c.held for c in checks)} of {len(checks)} hold"
        if group == "small":
            yield from (_check_line(check) for check in checks if not check.held)
        else:
            yield from (_check_line(check) for check in checks)
    if report.geometry is not None:
        yield ""
        yield from geometry_lines(report.geometry)
    yield from _off_target_lines(report)
    if report.skipped:
        yield ""
        yield "not checked:"
        yield from (f"  {what}: {why}" for what, why in report.skipped)
    failing = report.failing
    yield ""
    yield f"{len(report.checks) - len(failing)} of {len(report.checks)} checks hold" + (
        f", {report.seconds:.0f} s" if report.seconds else ""
    )
    for check in failing:
        yield f"  MISSED  {check.group}: {check.name} {_number(check)} ({check.limit})"


def _check_line(check: Check) -> str:
    mark = "ok" if check.held else "MISSED"
    return (
        f"  {check.name:54}{_number(check):>16}  {check.limit:18} {mark:7}{check.note[:90]}"
    ).rstrip()


def _number(check: Check) -> str:
    return "-" if check.value != check.value else f"{check.value:.4g} {check.unit}".rstrip()


def _off_target_lines(report: VerifyReport) -> Iterator[str]:
    if not report.off_target:
        return
    yield ""
    yield f"off target: points that a unit should leave alone (over {_WORTH:g} IOD; vertices, dlib)"
    for row in sorted(report.off_target, key=lambda row: -row.true):
        if max(row.true, row.measured) > _WORTH:
            yield f"  {row.unit:8}{row.group:14}{row.true:8.4f}{row.measured:8.4f}"


def geometry_lines(report: GeometryReport) -> Iterator[str]:
    """The table of the units, then the worst combinations of each kind."""
    from pipeline.head.measure.geometry import KINDS

    yield "geometry: units at full activation (inside out: share of the visible triangles)"
    yield f"  {'unit':8}{'inside out':>12}{'lid mm':>9}{'lips mm':>9}{'teeth mm':>9}"
    for figures in report.units:
        cells = "".join(_cell(figures, kind, report.kinds) for kind in KINDS)
        places = ", ".join(
            f"{kind} at {_place(figures.place(kind))}"
            for kind in report.kinds
            if not figures.passes(kind)
        )
        yield f"  {_unit(figures.weights):8}{cells}  {places}".rstrip()
    for kind in report.kinds:
        failing, worst = report.failing(kind), report.worst(kind)
        count = len(report.units) + len(report.combinations)
        mark = "ok" if not failing else f"{failing} of {count} MISSED"
        yield f"{kind}: worst {_value(worst[0], kind).strip()}, {mark}"
        for figures in worst[:_WORST] if failing else ():
            where = _place(figures.place(kind))
            yield f"  {_value(figures, kind):>8} at {where}: {weights_text(figures.weights)}"


def weights_text(weights: Mapping[str, float]) -> str:
    """``AU12_L 0.5, AU25 1``."""
    return ", ".join(f"{name} {value:g}" for name, value in weights.items())


def _unit(weights: Mapping[str, float]) -> str:
    names = list(weights)
    return names[0].partition("_")[0] if len(names) > 1 else names[0]


def _cell(figures: GeometryFigures, kind: str, known: tuple[str, ...]) -> str:
    width = 11 if kind == "inverted" else 8
    text = _value(figures, kind) if kind in known else "-"
    return f"{text:>{width}}{' ' if figures.passes(kind) else '!'}"


def _value(figures: GeometryFigures, kind: str) -> str:
    value = figures.value(kind)
    return f"{100 * value:.3f} %" if kind == "inverted" else f"{value:.2f}"


def _place(place: tuple[float, float, float]) -> str:
    return "(" + ", ".join(f"{c:.0f}" for c in place) + ")"
