"""Finding faces and their 68 points in one picture with dlib. Finds; does not measure."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.core.errors import FaceError
from pipeline.core.progress import Job
from pipeline.core.vision import cv2
from pipeline.face.dlib_client import DlibClient

MODEL_NAME = "shape_predictor_68_face_landmarks.dat"
DEBIAN_MODEL = Path("/usr/share/dlib") / MODEL_NAME
REMEDY = (
    "Install it with 'pip install face-recognition-models==0.3.0', with "
    "'sudo apt install libdlib-data', or name the file in the settings"
)
#: Smaller files than this cannot hold the 68-point model (the real one has 100 MB).
_SMALLEST_MODEL = 1_000_000
_LONGEST_SIDE = 1280
_model_setting: list[Path] = []
_dlib = DlibClient()


@dataclass(frozen=True, slots=True)
class Box:
    """A found face: corners in px and the detector's score."""

    x0: float
    y0: float
    x1: float
    y1: float
    score: float = 0.0

    @property
    def area(self) -> float:
        return max(0.0, self.x1 - self.x0) * max(0.0, self.y1 - self.y0)

    @property
    def centre(self) -> tuple[float, float]:
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2

    def shifted(self, dx: float, dy: float) -> Box:
        """The box moved by whole or part px."""
        return Box(self.x0 + dx, self.y0 + dy, self.x1 + dx, self.y1 + dy, self.score)

    def distance(self, point: tuple[float, float]) -> float:
        """Distance of a point from the box's centre, in box widths."""
        x, y = self.centre
        return float(np.hypot(point[0] - x, point[1] - y) / max(self.x1 - self.x0, 1.0))


def landmark_model_path(setting: str | Path | None = None) -> Path:
    """Find dlib's 68-point model: the settings' path, the pip package's folder, Debian's.

    Raises
    ------
    FaceError
        If the named file does not exist, or none is installed; the remedy is one line.
    """
    if setting is None and _model_setting:
        setting = _model_setting[-1]
    if setting is not None and str(setting):
        path = Path(setting).expanduser()
        if not path.is_file():
            raise FaceError(
                "The landmark model is not there", where=path, remedy=REMEDY, code="face.model"
            )
        return path
    for candidate in (_package_model(), DEBIAN_MODEL):
        if candidate is not None and candidate.is_file():
            return candidate
    raise FaceError("The 68-point landmark model is missing", remedy=REMEDY, code="face.model")


def use_landmark_model(path: str | Path | None) -> None:
    """Take the landmark model from `path` from now on; None returns to the installed one."""
    _model_setting[:] = [Path(path)] if path else []


def _package_model() -> Path | None:
    # find_spec of a top-level package does not import it; its import needs pkg_resources.
    spec = importlib.util.find_spec("face_recognition_models")
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations))) / "models" / MODEL_NAME


def prepare_detection() -> Job[None]:
    """Start dlib ahead of its first use; a second or two, in a process of its own."""
    yield from _dlib.start(_model_if_any())


def close_detection() -> None:
    """End the dlib process; it starts again when needed."""
    _dlib.close()


def _model_if_any() -> str:
    # Detection works without the landmark model; its absence is told when points are asked for.
    try:
        return str(landmark_model_path())
    except FaceError:
        return ""


def find_faces(image: NDArray[np.uint8], *, quick: bool = False) -> list[Box]:
    """Faces in a picture, largest first.

    Parameters
    ----------
    image : (H, W) or (H, W, 3) uint8
        Grey or RGB.
    quick : bool
        Look at half size first (a fifth of the cost) and at full size only if that finds
        nothing; faces under about 160 px may then go uncounted beside a larger one.
    """
    gray = np.asarray(
        image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.uint8
    )
    longest = max(gray.shape)
    full = min(1.0, _LONGEST_SIDE / longest)
    scales = [full]
    if quick and longest * full >= 480:
        scales.insert(0, full / 2)
    if longest <= 400:
        scales.append(2.0)
    for scale in scales:
        boxes = _detect_at(gray, scale)
        if boxes:
            return sorted(boxes, key=lambda box: -box.area)
    return []


def _detect_at(gray: NDArray[np.uint8], scale: float) -> list[Box]:
    if min(gray.shape) * scale < 24:
        return []
    if scale != 1.0:
        method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        gray = np.asarray(
            cv2.resize(gray, None, fx=scale, fy=scale, interpolation=method), np.uint8
        )
    rows = np.array(_dlib.faces(gray, _model_if_any()), np.float64).reshape(-1, 5)
    rows[:, :4] = (rows[:, :4] + 0.5) / scale - 0.5
    return [Box(*map(float, row)) for row in rows]


def predict_points(gray: NDArray[np.uint8], box: Box) -> NDArray[np.float64]:
    """The model's 68 points for a box, (68, 2) px; whole numbers, as dlib gives them."""
    return _predict(gray, [box])[0]


def _predict(gray: NDArray[np.uint8], boxes: list[Box]) -> NDArray[np.float64]:
    model = landmark_model_path()
    if model.stat().st_size < _SMALLEST_MODEL:
        raise _unreadable(model)
    whole = [[round(edge) for edge in (b.x0, b.y0, b.x1, b.y1)] for b in boxes]
    try:
        return _dlib.points(gray, whole, str(model))
    except FaceError as error:
        if error.code == "face.model":
            raise _unreadable(model) from error
        raise


def _unreadable(model: Path) -> FaceError:
    what = "The landmark model cannot be read"
    return FaceError(what, where=model, remedy=REMEDY, code="face.model")


#: Shifts (in box widths) and scales of the boxes whose predictions are averaged.
_JITTER = (
    (0.0, 0.0, 1.0), (0.03, 0.01, 1.0), (-0.03, -0.01, 1.0), (0.01, -0.03, 1.0),
    (-0.01, 0.03, 1.0), (0.0, 0.0, 0.95), (0.0, 0.0, 1.05), (0.02, 0.02, 1.03),
    (-0.02, -0.02, 0.97),
)  # fmt: skip


def anchor_points(gray: NDArray[np.uint8], box: Box, jitters: int = 9) -> NDArray[np.float64]:
    """The 68 points as the mean over slightly moved boxes: steadier than one prediction.

    Returns
    -------
    (68, 2) float64, px
    """
    size = box.x1 - box.x0
    (cx, cy), half = box.centre, size / 2
    boxes = []
    for dx, dy, scale in _JITTER[: max(1, jitters)]:
        x, y, r = cx + dx * size, cy + dy * size, half * scale
        boxes.append(Box(x - r, y - r, x + r, y + r))
    return _predict(gray, boxes).mean(axis=0)


def box_of_points(points: NDArray[np.floating]) -> Box:
    """The box that dlib's detector would give a face with these 68 points, roughly.

    The detector's square reaches from the brows to the chin; used where it finds nothing.
    """
    x, y = points[17:, 0], points[17:, 1]
    half = 0.62 * max(float(np.ptp(x)), float(np.ptp(y)))
    cx = float(points[[36, 45, 48, 54], 0].mean())
    cy = float(y.min() + half * 0.95)
    return Box(cx - half, cy - half, cx + half, cy + half)
