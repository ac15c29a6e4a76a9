"""The surface the video is painted on: fits, zooms, pans, and lets others paint over the picture. For the player."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QTransform, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from coachvision.video.frame_server_slots import Picture

_CLOSEST = 16.0
_NOTCH = 1.25
_BACKGROUND = QColor(12, 13, 15)

Over = Callable[[QPainter, QTransform, int], None]


class Layer(Protocol):
    """Something that lies over the video: paints, and may use the mouse before the canvas does.

    Each handler is given the place in the video's upright pixels and returns True where it used the event.
    """

    def paint(self, painter: QPainter, to_widget: QTransform, index: int) -> None:
        """Paint over that frame; `to_widget` maps upright pixels of the video to the widget."""
        ...

    def press(self, event: QMouseEvent, at: QPointF) -> bool:
        """A button went down. Who uses it is alone told of the moves until the release."""
        ...

    def move(self, event: QMouseEvent, at: QPointF) -> bool:
        """The mouse moved; with no button down, too."""
        ...

    def release(self, event: QMouseEvent, at: QPointF) -> bool:
        """A button went up."""
        ...

    def double_click(self, event: QMouseEvent, at: QPointF) -> bool:
        """The second press of a double click."""
        ...


class VideoCanvas(QWidget):
    """Pictures of one video. `over` paints on top, given the map from upright pixels of the video to the widget.

    clicked: where the video was clicked, in its upright pixels. view_changed: size, in the screen's own pixels, at
    which the whole picture now stands.
    """

    clicked = Signal(QPointF)
    view_changed = Signal(QSize)
    painted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 135)
        self.setMouseTracking(True)
        self.over: Over | None = None
        self.layers: list[Layer] = []
        self._held: Layer | None = None
        self._size = (0, 0)
        self._picture: Picture | None = None
        self._image: QImage | None = None
        self._zoom = 1.0
        self._centre = QPointF(0.5, 0.5)
        self._dragging: QPointF | None = None

    # -- what is shown

    def open(self, width: int, height: int) -> None:
        """A video of that upright size; nothing is shown of it yet."""
        self._size = (width, height)
        self._picture = self._image = None
        self.fit()

    def show_picture(self, picture: Picture | None) -> None:
        """Paint that picture from now on."""
        self._picture = picture
        self._image = None
        if picture is not None:
            height, width = picture.pixels.shape[:2]
            # The image borrows the array's memory: `_picture` keeps it alive for as long.
            self._image = QImage(picture.pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32)
        self.update()

    @property
    def picture(self) -> Picture | None:
        """What is painted."""
        return self._picture

    @property
    def image(self) -> QImage | None:
        """The picture as Qt draws it: at most as large as the video; it lives as long as `picture`."""
        return self._image

    @property
    def video_size(self) -> tuple[int, int]:
        """Width and height of the upright video."""
        return self._size

    def add_layer(self, layer: Layer) -> None:
        """Lay something over all there is: painted last, asked first."""
        self.layers.append(layer)
        self.update()

    # -- where it stands

    @property
    def zoom(self) -> float:
        """How much larger than fitting the window."""
        return self._zoom

    def fit(self) -> None:
        """The whole picture, as large as the window allows."""
        self._zoom, self._centre = 1.0, QPointF(0.5, 0.5)
        self._moved()

    def zoom_at(self, factor: float, at: QPointF) -> None:
        """Closer or further by that factor; the point of the video under `at` (of the widget) stays there."""
        before = self._unit(at)
        self._zoom = min(max(self._zoom * factor, 1.0), _CLOSEST)
        after = self._unit(at)
        self._centre += before - after
        self._moved()

    def zoom_to(self, area: QRectF) -> None:
        """Show that area of the video, in its upright pixels, as large as the window allows."""
        width, height = self._size
        if not width or area.isEmpty():
            return
        fitted = self._fitted()
        scale = fitted.width() / width
        self._zoom = min(self.width() / (area.width() * scale), self.height() / (area.height() * scale))
        self._zoom = min(max(self._zoom, 1.0), _CLOSEST)
        self._centre = QPointF(area.center().x() / width, area.center().y() / height)
        self._moved()

    def target(self) -> QRectF:
        """Where the whole picture stands, in the widget's coordinates; reaches beyond it when zoomed."""
        fitted = self._fitted()
        width, height = fitted.width() * self._zoom, fitted.height() * self._zoom
        left = self.width() / 2 - self._centre.x() * width
        top = self.height() / 2 - self._centre.y() * height
        return QRectF(left, top, width, height)

    def to_widget(self) -> QTransform:
        """From upright pixels of the video to the widget's coordinates."""
        target = self.target()
        width, height = self._size
        map_ = QTransform.fromTranslate(target.x(), target.y())
        return map_.scale(target.width() / max(1, width), target.height() / max(1, height))

    def _fitted(self) -> QRectF:
        width, height = self._size
        if not width or not height:
            return QRectF(self.rect())
        scale = min(self.width() / width, self.height() / height)
        return QRectF(0, 0, width * scale, height * scale)

    def _unit(self, at: QPointF) -> QPointF:
        target = self.target()
        return QPointF(
            (at.x() - target.x()) / max(1.0, target.width()), (at.y() - target.y()) / max(1.0, target.height())
        )

    def _moved(self) -> None:
        # No further than until the picture's edge meets the window's: never a view of nothing.
        fitted = self._fitted()
        for axis, (whole, window) in enumerate(
            ((fitted.width(), self.width()), (fitted.height(), self.height())),
        ):
            half = min(0.5, window / 2 / max(1.0, whole * self._zoom))
            at = self._centre.x() if axis == 0 else self._centre.y()
            at = min(max(at, half), 1 - half)
            if axis == 0:
                self._centre.setX(at)
            else:
                self._centre.setY(at)
        self.view_changed.emit(self.view_size())
        self.update()

    def view_size(self) -> QSize:
        """The size of the whole picture as it stands, in the screen's own pixels."""
        fitted, ratio = self._fitted(), self.devicePixelRatioF()
        return QSize(round(fitted.width() * self._zoom * ratio), round(fitted.height() * self._zoom * ratio))

    # -- events

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), _BACKGROUND)
        if self._image is None or self._picture is None:
            return
        target = self.target()
        ratio = self.devicePixelRatioF()
        as_is = (
            abs(target.width() * ratio - self._image.width()) < 1
            and abs(target.height() * ratio - self._image.height()) < 1
        )
        if as_is:
            # Pixel for pixel, on whole pixels: sharp, and ten times faster than resampling.
            painter.drawImage(
                QRectF(round(target.x()), round(target.y()), target.width(), target.height()), self._image
            )
        else:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(target, self._image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.over is not None:
            self.over(painter, self.to_widget(), self._picture.index)
        for layer in self.layers:
            painter.save()
            layer.paint(painter, self.to_widget(), self._picture.index)
            painter.restore()
        painter.end()
        self.painted.emit(self._picture)

    def resizeEvent(self, _event: QResizeEvent) -> None:
        self._moved()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
            return
        self.zoom_at(_NOTCH ** (event.angleDelta().y() / 120), event.position())
        event.accept()

    def _place(self, event: QMouseEvent) -> QPointF:
        return self.to_widget().inverted()[0].map(event.position())

    def _offered(self, event: QMouseEvent, handler: Callable[[Layer, QMouseEvent, QPointF], bool]) -> Layer | None:
        """The topmost layer that used the event."""
        if self._image is None:
            return None
        at = self._place(event)
        return next((layer for layer in reversed(self.layers) if handler(layer, event, at)), None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._held = self._offered(event, lambda layer, ev, at: layer.press(ev, at))
        if self._held is not None:
            event.accept()
        elif event.button() == Qt.MouseButton.MiddleButton:
            self._dragging = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif event.button() == Qt.MouseButton.LeftButton and self._image is not None:
            self.clicked.emit(self._place(event))
        else:
            event.ignore()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._offered(event, lambda layer, ev, at: layer.double_click(ev, at)) is not None:
            event.accept()
        else:
            self.mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held is not None:
            self._held.move(event, self._place(event))
            return
        if self._dragging is None:
            if self._offered(event, lambda layer, ev, at: layer.move(ev, at)) is None:
                event.ignore()
            return
        target = self.target()
        moved = event.position() - self._dragging
        self._dragging = event.position()
        self._centre -= QPointF(moved.x() / max(1.0, target.width()), moved.y() / max(1.0, target.height()))
        self._moved()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        held, self._held = self._held, None
        if held is not None:
            held.release(event, self._place(event))
            event.accept()
        elif event.button() == Qt.MouseButton.MiddleButton:
            self._dragging = None
            self.unsetCursor()
        else:
            event.ignore()
