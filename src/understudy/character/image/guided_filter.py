"""The guided image filter with a colour guide.

He, Sun and Tang, "Guided Image Filtering", IEEE TPAMI 35(6), 2013, section 3.5.
"""

from __future__ import annotations

import cv2
import numpy as np
from numba import njit

from understudy.geometry.landmarks import Float32

# In eps^3: a covariance's determinant is eps^3 or more but for rounding.
_LEAST_DETERMINANT = 0.1


def guided_filter(guide: Float32, source: Float32, *, radius: int, eps: float) -> Float32:
    """Fit `source` to the edges of `guide` with one affine model of the colours per window.

    guide: (h, w, 3) float32 in 0..1; source: (h, w) float32. radius: half the window's side in
    pixels; eps: regularisation, on the scale of squared colours. Returns (h, w) float32, not
    clipped.
    """
    window = (2 * radius + 1, 2 * radius + 1)

    def mean(values: Float32) -> Float32:
        return np.asarray(
            cv2.blur(values, window, borderType=cv2.BORDER_REFLECT_101), dtype=np.float32
        )

    r, g, b = (np.ascontiguousarray(guide[..., c]) for c in range(3))
    first = mean(np.ascontiguousarray(np.dstack([r, g, b, source])))
    squares = mean(np.ascontiguousarray(np.dstack([r * r, r * g, r * b])))
    others = mean(np.ascontiguousarray(np.dstack([g * g, g * b, b * b])))
    shared = mean(np.ascontiguousarray(np.dstack([r * source, g * source, b * source])))
    model = mean(_fit(first, squares, others, shared, eps))
    fitted = model[..., 0] * r + model[..., 1] * g + model[..., 2] * b + model[..., 3]
    return np.asarray(fitted, np.float32)


@njit(cache=True, nogil=True)
def _fit(  # pragma: no cover - compiled
    first: Float32, squares: Float32, others: Float32, shared: Float32, eps: float
) -> Float32:
    """The affine model of each window: (h, w, 4), three factors and the offset.

    In double precision: along an edge between two colours the covariance is nearly singular.
    """
    h, w = first.shape[0], first.shape[1]
    model = np.empty((h, w, 4), np.float32)
    for y in range(h):
        for x in range(w):
            mr, mg = np.float64(first[y, x, 0]), np.float64(first[y, x, 1])
            mb, ms = np.float64(first[y, x, 2]), np.float64(first[y, x, 3])
            rr = max(0.0, squares[y, x, 0] - mr * mr) + eps
            rg = squares[y, x, 1] - mr * mg
            rb = squares[y, x, 2] - mr * mb
            gg = max(0.0, others[y, x, 0] - mg * mg) + eps
            gb = others[y, x, 1] - mg * mb
            bb = max(0.0, others[y, x, 2] - mb * mb) + eps
            sr = shared[y, x, 0] - mr * ms
            sg = shared[y, x, 1] - mg * ms
            sb = shared[y, x, 2] - mb * ms
            i_rr = gg * bb - gb * gb
            i_rg = gb * rb - rg * bb
            i_rb = rg * gb - gg * rb
            scale = 1.0 / max(
                rr * i_rr + rg * i_rg + rb * i_rb, _LEAST_DETERMINANT * eps * eps * eps
            )
            ar = (i_rr * sr + i_rg * sg + i_rb * sb) * scale
            ag = (i_rg * sr + (rr * bb - rb * rb) * sg + (rb * rg - rr * gb) * sb) * scale
            ab = (i_rb * sr + (rb * rg - rr * gb) * sg + (rr * gg - rg * rg) * sb) * scale
            model[y, x, 0], model[y, x, 1], model[y, x, 2] = ar, ag, ab
            model[y, x, 3] = ms - ar * mr - ag * mg - ab * mb
    return model
