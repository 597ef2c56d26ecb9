"""Lucas-Kanade on one small patch per landmark, from an averaged neutral template.

Inverse compositional form (Baker and Matthews 2004): gradients and Hessians come from the
template once. Each patch's brightness, its slope and contrast are projected out of the
steepest-descent images (Bartoli 2008), so a change of light does not read as motion. So are
stretch, shear and turn of the skin within the patch: a micro-expression's motion fades within a
patch's width, and without them the point reports its surroundings' motion instead of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.core.vision import cv2

Array = NDArray[np.float64]
Image = NDArray[np.float32]

#: Samples along one side of a patch.
SIDE = 17
#: Distance of samples as a fraction of the IOD: patches 0.2 to 0.3 IOD wide.
SPACINGS = (0.0125, 0.016, 0.019)
#: A patch grows until its noise is expected to stay under this, px of the working picture.
_WANTED_NOISE = 0.03
_MAX_STEP = 2.0


def smooth(image: NDArray[np.generic]) -> Image:
    """Float picture, blurred just enough for bilinear samples to be unbiased."""
    return np.asarray(cv2.GaussianBlur(image.astype(np.float32), (0, 0), 0.9), np.float32)


def _grid() -> Array:
    r = (SIDE - 1) / 2
    y, x = np.mgrid[-r : r + 1, -r : r + 1]
    return np.stack([x.ravel(), y.ravel()], -1)  # (S, 2)


_GRID = _grid()
_WINDOW = np.exp(-0.5 * (_GRID**2).sum(-1) / (SIDE / 3.4) ** 2)


def _sample(image: Image, centres: Array, spacing: Array, linear: Array) -> Image:
    """(K, S) grey values on the patches' grids."""
    offsets = (_GRID @ linear.T).astype(np.float32)
    spread = spacing.astype(np.float32)[:, None]
    start = centres.astype(np.float32)
    x = start[:, :1] + spread * offsets[:, 0]
    y = start[:, 1:] + spread * offsets[:, 1]
    # Bilinear: this interpolation is exact in float32, cubic rounds positions to 1/32 px.
    found = cv2.remap(image, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(found, np.float32)


@dataclass(frozen=True)
class PatchTemplate:
    """What is looked for around every landmark.

    Parameters
    ----------
    points : (K, 2) float64
        Landmarks in the neutral picture, working px.
    spacing : (K,) float64
        Distance of the patch's samples, px.
    values : (K, S) float32
        Grey values.
    solve : (K, 2, S) float32
        Takes a difference of grey values to a displacement in px.
    noise : (K, 2, 2) float64
        Covariance of that displacement for one grey level of white noise, px².
    match : (K,) float64
        Correlation of single neutral frames with the template.
    """

    points: Array
    spacing: Array
    values: Image
    solve: Image
    noise: Array
    match: Array


def build_template(images: list[Image], points: list[Array], iod: float) -> PatchTemplate:
    """Template from the neutral frames, each sampled at its own landmark positions.

    Parameters
    ----------
    images : list of (H, W) float32
        Smoothed pictures (`smooth`).
    points : list of (K, 2) float64
        Landmarks in each, px.
    iod : float
        Inter-ocular distance, px.
    """
    spacing = np.full(len(points[0]), SPACINGS[0] * iod)
    values = gradients = None
    chosen = np.zeros(len(spacing), bool)
    for factor in SPACINGS:
        trial = np.where(chosen, spacing, factor * iod)
        values = _mean_patches(images, points, trial)
        gradients = _mean_gradients(images, points, trial)
        solve, noise = _solver(values, gradients)
        worst = np.sqrt(np.linalg.eigvalsh(noise)[:, -1])
        spacing = trial
        chosen |= worst < _WANTED_NOISE
    assert values is not None
    mean_points = np.mean(points, axis=0)
    singles = [_sample(i, p, spacing, np.eye(2)) for i, p in zip(images, points, strict=True)]
    match = np.mean([_correlation(single, values) for single in singles], axis=0)
    return PatchTemplate(mean_points, spacing, values, solve, noise, match)


def _mean_patches(images: list[Image], points: list[Array], spacing: Array) -> Image:
    patches = [_sample(i, p, spacing, np.eye(2)) for i, p in zip(images, points, strict=True)]
    return np.mean(patches, axis=0, dtype=np.float32)


def _mean_gradients(images: list[Image], points: list[Array], spacing: Array) -> Array:
    """(K, S, 2) central differences over one pixel, averaged like the values."""
    half = 0.5
    columns = []
    for axis in (0, 1):
        shift = np.eye(2)[axis] * half
        ahead = _mean_patches(images, [p + shift for p in points], spacing)
        behind = _mean_patches(images, [p - shift for p in points], spacing)
        columns.append((ahead - behind) / (2 * half))
    return np.stack(columns, -1).astype(np.float64)


def _solver(values: Image, gradients: Array) -> tuple[Image, Array]:
    root = np.sqrt(_WINDOW)[None, :, None]
    one = np.ones_like(values)
    slope = [one * (_GRID[:, axis] / SIDE).astype(np.float32) for axis in (0, 1)]
    bend = [gradients[..., a] * (_GRID[:, b] / SIDE) for a in (0, 1) for b in (0, 1)]
    flat = np.stack([one, values, *slope, *bend], -1).astype(np.float64) * root
    basis = np.linalg.qr(flat)[0]
    steep = gradients * root
    steep = steep - basis @ (basis.transpose(0, 2, 1) @ steep)
    hessian = steep.transpose(0, 2, 1) @ steep  # (K, 2, 2)
    hessian += np.eye(2) * (1e-3 * np.trace(hessian, axis1=1, axis2=2)[:, None, None] + 1e-3)
    inverse = np.linalg.inv(hessian)
    solve = inverse @ (steep * root).transpose(0, 2, 1)
    return solve.astype(np.float32), solve @ solve.transpose(0, 2, 1)


def _correlation(patches: Image, values: Image) -> Array:
    window = (_WINDOW / _WINDOW.sum()).astype(np.float32)
    centred = values - (values @ window)[:, None]
    wanted = centred * window
    mean = patches @ window
    spread = np.maximum(np.square(patches) @ window - mean**2, 0.0)
    scale = np.sqrt(spread * np.einsum("ks,ks->k", wanted, centred))
    product = np.einsum("ks,ks->k", patches, wanted)
    return np.asarray(product / np.maximum(scale, 1e-6), np.float64)


def follow(
    template: PatchTemplate, image: Image, guess: Array, linear: Array, rounds: int = 6
) -> tuple[Array, Array]:
    """Find the template's patches in a picture.

    Parameters
    ----------
    template : PatchTemplate
    image : (H, W) float32
        Smoothed picture.
    guess : (K, 2) float64
        Where to start, px.
    linear : (2, 2) float64
        Turn and scale of the head against the neutral; the patches are turned with it.
    rounds : int
        Most Gauss-Newton steps.

    Returns
    -------
    points : (K, 2) float64, px
    match : (K,) float64
        Correlation with the template, brightness and contrast aside.
    """
    points = np.array(guess, np.float64)
    patches = template.values
    for _ in range(rounds):
        patches = _sample(image, points, template.spacing, linear)
        step = np.matmul(template.solve, (patches - template.values)[..., None])[..., 0]
        length = np.linalg.norm(step, axis=1)
        step = step * (_MAX_STEP / np.maximum(length, _MAX_STEP))[:, None]
        points -= step @ linear.T
        if np.partition(length, -6)[-6] < 0.015:  # a few stragglers may hunt; they get marked
            break
    return points, _correlation(patches, template.values)
