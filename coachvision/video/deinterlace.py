"""Combing out of interlaced frames: where two fields show different moments, the second is made from the first.

Still parts keep their full height. Within one frame, so that every frame stays independent of its neighbours.
Used by `convert`.
"""

from __future__ import annotations

import cv2
import numpy as np

from coachvision.core.frames import Image

# Neighbouring lines of one field must both differ by this much, in the same direction, from the line between them.
_COMB = 10


def deinterlaced(plane: Image) -> Image:
    """(h, w) uint8. Lines 1, 3, 5, ... are replaced by the mean of their neighbours where they comb."""
    height = plane.shape[0] // 2 * 2
    above = plane[0:height:2].astype(np.int16)
    between = plane[1:height:2].astype(np.int16)
    below = np.empty_like(above)
    below[:-1] = above[1:]
    below[-1] = plane[height] if plane.shape[0] > height else above[-1]
    up, down = between - above, between - below
    combed = ((up > _COMB) & (down > _COMB)) | ((up < -_COMB) & (down < -_COMB))
    # A single such pixel is detail; a moving edge combs over several neighbours.
    share = cv2.blur(combed.astype(np.float32), (9, 3))
    moving = share > 0.3
    out = plane.copy()
    out[1:height:2] = np.where(moving, (above + below) // 2, between)
    return out
