"""Where a video stands in a room: as large as fits, turned and mirrored as it is looked at. For whoever paints one."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QTransform


def fitted(size: tuple[int, int], room: QRectF, turned: int) -> QRectF:
    """The largest place in the middle of a room for a picture of that upright size, turned by quarters."""
    width, height = reversed(size) if turned % 180 else size
    if not width or not height:
        return QRectF(room)
    scale = min(room.width() / width, room.height() / height)
    place = QRectF(0, 0, width * scale, height * scale)
    place.moveCenter(room.center())
    return place


def on_pixels(place: QRectF, ratio: float) -> QRectF:
    """The place on whole pixels of a screen with that many to one of Qt's, an even number of them each way.

    So a picture can be painted pixel for pixel, and stands where it stood when it comes at another size.
    """
    width, height = (max(2, int(side * ratio + 0.01) // 2 * 2) for side in (place.width(), place.height()))
    left, top = round(place.center().x() * ratio - width / 2), round(place.center().y() * ratio - height / 2)
    return QRectF(left / ratio, top / ratio, width / ratio, height / ratio)


def standing(size: tuple[int, int], place: QRectF, turned: int, *, mirrored: bool) -> QTransform:
    """From pixels of the upright picture of that size to the place at which it is seen turned and mirrored."""
    width, height = max(1, size[0]), max(1, size[1])
    across, down = (height, width) if turned % 180 else (width, height)
    centre = place.center()
    map_ = QTransform.fromTranslate(centre.x(), centre.y())
    map_.scale(place.width() / across * (-1 if mirrored else 1), place.height() / down)
    map_.rotate(turned)
    return map_.translate(-width / 2, -height / 2)
