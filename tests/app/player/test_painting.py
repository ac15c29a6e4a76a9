"""The picture on its surface: its own pixels where it has as many, the background everywhere else."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QTransform

from coachvision.app.player.painting import BACKGROUND, paint_picture
from coachvision.app.player.standing import fitted, standing

_STALE = QColor("magenta")


def _painted(image: QImage, room: QRect, place: QRectF, way: QTransform | None = None) -> np.ndarray:
    """(h, w, 3) uint8 of a surface on which something else was painted before."""
    surface = QImage(room.size(), QImage.Format.Format_RGB32)
    surface.fill(_STALE)
    painter = QPainter(surface)
    paint_picture(painter, image, place, room, way)
    painter.end()
    return np.asarray(surface.constBits()).reshape(room.height(), room.width(), 4)[:, :, 2::-1].copy()


def _noise(width: int, height: int) -> tuple[np.ndarray, QImage]:
    pixels = np.random.default_rng(width).integers(0, 256, (height, width, 4), dtype=np.uint8)
    return pixels[:, :, 2::-1], QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32).copy()


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("room", [(320, 180), (317, 180), (320, 175), (331, 180), (320, 260), (301, 201)])
def test_a_picture_of_the_windows_size_is_painted_pixel_for_pixel(room: tuple[int, int]) -> None:
    place = fitted((1920, 1080), QRectF(0, 0, *room), 0)
    pixels, image = _noise(round(place.width()), round(place.height()))
    seen = _painted(image, QRect(0, 0, *room), place)
    left, top = round(place.x()), round(place.y())
    inside = np.zeros(seen.shape[:2], bool)
    inside[top : top + image.height(), left : left + image.width()] = True
    assert (seen[inside].reshape(-1) == pixels[: inside[:, left].sum(), : inside[top].sum()].reshape(-1)).all()
    assert (seen[~inside] == (BACKGROUND.red(), BACKGROUND.green(), BACKGROUND.blue())).all()


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("turned", [0, 90, 180, 270])
@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("room", [(320, 180), (317, 179), (317, 180), (231, 301), (232, 300)])
def test_nothing_of_what_was_there_shows_through(turned: int, mirrored: bool, room: tuple[int, int]) -> None:
    place = fitted((160, 90), QRectF(0, 0, *room), turned)
    image = QImage(160, 90, QImage.Format.Format_RGB32)
    image.fill(QColor("green"))
    way = standing((160, 90), place, turned, mirrored=mirrored) if turned or mirrored else None
    seen = _painted(image, QRect(0, 0, *room), place, way)
    # At the picture's edge, between two pixels, the two are mixed, and nothing else.
    assert seen[:, :, 0].max() <= BACKGROUND.red()
    assert seen[:, :, 2].max() <= BACKGROUND.blue()
    assert seen[room[1] // 2, room[0] // 2].tolist() == [0, QColor("green").green(), 0]
