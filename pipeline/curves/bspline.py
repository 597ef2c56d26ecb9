"""The clamped cubic B-spline as another view of C2 piecewise cubic keys.

The knots are the key times, the first and last with multiplicity four, so ``n`` keys have
``n + 2`` control values. Both directions are closed forms in the neighbouring knots: keys
from control values by de Boor's algorithm at the knots, control values from keys by the
blossom of one cubic piece (Ramshaw 1989). Neither solves a system, so a drag is cheap.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

#: Largest jump, in units of the values, that still counts as continuous.
C2_TOLERANCE = 1e-9


def padded_knots(t: Array) -> Array:
    """Knot vector with fourfold ends, (n + 6,) s."""
    return np.concatenate([np.full(3, t[0]), t, np.full(3, t[-1])])


def greville(t: Array) -> Array:
    """Times of the control points, (n + 2,) s: the mean of each one's three inner knots."""
    u = padded_knots(t)
    return (u[1:-3] + u[2:-2] + u[3:-1]) / 3.0


def keys_from_control(t: Array, control: Array) -> tuple[Array, Array]:
    """Values and slopes at the knots of the spline with these control values.

    Parameters
    ----------
    t : (n,) float64, s
        Strictly increasing knots, n >= 2.
    control : (n + 2,) float64
        Control values.

    Returns
    -------
    v, m : (n,) float64
        Value, and slope in 1/s, at each knot.
    """
    n = len(t)
    u = padded_knots(t)
    i = np.arange(n)
    a = (t - u[i + 1]) / (u[i + 4] - u[i + 1])
    b = (t - u[i + 2]) / (u[i + 5] - u[i + 2])
    low = control[:-2] + a * (control[1:-1] - control[:-2])
    high = control[1:-1] + b * (control[2:] - control[1:-1])
    width = u[i + 4] - u[i + 2]
    return low + (t - u[i + 2]) / width * (high - low), 3.0 * (high - low) / width


def control_from_keys(t: Array, v: Array, m: Array) -> Array:
    """Control values of the C2 spline with these values and slopes at the knots, (n + 2,).

    Control value j is the blossom of a piece beside knot j - 1 at that knot and its two
    neighbours; the longer of the two pieces is taken, which loses the fewest digits.
    """
    h = np.diff(t)
    control = np.empty(len(t) + 2)
    control[0], control[-1] = v[0], v[-1]
    control[1] = v[0] + m[0] * h[0] / 3.0
    control[-2] = v[-1] - m[-1] * h[-1] / 3.0
    if len(t) > 2:
        left, right = h[:-1], h[1:]
        bend = np.where(right >= left, _bend_after(h, v, m)[1:], _bend_before(h, v, m)[:-1])
        control[2:-2] = v[1:-1] + m[1:-1] * (right - left) / 3.0 - bend * left * right / 3.0
    return control


def _bend_after(h: Array, v: Array, m: Array) -> Array:
    """Half the second derivative at the start of each piece."""
    return (3.0 * np.diff(v) / h - 2.0 * m[:-1] - m[1:]) / h


def _bend_before(h: Array, v: Array, m: Array) -> Array:
    """Half the second derivative at the end of each piece."""
    return (m[:-1] + 2.0 * m[1:] - 3.0 * np.diff(v) / h) / h


def is_c2(t: Array, v: Array, m_in: Array, m_out: Array) -> bool:
    """Whether slopes and second derivatives agree at every inner key.

    Jumps are weighed by the neighbouring pieces' lengths, which makes them the difference
    between a control value taken from the left and from the right.
    """
    if len(t) < 2:
        return False
    if len(t) == 2:
        return True
    h = np.diff(t)
    scale = C2_TOLERANCE * max(1.0, float(np.max(np.abs(v))))
    kink = np.abs(m_in - m_out)[1:-1] * np.maximum(h[:-1], h[1:])
    if np.max(kink) > scale:
        return False
    slopes = 3.0 * np.diff(v) / h
    after = (slopes - 2.0 * m_out[:-1] - m_in[1:]) / h
    before = (m_out[:-1] + 2.0 * m_in[1:] - slopes) / h
    return bool(np.max(np.abs(after[1:] - before[:-1]) * h[:-1] * h[1:]) / 3.0 <= scale)


def best_approximation(t: Array, control: Array, knots: Array) -> Array:
    """Control values on fewer knots whose spline is nearest the given one.

    Least squares over the whole span (the integral of the squared difference, exact by
    Gauss quadrature), the two end values kept, so that what is held outside stays.

    Parameters
    ----------
    t : (n,) float64, s
        Knots of the given spline.
    control : (n + 2,) float64
        Its control values.
    knots : (k,) float64, s
        A subset of `t` with the same ends.

    Returns
    -------
    (k + 2,) float64
    """
    from scipy.interpolate import BSpline
    from scipy.linalg import solveh_banded
    from scipy.sparse import csr_array, diags_array

    nodes, weights = np.polynomial.legendre.leggauss(4)  # exact to degree 7; a product has 6
    h = np.diff(t)
    x = (t[:-1, None] + h[:, None] * (nodes + 1.0) / 2.0).ravel()
    w = (h[:, None] * weights / 2.0).ravel()
    target = BSpline(padded_knots(t), control, 3)(x)
    basis = BSpline.design_matrix(x, padded_knots(knots), 3)
    target = target - basis[:, [0, -1]] @ control[[0, -1]]
    inner = csr_array(basis[:, 1:-1])
    normal = inner.T @ (diags_array(w) @ inner)
    count = len(knots)
    banded = np.zeros((4, count))
    for k in range(min(4, count)):
        banded[k, : count - k] = normal.diagonal(-k)
    solved = solveh_banded(banded, inner.T @ (w * target), lower=True)
    return np.concatenate([control[:1], solved, control[-1:]])
