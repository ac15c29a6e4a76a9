"""The timeline under the video: times, filmstrip, in and out points, playhead. For a session's screen.

Pressing or dragging asks for frames; it decodes nothing. What happened stands below it, in `timeline_rows`.
"""

from __future__ import annotations

import math
from pathlib import Path

from PySide6.QtCore import QEvent, QLineF, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from coachvision.app.axis import LEFT, RIGHT, Axis
from coachvision.app.player.where import clock_text
from coachvision.app.theme import Theme, worn
from coachvision.core.time import Timeline
from coachvision.video.sheet import Sheet, read_sheet
from coachvision.words import tr

RULER, STRIP, LOW_STRIP, GAP = 24, 54, 30, 4
# Steps between labels, seconds.
_STEPS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600)
_LABEL_ROOM = 90


class TimelineWidget(QWidget):
    """One video's time, left to right. seek_requested: the frame pressed or dragged to."""

    seek_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None, *, axis: Axis | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Timeline"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.axis = axis if axis is not None else Axis(self)
        self.axis.changed.connect(self._changed)
        self._folder: Path | None = None
        self._sheet: Sheet | None = None
        self._pictures: QPixmap | None = None
        self._span: tuple[int, int, bool] | None = None
        self._index = 0
        self._asked = -1
        self._still: QPixmap | None = None
        self._strip = STRIP

    # -- what it shows

    @property
    def _timeline(self) -> Timeline | None:
        return self.axis.timeline

    def open(self, timeline: Timeline, proxy: Path | None = None) -> None:
        """The frames of a video. proxy: folder of its preview, where its filmstrip is or will be."""
        self._folder = proxy
        self._span = None
        self._index = 0
        self.axis.open(timeline)
        self.reload_strip()

    def close_video(self) -> None:
        """Show nothing."""
        self._folder = self._sheet = self._pictures = None
        self.axis.open(None)

    def reload_strip(self) -> None:
        """Look for the filmstrip again: it is written at the end of the import."""
        self._sheet = read_sheet(self._folder) if self._folder is not None else None
        self._pictures = QPixmap(str(self._sheet.path)) if self._sheet is not None else None
        self._changed()

    def set_index(self, index: int) -> None:
        """The frame that is shown."""
        if index == self._index or self._timeline is None:
            return
        old = self._x_of(self._index)
        self._index = min(max(index, 0), len(self._timeline) - 1)
        self.axis.follow(float(self._timeline.seconds[self._index]))
        new = self._x_of(self._index)
        # Only what the playhead leaves and enters: the rest stands still while playing.
        for x in (old, new):
            self.update(QRect(math.floor(x) - 8, 0, 17, self.height()))

    def set_span(self, first: int, last: int, loop: bool) -> None:
        """The in and out points; loop: whether playing goes round between them."""
        self._span = (first, last, loop)
        self._changed()

    def be_low(self, low: bool) -> None:
        """Whether the filmstrip is low, to leave the room to the video."""
        strip = LOW_STRIP if low else STRIP
        if strip != self._strip:
            self._strip = strip
            self.updateGeometry()
            self._changed()

    @property
    def visible_s(self) -> tuple[float, float]:
        """The seconds at the left and right edge."""
        return self.axis.from_s, self.axis.to_s

    def sizeHint(self) -> QSize:
        return QSize(600, RULER + self._strip + GAP)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, self.sizeHint().height())

    def frame_at(self, x: float) -> int:
        """The frame nearest to a place across the widget."""
        return self.axis.frame_at(x, self.width())

    def _x_of(self, index: int) -> float:
        return self.axis.x(float(self._timeline.seconds[index]), self.width()) if self._timeline is not None else 0.0

    # -- painting

    def _changed(self) -> None:
        self._still = None
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._still is None or self._still.devicePixelRatio() != self.devicePixelRatioF():
            self._still = self._painted_still()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._still)
        if self._timeline is None:
            return
        x = self._x_of(self._index)
        paint_playhead(painter, x, RULER - 8, self.height())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawPolygon(QPolygonF([QPointF(x - 6, RULER - 10), QPointF(x + 6, RULER - 10), QPointF(x, RULER - 2)]))

    def _painted_still(self) -> QPixmap:
        """Everything but the playhead."""
        ratio = self.devicePixelRatioF()
        still = QPixmap(QSize(round(self.width() * ratio), round(self.height() * ratio)))
        still.setDevicePixelRatio(ratio)
        theme = worn()
        still.fill(QColor(theme.surface))
        if self._timeline is not None:
            painter = QPainter(still)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.setFont(self.font())
            self._paint_ruler(painter, theme)
            painter.setClipRect(QRectF(LEFT, 0, self.width() - LEFT - RIGHT, self.height()))
            self._paint_strip(painter, theme)
            self._paint_span(painter, theme)
            painter.end()
        return still

    def _paint_ruler(self, painter: QPainter, theme: Theme) -> None:
        from_s, to_s = self.visible_s
        seconds_a_label = (to_s - from_s) * _LABEL_ROOM / max(1, self.width() - LEFT - RIGHT)
        step = next((step for step in _STEPS if step >= seconds_a_label), _STEPS[-1])
        at, free = math.ceil(from_s / step - 1e-9) * step, 0.0
        while at <= to_s + 1e-9:
            x = self.axis.x(at, self.width())
            painter.setPen(QColor(theme.line))
            painter.drawLine(QLineF(x, RULER - 5, x, RULER))
            text = clock_text(at, self.axis.whole_s)
            # Whole seconds need no milliseconds.
            text = text if step < 1 else text[:-4]
            wide = painter.fontMetrics().horizontalAdvance(text)
            # At the end it stands before its line, or nowhere: it would be cut off.
            left = x + 4 if x + 4 + wide <= self.width() else x - 4 - wide
            if left >= free:
                painter.setPen(QColor(theme.muted))
                # Above the playhead's head, which would cover it.
                painter.drawText(QPointF(left, RULER - 12), text)
                free = left + wide + 4
            at += step

    def _paint_strip(self, painter: QPainter, theme: Theme) -> None:
        place = QRectF(LEFT, RULER, self.width() - LEFT - RIGHT, self._strip)
        painter.fillRect(place, QColor(theme.raised))
        if self._sheet is None or self._pictures is None or self._pictures.isNull() or self._timeline is None:
            return
        width = self._strip * self._sheet.width / self._sheet.height
        x = place.left()
        while x < place.right():
            wanted = self.frame_at(x + width / 2)
            nearest = min(range(len(self._sheet.indices)), key=lambda k: abs(self._sheet_index(k) - wanted))
            row, column = divmod(nearest, self._sheet.columns)
            left, top = column * self._sheet.width, row * self._sheet.height
            source = QRectF(left, top, self._sheet.width, self._sheet.height)
            painter.drawPixmap(QRectF(x, RULER, width, self._strip), self._pictures, source)
            x += width

    def _sheet_index(self, at: int) -> int:
        return self._sheet.indices[at] if self._sheet is not None else 0

    def _paint_span(self, painter: QPainter, theme: Theme) -> None:
        if self._span is None or self._timeline is None:
            return
        first, last, loop = self._span
        if (first, last) == (0, len(self._timeline) - 1) and not loop:
            return
        start, end = self._x_of(first), self._x_of(last)
        shade = QColor(theme.window)
        shade.setAlphaF(0.65)
        height = self.height() - RULER
        painter.fillRect(QRectF(0, RULER, start, height), shade)
        painter.fillRect(QRectF(end, RULER, self.width() - end, height), shade)
        painter.fillRect(QRectF(start, RULER, 2, height), QColor(theme.text))
        painter.fillRect(QRectF(end - 2, RULER, 2, height), QColor(theme.text))
        if loop:
            painter.fillRect(QRectF(start, RULER, end - start, 3), QColor(theme.accent))

    # -- events

    def resizeEvent(self, _event: QResizeEvent) -> None:
        self._changed()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self._changed()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._asked = -1
            self._scrub(event.position().x())
        else:
            event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._scrub(event.position().x())

    def _scrub(self, x: float) -> None:
        if self._timeline is None:
            return
        index = self.frame_at(x)
        if index != self._asked:
            self._asked = index
            self.seek_requested.emit(index)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if not turn_wheel(self.axis, event, self.width()):
            event.ignore()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and self._timeline is not None:
            at = max(0.0, self.axis.seconds_at(event.x(), self.width()))
            QToolTip.showText(event.globalPos(), clock_text(at, self.axis.whole_s), self)
            return True
        return super().event(event)


def paint_playhead(painter: QPainter, x: float, top: float, bottom: float) -> None:
    """The line at the frame that is shown, with an edge that sets it off from what lies under it."""
    theme = worn()
    painter.setPen(QColor(theme.window))
    painter.drawLine(QLineF(x - 1.5, top + 2, x - 1.5, bottom))
    painter.drawLine(QLineF(x + 1.5, top + 2, x + 1.5, bottom))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.accent))
    painter.drawRect(QRectF(x - 1, top, 2, bottom - top))


def turn_wheel(axis: Axis, event: QWheelEvent, width: int) -> bool:
    """With Ctrl closer or away, with Shift or sideways earlier or later. Whether it used the event."""
    turned, modifiers = event.angleDelta(), event.modifiers()
    if axis.timeline is None:
        return False
    if modifiers & Qt.KeyboardModifier.ControlModifier:
        axis.zoom((turned.y() or turned.x()) / 120, axis.seconds_at(event.position().x(), width))
    elif turned.x() or modifiers & Qt.KeyboardModifier.ShiftModifier:
        axis.pan(-(turned.x() or turned.y()) / 120 * axis.length_s / 10)
    else:
        return False
    event.accept()
    return True
