"""The surface the video is painted on: fits, zooms, pans, and lets others paint over the picture. For the player."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTouchEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from coachvision.app.player.layer import Layer
from coachvision.app.player.painting import BACKGROUND, paint_picture
from coachvision.app.player.standing import fitted, on_pixels, standing
from coachvision.app.player.touch import Fingers
from coachvision.video.frame_server_slots import Picture

_CLOSEST = 16.0
_NOTCH = 1.25

# A press that moves no further is a click.
_CLICK_PX = 6

Over = Callable[[QPainter, QTransform, int], None]


class VideoCanvas(QWidget):
    """Pictures of one video. `over` paints on top, given the map from upright pixels of the video to the widget.

    clicked: where the video was clicked, in its upright pixels. view_changed: size, in the screen's own pixels, at
    which the whole upright picture now stands. turned, mirrored: how it is looked at; `to_widget` has it in it.
    Ctrl and the wheel or two fingers zoom; the middle button moves the picture, so does the left one or a finger
    where nothing else uses it.
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
        self.turned, self.mirrored = 0, False
        self._dragging: QPointF | None = None
        self._pressed: QPointF | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self._fingers = Fingers(self)

    # -- what is shown

    def open(self, width: int, height: int) -> None:
        """A video of that upright size; nothing is shown of it yet."""
        self._size = (width, height)
        self._picture = self._image = None
        self.turned, self.mirrored = 0, False
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

    def turn(self, degrees: int) -> None:
        """Turn what is seen clockwise, by quarters."""
        self.turned = (self.turned + degrees) % 360
        self.fit()

    def mirror(self) -> None:
        """Left to right of what is seen, or back again."""
        self.mirrored = not self.mirrored
        self._centre.setX(1 - self._centre.x())
        self._moved()

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
        if not self._size[0] or area.isEmpty():
            return
        before, seen = self.target(), self.to_widget().mapRect(area)
        closer = self._zoom * min(self.width() / seen.width(), self.height() / seen.height())
        self._zoom = min(max(closer, 1.0), _CLOSEST)
        at = seen.center() - before.topLeft()
        self._centre = QPointF(at.x() / before.width(), at.y() / before.height())
        self._moved()

    def target(self) -> QRectF:
        """Where the whole picture stands, in the widget's coordinates; reaches beyond it when zoomed."""
        return on_pixels(self._reckoned(), self.devicePixelRatioF())

    def _reckoned(self) -> QRectF:
        """That place as it is reckoned, between the screen's pixels."""
        fitted = self._fitted()
        width, height = fitted.width() * self._zoom, fitted.height() * self._zoom
        left = self.width() / 2 - self._centre.x() * width
        top = self.height() / 2 - self._centre.y() * height
        return QRectF(left, top, width, height)

    def to_widget(self) -> QTransform:
        """From upright pixels of the video to the widget's coordinates."""
        return self.standing(self._size, self.target())

    def standing(self, size: tuple[int, int], place: QRectF) -> QTransform:
        """From pixels of the picture at that upright size to a place, turned and mirrored as it is looked at."""
        return standing(size, place, self.turned, mirrored=self.mirrored)

    def _fitted(self) -> QRectF:
        return fitted(self._size, QRectF(self.rect()), self.turned)

    def _unit(self, at: QPointF) -> QPointF:
        target = self._reckoned()
        return QPointF(
            (at.x() - target.x()) / max(1.0, target.width()), (at.y() - target.y()) / max(1.0, target.height())
        )

    def _moved(self) -> None:
        # No further than until the picture's edge meets the window's: never a view of nothing.
        fitted = self._fitted()
        half_x = min(0.5, self.width() / 2 / max(1.0, fitted.width() * self._zoom))
        half_y = min(0.5, self.height() / 2 / max(1.0, fitted.height() * self._zoom))
        self._centre = QPointF(
            min(max(self._centre.x(), half_x), 1 - half_x), min(max(self._centre.y(), half_y), 1 - half_y)
        )
        self.view_changed.emit(self.view_size())
        self.update()

    def view_size(self) -> QSize:
        """The size of the whole upright picture as it stands, in the screen's own pixels."""
        size = (self.target().size() * self.devicePixelRatioF()).toSize()
        return size.transposed() if self.turned % 180 else size

    # -- events

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._image is None or self._picture is None:
            painter.fillRect(event.rect(), BACKGROUND)
            return
        try:
            target = self.target()
            way = self.standing(self._image.size().toTuple(), target) if self.turned or self.mirrored else None
            paint_picture(painter, self._image, target, event.rect(), way)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if self.over is not None:
                self.over(painter, self.to_widget(), self._picture.index)
            for layer in self.layers:
                painter.save()
                layer.paint(painter, self.to_widget(), self._picture.index)
                painter.restore()
        finally:
            # A painter that is left open when something raises takes the process with it.
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
            self._drag_from(event.position())
        elif event.button() == Qt.MouseButton.LeftButton and self._image is not None:
            self._pressed = event.position()
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
        if self._pressed is not None and (event.position() - self._pressed).manhattanLength() > _CLICK_PX:
            self._drag_from(self._pressed)
        if self._dragging is not None:
            self.move_by(event.position() - self._dragging)
            self._dragging = event.position()
        elif self._offered(event, lambda layer, ev, at: layer.move(ev, at)) is None:
            event.ignore()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        held, self._held = self._held, None
        pressed, self._pressed = self._pressed, None
        if held is not None:
            held.release(event, self._place(event))
            event.accept()
        elif self._dragging is not None:
            self._dragging = None
            self.unsetCursor()
        elif pressed is not None and event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit(self._place(event))
        else:
            event.ignore()

    def _drag_from(self, place: QPointF) -> None:
        self._pressed = None
        self._dragging = place
        self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def move_by(self, way: QPointF) -> None:
        """Move the picture so far, in the widget's coordinates."""
        target = self.target()
        self._centre -= QPointF(way.x() / max(1.0, target.width()), way.y() / max(1.0, target.height()))
        self._moved()

    def let_go(self) -> None:
        """What a press began ends without effect, as far as the canvas goes; a layer is told that it is over."""
        held, self._held = self._held, None
        if held is not None:
            none = QPointF(-1, -1)
            over = QMouseEvent(
                QEvent.Type.MouseButtonRelease, none, none, Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton,
                Qt.KeyboardModifier.NoModifier,
            )  # fmt: skip
            held.release(over, self._place(over))
        self._pressed = self._dragging = None
        self.unsetCursor()

    def event(self, event: QEvent) -> bool:
        """One finger is the mouse, two zoom and move."""
        if isinstance(event, QTouchEvent):
            self._fingers.take(event)
            return True
        return super().event(event)
