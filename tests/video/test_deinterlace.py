"""Two fields of different moments make no comb; a still picture loses nothing."""

from __future__ import annotations

import numpy as np

from coachvision.video.deinterlace import deinterlaced


def _disc(centre: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    y, x = np.mgrid[0:97, 0:160]
    return np.where((x - centre) ** 2 + (y - 48) ** 2 < 900, 220, 40).astype(np.uint8)


def test_a_moving_edge_is_taken_from_the_first_field() -> None:
    first, second = _disc(60), _disc(84)
    woven = first.copy()
    woven[1::2] = second[1::2]
    mended = deinterlaced(woven)
    wrong = np.abs(mended.astype(int) - first) > 60
    # Half the lines are interpolated: only along the disc's rim may they differ.
    assert wrong.mean() < 0.02
    assert (np.abs(woven.astype(int) - first) > 60).mean() > 0.05


def test_a_still_picture_stays_as_it_is() -> None:
    still = _disc(70)
    # Only the disc's top and bottom line, thinner than two lines of a field, may count as a comb.
    assert (deinterlaced(still) != still).mean() < 0.002
