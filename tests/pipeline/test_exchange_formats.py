"""Exported layers read back by readers that know only the written form."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from scipy.interpolate import CubicHermiteSpline

from pipeline.cli.tracks import ClipTracks
from pipeline.core.errors import ExportError
from pipeline.curves import Curve, EmotionProfile, Modulation, Weights, gain
from pipeline.exchange import FORMATS, keyed_track, read_aus_csv

SPANS = [(0.2, 0.5, "happiness", 1.0), (1.0, 1.4, "fear", 0.5)]
PROFILES = {"happiness": EmotionProfile("happiness", 2.0), "fear": EmotionProfile("fear", 0.5)}


@dataclass(frozen=True)
class Clip:
    """One clip's tracks as the command line hands them over."""

    clip_id: str
    times: np.ndarray
    curves: Mapping[str, Curve]
    gain: Callable[[np.ndarray, str], np.ndarray]

    def values(self, times: np.ndarray) -> dict[str, np.ndarray]:
        return {
            name: np.clip(curve(times) * self.gain(times, name), 0, 1)
            for name, curve in self.curves.items()
        }


def spline(seed: int) -> Curve:
    rng = np.random.default_rng(seed)
    knots = np.linspace(0.1, 1.8, 9)
    return Curve.from_control(knots, np.concatenate([[0], rng.random(9), [0]]))


def clip(name: str = "a", modulated: bool = True, curves: dict | None = None) -> Clip:
    modulation = Modulation(PROFILES)

    def gain_of(times: np.ndarray, track: str) -> np.ndarray:
        return gain(times, SPANS, modulation) if modulated else np.ones_like(times)

    tracks = {"AU12_L": spline(1), "AU12_R": spline(2), "AU4": spline(3)}
    return Clip(name, np.arange(400) / 200, tracks if curves is None else curves, gain_of)


def play(track: dict, times: np.ndarray) -> np.ndarray:
    """Evaluate a JSON track by scipy, piece by piece, from its description alone."""
    keys = track["keys"]
    out = np.empty(len(times))
    for i, t in enumerate(times):
        if t <= keys[0]["t"]:
            out[i] = keys[0]["v"]
        elif t >= keys[-1]["t"]:
            out[i] = keys[-1]["v"]
        else:
            at = max(k for k in range(len(keys) - 1) if keys[k]["t"] <= t)
            a, b = keys[at], keys[at + 1]
            piece = CubicHermiteSpline([a["t"], b["t"]], [a["v"], b["v"]], [a["m_out"], b["m_in"]])
            out[i] = piece(t)
    return np.clip(out, 0, 1)


def test_json_keys_of_the_edited_layer_are_exact(tmp_path: Path) -> None:
    FORMATS["json"]([clip(modulated=False)], tmp_path / "o.json", layer="edited")
    document = json.loads((tmp_path / "o.json").read_text())
    assert document["format"] == "tell-curves"
    assert document["version"] == 1
    assert document["layer"] == "edited"
    times = np.linspace(-0.1, 2.1, 333)
    for track in document["clips"][0]["tracks"]:
        truth = clip(modulated=False).values(times)[track["name"]]
        assert track["error"] == 0.0
        assert np.allclose(play(track, times), truth, atol=1e-12)


def test_json_keys_of_a_varying_gain_hold_the_error_they_state(tmp_path: Path) -> None:
    FORMATS["json"]([clip()], tmp_path / "o.json", layer="modulated")
    document = json.loads((tmp_path / "o.json").read_text())
    times = np.linspace(0, 1.995, 777)
    for track in document["clips"][0]["tracks"]:
        off = np.abs(play(track, times) - clip().values(times)[track["name"]])
        assert track["error"] <= 1e-3
        assert off.max() <= track["error"] * 1.5 + 1e-6


def test_a_constant_gain_scales_the_keys_and_adds_none() -> None:
    curve = spline(4)
    track = keyed_track("AU1", curve, lambda t: np.full(t.shape, 0.3), (0.0, 2.0))
    assert len(track.curve) == len(curve)
    assert track.error == 0.0
    times = np.linspace(0, 2, 500)
    assert np.allclose(track.curve(times), 0.3 * curve(times), atol=1e-12)


def test_a_fade_after_the_curves_last_key_is_kept() -> None:
    curve = Curve.constant(0.4, 0.1)
    track = keyed_track("AU1", curve, lambda t: gain(t, SPANS, Modulation(PROFILES)), (0.0, 2.0))
    times = np.linspace(0, 2, 501)
    truth = 0.4 * gain(times, SPANS, Modulation(PROFILES))
    assert np.allclose(track.curve(times), truth, atol=2e-3)


def test_csv_of_one_clip_is_itself_a_source(tmp_path: Path) -> None:
    FORMATS["csv"]([clip()], tmp_path / "o.csv", layer="modulated")
    table = read_aus_csv(tmp_path / "o.csv")
    assert len(table.times) == 400
    assert set(table.names) == {"AU12_L", "AU12_R", "AU4"}
    for name in table.names:
        assert np.allclose(table.column(name), clip().values(table.times)[name], atol=1e-6)


def test_csv_at_another_rate_covers_the_same_time(tmp_path: Path) -> None:
    FORMATS["csv"]([clip()], tmp_path / "o.csv", layer="modulated", fps=24)
    table = read_aus_csv(tmp_path / "o.csv")
    assert np.allclose(table.times, np.arange(48) / 24)


def test_several_clips_share_a_file_with_a_clip_column(tmp_path: Path) -> None:
    other = clip("sub01/b", curves={"AU1": spline(5)})
    FORMATS["csv"]([clip(), other], tmp_path / "o.csv", layer="modulated", fps=10)
    lines = (tmp_path / "o.csv").read_text().splitlines()
    assert lines[0] == "clip,frame,pts_s,AU12_L,AU12_R,AU4,AU1"
    assert lines[-1].startswith("sub01/b,19,1.9,,,,")
    FORMATS["json"]([clip(), other], tmp_path / "o.json", layer="modulated", fps=10)
    document = json.loads((tmp_path / "o.json").read_text())
    assert [row["clip"] for row in document["clips"]] == ["a", "sub01/b"]
    assert len(document["clips"][1]["samples"]["AU1"]) == 20


@pytest.mark.parametrize("name", ["csv", "json"])
def test_nothing_to_export_and_bad_targets_are_said(name: str, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="no curves to export"):
        FORMATS[name]([clip(curves={})], tmp_path / "o", layer="raw")
    with pytest.raises(ExportError, match="cannot be written"):
        FORMATS[name]([clip()], tmp_path, layer="raw")
    with pytest.raises(ExportError, match="not a frame rate"):
        FORMATS[name]([clip()], tmp_path / "o", layer="raw", fps=0)
    assert list(tmp_path.iterdir()) == []


def test_csv_columns_go_by_the_number_of_the_action_unit(tmp_path: Path) -> None:
    curves = {"AU17": spline(1), "AU4_R": spline(2), "AU12_L": spline(3), "AU4_L": spline(4)}
    FORMATS["csv"]([clip(curves=curves)], tmp_path / "o.csv", layer="edited")
    header = (tmp_path / "o.csv").read_text().splitlines()[0]
    assert header == "frame,pts_s,AU4,AU12,AU17,AU4_L,AU4_R,AU12_L"


def mixed() -> dict[str, Curve]:
    down = Curve.from_keys([0.0, 0.8, 1.2, 1.9], [0.0, -0.9, 0.4, 0.0])
    names = ("smirk_L", "mouth_left_y", "AU12_L", "nose_y", "AU4", "frame")
    return dict(zip(names, (spline(1), down, spline(2), down, spline(3), spline(4)), strict=True))


def rigged() -> ClipTracks:
    """Units, controls and shapes under a gain, as the command line hands them over."""
    return ClipTracks(
        "b", np.arange(400) / 200, Weights(mixed(), tuple(SPANS), Modulation(PROFILES))
    )


def test_csv_has_units_first_then_controls_then_shapes_and_comes_back_signed(
    tmp_path: Path,
) -> None:
    FORMATS["csv"]([rigged()], tmp_path / "o.csv", layer="modulated")
    header = (tmp_path / "o.csv").read_text().splitlines()[0].split(",")
    assert header == [
        "frame", "pts_s", "AU4", "AU12", "AU12_L", "mouth_left_y", "nose_y",
        "shape:frame", "shape:smirk_L",
    ]  # fmt: skip
    table = read_aus_csv(tmp_path / "o.csv")
    assert set(table.names) == set(mixed())
    truth = rigged().values(table.times)
    for name in table.names:
        assert np.allclose(table.column(name), truth[name], atol=1e-6)
    assert table.column("nose_y").min() < -0.85
    assert table.signals().names == ("AU4", "AU12_L")


def test_several_clips_share_columns_of_all_their_tracks(tmp_path: Path) -> None:
    one, other = clip(curves={"smirk": spline(1)}), rigged()
    FORMATS["csv"]([one, other], tmp_path / "o.csv", layer="edited", fps=10)
    header = (tmp_path / "o.csv").read_text().splitlines()[0]
    assert header == (
        "clip,frame,pts_s,AU12_L,AU4,mouth_left_y,nose_y,shape:frame,shape:smirk,shape:smirk_L"
    )


def test_json_says_the_range_of_a_track_and_no_gain_changes_a_control(tmp_path: Path) -> None:
    FORMATS["json"]([rigged()], tmp_path / "o.json", layer="modulated")
    tracks = json.loads((tmp_path / "o.json").read_text())["clips"][0]["tracks"]
    ranges = {track["name"]: track["range"] for track in tracks}
    assert ranges["nose_y"] == [-1, 1]
    assert ranges["AU4"] == ranges["smirk_L"] == [0, 1]
    control = next(track for track in tracks if track["name"] == "nose_y")
    assert control["error"] == 0.0
    assert [key["v"] for key in control["keys"]] == [0.0, -0.9, 0.4, 0.0]
    (sampled,) = json.loads(_json(tmp_path, fps=20))["clips"]
    truth = rigged().values(np.arange(40) / 20)
    assert np.allclose(sampled["samples"]["nose_y"], truth["nose_y"])
    assert min(sampled["samples"]["nose_y"]) < -0.5


def _json(folder: Path, fps: float) -> str:
    FORMATS["json"]([rigged()], folder / "s.json", layer="modulated", fps=fps)
    return (folder / "s.json").read_text()
