"""Checks a head: dlib knows it, its units move as FACS says, its surfaces stay whole."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from pipeline.core.progress import Job, Progress
from pipeline.head.measure.antagonists import unit_of
from pipeline.head.measure.checks import Check, OffTarget, VerifyReport
from pipeline.head.measure.facs import COMPARISONS, EXPECTATIONS, QUANTITIES, off_target
from pipeline.head.measure.fields import FIELDS, Regions, field_value
from pipeline.head.measure.geometry import (
    DEEPEST,
    MOST_INVERTED,
    GeometryReport,
    full_units,
    measure_geometry,
)
from pipeline.head.measure.photograph import Photographer
from pipeline.head.model import HeadModel
from pipeline.head.scene.camera import Camera

GROUPS = ("detector", "points", "facs", "field", "small", "geometry")
#: Views in which dlib's detector must find the neutral: name, camera.
VIEWS = (
    ("neutral, frontal", Camera()),
    ("neutral, yaw +20", Camera(yaw=20)),
    ("neutral, yaw -20", Camera(yaw=-20)),
    ("neutral, pitch +10", Camera(pitch=10)),
    ("neutral, pitch -10", Camera(pitch=-10)),
)
#: dlib's points from the head's own, jaw line left out, fraction of IOD.
MOST_POINT_ERROR = 0.05
#: A motion counts when it exceeds so many SD of the noise.
_SIGMAS = 3.0
#: Extra turns (deg) with which the unmoving head is seen again to measure the noise.
_REPEATS = (0.0, 0.1, 0.2, 0.3, -0.1, -0.2)
#: Weights at which micro-expressions live.
SMALL = (0.05, 0.1, 0.2, 0.3)
_SEEN = 2.0  # grey levels
_LEAST_PIXELS = 12  # of 480 x 480


def verify_head(model: HeadModel, groups: Iterable[str] = GROUPS) -> Job[VerifyReport]:
    """Run the checks of the named groups; yields progress.

    Parameters
    ----------
    model : HeadModel
    groups : iterable of str
        Of `GROUPS`.

    Raises
    ------
    FaceError, HeadError
        If dlib's landmark model is missing, or no offscreen OpenGL can be had.
    """
    began = time.monotonic()
    report = VerifyReport(model.name, model.lod)
    units, wanted = full_units(model), tuple(groups)
    seen = {"detector", "points", "facs", "small"} & set(wanted)
    if seen and len(model.landmarks) == 68:
        yield from _photographed(model, units, wanted, report)
    elif seen:
        report.skipped.append(("dlib's views and points", "this head has no 68 landmarks"))
    if "field" in wanted and len(model.landmarks) == 68:
        _check_fields(model, units, report)
    if "geometry" in wanted:
        report.geometry = yield from measure_geometry(model)
        report.checks += _geometry_checks(report.geometry)
        _say_missing_parts(report)
    report.seconds = time.monotonic() - began
    return report


def _photographed(
    model: HeadModel,
    units: Mapping[str, Mapping[str, float]],
    wanted: tuple[str, ...],
    report: VerifyReport,
) -> Job[None]:
    from pipeline.face import prepare_detection

    yield from prepare_detection()
    photographer = Photographer(model)
    try:
        if "detector" in wanted:
            yield from _check_detector(photographer, units, report)
        if "points" in wanted:
            _check_points(photographer, report)
        if "facs" in wanted:
            yield from _check_facs(model, photographer, units, report)
        if "small" in wanted:
            yield from _check_small(photographer, units, report)
    finally:
        photographer.close()


def _check_detector(
    photographer: Photographer, units: Mapping[str, Mapping[str, float]], report: VerifyReport
) -> Job[None]:
    pictures: list[tuple[str, dict[str, float], Camera]] = [
        (name, {}, camera) for name, camera in VIEWS
    ]
    pictures += [(f"{name} at full", dict(weights), Camera()) for name, weights in units.items()]
    for done, (name, weights, camera) in enumerate(pictures):
        yield Progress("dlib's detector", done, len(pictures), name)
        box = photographer.found(photographer.gray(weights, camera))
        score = box.score if box is not None else float("nan")
        report.checks.append(Check("detector", name, box is not None, score, "", "one face"))


def _check_points(photographer: Photographer, report: VerifyReport) -> None:
    own, gray = photographer.own_points({}), photographer.gray({})
    box = photographer.found(gray)
    if box is None:
        report.skipped.append(("dlib's points", "its detector does not find the neutral"))
        return
    away = np.linalg.norm(photographer.points(gray, box) - own, axis=1)
    error = float(away[17:].mean() / np.linalg.norm(own[45] - own[36]))
    name = "dlib's points from the head's own, jaw line left out"
    report.checks.append(Check.at_most("points", name, error, MOST_POINT_ERROR, "IOD"))


def _check_facs(
    model: HeadModel,
    photographer: Photographer,
    units: Mapping[str, Mapping[str, float]],
    report: VerifyReport,
) -> Job[None]:
    neutral = photographer.study({})
    repeats = [photographer.study({}, shift).motion(neutral) for shift in _REPEATS]
    noise = {
        name: float(np.std([of(motion) for motion in repeats], ddof=1))
        for name, of in QUANTITIES.items()
    }
    report.noise = noise
    motions: dict[str, NDArray[np.float64]] = {}
    own: dict[str, NDArray[np.float64]] = {}
    for done, (name, weights) in enumerate(units.items()):
        yield Progress("motion of dlib's points", done, len(units), name)
        motions[name] = photographer.study(weights).motion(neutral)
        own[name] = _own_motion(photographer, weights)
        report.off_target += _off_target(name, own[name], motions[name])
    report.checks += _facs_checks(motions, noise, report)
    report.checks += _comparisons(own)


def _own_motion(photographer: Photographer, weights: Mapping[str, float]) -> NDArray[np.float64]:
    """Displacement of the head's own 68 points, (68, 2) IOD, x to the subject's left, y up."""
    own = photographer.own_points({})
    iod = np.linalg.norm(own[45] - own[36])
    return np.asarray((photographer.own_points(weights) - own) / iod * [1, -1], np.float64)


def _off_target(
    name: str, own: NDArray[np.float64], measured: NDArray[np.float64]
) -> Iterator[OffTarget]:
    unit = unit_of(name) or 0
    group, moved = off_target(unit, own)
    if group:
        yield OffTarget(name, group, moved, off_target(unit, measured)[1])


def _facs_checks(
    motions: Mapping[str, NDArray[np.float64]], noise: Mapping[str, float], report: VerifyReport
) -> Iterator[Check]:
    for says in EXPECTATIONS:
        if says.unit not in motions:
            report.skipped.append((f"{says.unit}: {says.quantity}", "this head has no such unit"))
            continue
        value = QUANTITIES[says.quantity](motions[says.unit])
        least = _SIGMAS * noise[says.quantity]
        sign = "+" if says.sign > 0 else "-"
        yield Check(
            "facs", f"{says.unit} {says.quantity}", says.sign * value > least, value, "IOD",
            f"{sign}, beyond {least:.4f}", says.wording,
        )  # fmt: skip


def _comparisons(own: Mapping[str, NDArray[np.float64]]) -> Iterator[Check]:
    """Which of two units moves more, on the head's own points: dlib takes a dimple for a corner."""
    for more, less, quantity, factor, why in COMPARISONS:
        if more in own and less in own:
            of = QUANTITIES[quantity]
            ratio = of(own[more]) / max(abs(of(own[less])), 1e-6)
            name = f"{more} over {less}: {quantity} (own points)"
            yield Check.at_least("facs", name, ratio, factor, "", why)


def _check_fields(
    model: HeadModel, units: Mapping[str, Mapping[str, float]], report: VerifyReport
) -> None:
    regions = Regions(model)
    for wanted in FIELDS:
        if wanted.unit not in units:
            report.skipped.append((wanted.name, "this head has no such unit"))
        elif not regions.has(wanted.region):
            report.skipped.append((wanted.name, f"this head's {wanted.region} are not known"))
        else:
            moved = model.deform(units[wanted.unit])[0]
            value = field_value(model, regions, moved, wanted)
            unit = "" if wanted.than else "mm"
            report.checks.append(
                Check.at_least("field", wanted.name, value, wanted.at_least, unit, wanted.wording)
            )


def _check_small(
    photographer: Photographer, units: Mapping[str, Mapping[str, float]], report: VerifyReport
) -> Job[None]:
    calm = photographer.clean({})
    for done, (name, weights) in enumerate(units.items()):
        yield Progress("small weights", done, len(units), name)
        shaded = []
        for weight in SMALL:
            picture = photographer.clean({n: weight * w for n, w in weights.items()})
            shaded.append(np.abs(picture - calm))
        mean = [float(change.mean()) for change in shaded]
        held = all(b > a for a, b in zip([0.0, *mean], mean, strict=False))
        name_of = f"{name} changes the picture more and more"
        steps = ", ".join(f"{value:.3f}" for value in mean)
        report.checks.append(
            Check("small", name_of, held, mean[-1], "grey levels", "monotone", f"mean {steps}")
        )
        seen = int((shaded[0] > _SEEN).sum())
        name_of = f"{name} shows at weight {SMALL[0]:g}"
        report.checks.append(Check.at_least("small", name_of, seen, _LEAST_PIXELS, "px"))


def _geometry_checks(report: GeometryReport) -> Iterator[Check]:
    names = {
        "inverted": ("visible triangles inside out", MOST_INVERTED, ""),
        "lid": ("lid in the eyeball", DEEPEST, "mm"),
        "lips": ("lip in lip", DEEPEST, "mm"),
        "teeth": ("teeth in lips or cheeks", DEEPEST, "mm"),
    }
    for kind in report.kinds:
        name, most, unit = names[kind]
        for what, figures in (("units", report.units), ("combinations", report.combinations)):
            worst = max(figures, key=lambda f: f.value(kind), default=None)
            if worst is not None:
                shown = ", ".join(f"{n} {w:g}" for n, w in worst.weights.items())
                title = f"{name}, {len(figures)} {what}"
                yield Check.at_most("geometry", title, worst.value(kind), most, unit, shown)


def _say_missing_parts(report: VerifyReport) -> None:
    assert report.geometry is not None
    for kind, why in (
        ("lid", "this head's eyeballs are not known"),
        ("lips", "this head's lips cannot be told apart"),
        ("teeth", "this head's teeth are not known"),
    ):
        if kind not in report.geometry.kinds:
            report.skipped.append((f"geometry: {kind}", why))
