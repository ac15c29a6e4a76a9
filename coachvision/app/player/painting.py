"""The picture on its surface: pixel for pixel where it can be, and nothing painted twice. For the canvas."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QRegion, QTransform

BACKGROUND = QColor(12, 13, 15)


def paint_picture(painter: QPainter, image: QImage, place: QRectF, room: QRect, way: QTransform | None) -> None:
    """The picture at that place, and the background in the rest of the room.

    way: from the picture's pixels to the place where it is seen turned or mirrored, else None.
    """
    sharp = _pixel_for_pixel(image, place, painter.device().devicePixelRatio()) if way is None else None
    _paint_around(painter, room, sharp or place)
    if sharp is not None:
        painter.drawImage(sharp, image)
        return
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    if way is None:
        painter.drawImage(place, image)
        return
    painter.save()
    painter.setTransform(way, combine=True)
    painter.drawImage(0, 0, image)
    painter.restore()


def _pixel_for_pixel(image: QImage, place: QRectF, ratio: float) -> QRectF | None:
    """On whole pixels of the screen, where the picture has about as many: sharp, and ten times faster than resampling.

    At its own size: half a pixel more, and the painter copies pixel after pixel instead of row after row.
    """
    if abs(place.width() * ratio - image.width()) >= 1 or abs(place.height() * ratio - image.height()) >= 1:
        return None
    left, top = round(place.x() * ratio), round(place.y() * ratio)
    return QRectF(left / ratio, top / ratio, image.width() / ratio, image.height() / ratio)


def _paint_around(painter: QPainter, room: QRect, place: QRectF) -> None:
    # Up to within the picture's edge: where that lies between two pixels it is painted half.
    covered = place.toAlignedRect().adjusted(1, 1, -1, -1)
    # It can be gone through, whatever PySide's stubs say.
    for part in cast("Iterable[QRect]", QRegion(room) - QRegion(covered)):
        painter.fillRect(part, BACKGROUND)
