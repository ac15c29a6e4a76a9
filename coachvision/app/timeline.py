"""The timeline under the video: times, filmstrip, events by kind, in and out points, playhead. For a session's screen.

Pressing or dragging asks for frames; it decodes nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QLineF, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)  # fmt: skip
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from coachvision.app.player.controls import clock_text
from coachvision.app.theme import Theme, worn
from coachvision.core.results import Event
from coachvision.core.time import Timeline
from coachvision.video.sheet import Sheet, read_sheet

_MARGIN = 12
_RULER, _STRIP, _ROW, _GAP = 24, 54, 22, 4
_FEWEST_ROWS, _MOST_ROWS = 0, 6
# Steps between labels, seconds.
_STEPS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600)
_LABEL_ROOM = 90
_NOTCH = 1.25
_SHORTEST_S = 0.2


class TimelineWidget(QWidget):
    """One video's time, left to right. seek_requested: the frame pressed or dragged to."""

    seek_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Timeline"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._timeline: Timeline | None = None
        self._folder: Path | None = None
        self._sheet: Sheet | None = None
        self._pictures: QPixmap | None = None
        self._rows: list[tuple[str, list[Event]]] = []
        self._span: tuple[int, int, bool] | None = None
        self._index = 0
        self._asked = -1
        self._from_s, self._to_s = 0.0, 1.0
        self._still: QPixmap | None = None

    # -- what it shows

    def open(self, timeline: Timeline, proxy: Path | None = None) -> None:
        """The frames of a video. proxy: folder of its preview, where its filmstrip is or will be."""
        self._timeline = timeline
        self._folder = proxy
        self._rows = []
        self._span = None
        self._index = 0
        self._from_s, self._to_s = 0.0, max(self._whole_s, _SHORTEST_S)
        self.reload_strip()
        self.updateGeometry()

    def close_video(self) -> None:
        """Show nothing."""
        self._timeline = self._folder = self._sheet = self._pictures = None
        self._rows = []
        self._changed()

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
        new = self._x_of(self._index)
        # Only what the playhead leaves and enters: the rest stands still while playing.
        for x in (old, new):
            self.update(QRect(math.floor(x) - 8, 0, 17, self.height()))

    def set_events(self, events: Sequence[Event]) -> None:
        """What happened, in a row for each kind; those with most events first."""
        kinds: dict[str, list[Event]] = {}
        for event in events:
            kinds.setdefault(event.label or event.kind, []).append(event)
        self._rows = sorted(kinds.items(), key=lambda row: -len(row[1]))[:_MOST_ROWS]
        self.updateGeometry()
        self._changed()

    def set_span(self, first: int, last: int, loop: bool) -> None:
        """The in and out points; loop: whether playing goes round between them."""
        self._span = (first, last, loop)
        self._changed()

    @property
    def visible_s(self) -> tuple[float, float]:
        """The seconds at the left and right edge."""
        return self._from_s, self._to_s

    def sizeHint(self) -> QSize:
        return QSize(600, _RULER + _STRIP + _GAP + max(_FEWEST_ROWS, len(self._rows)) * _ROW + _GAP)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, self.sizeHint().height())

    # -- places

    @property
    def _whole_s(self) -> float:
        return float(self._timeline.seconds[-1]) if self._timeline is not None else 0.0

    def _x(self, seconds: float) -> float:
        inner = max(1, self.width() - 2 * _MARGIN)
        return _MARGIN + inner * (seconds - self._from_s) / max(1e-9, self._to_s - self._from_s)

    def _x_of(self, index: int) -> float:
        return self._x(float(self._timeline.seconds[index])) if self._timeline is not None else 0.0

    def _seconds_at(self, x: float) -> float:
        inner = max(1, self.width() - 2 * _MARGIN)
        return self._from_s + (x - _MARGIN) / inner * (self._to_s - self._from_s)

    def frame_at(self, x: float) -> int:
        """The frame nearest to a place across the widget."""
        if self._timeline is None:
            return 0
        seconds = self._seconds_at(x)
        before = self._timeline.index_at(seconds)
        after = min(before + 1, len(self._timeline) - 1)
        times = self._timeline.seconds
        return after if abs(times[after] - seconds) < abs(times[before] - seconds) else before

    def _event_x(self, event: Event) -> tuple[float, float]:
        assert self._timeline is not None  # noqa: S101 - events come with a timeline
        start = self._timeline.seconds_of(event.start_pts)
        end = start if event.end_pts is None else self._timeline.seconds_of(event.end_pts)
        return self._x(start), self._x(end)

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
        theme = worn()
        x = self._x_of(self._index)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(theme.window))
        painter.drawLine(QLineF(x - 1.5, _RULER - 6, x - 1.5, self.height()))
        painter.drawLine(QLineF(x + 1.5, _RULER - 6, x + 1.5, self.height()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.accent))
        painter.drawRect(QRectF(x - 1, _RULER - 8, 2, self.height()))
        painter.drawPolygon(
            QPolygonF([QPointF(x - 6, _RULER - 10), QPointF(x + 6, _RULER - 10), QPointF(x, _RULER - 2)])
        )

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
            painter.setClipRect(QRectF(_MARGIN, 0, self.width() - 2 * _MARGIN, self.height()))
            self._paint_strip(painter, theme)
            self._paint_events(painter, theme)
            self._paint_span(painter, theme)
            painter.end()
        return still

    def _paint_ruler(self, painter: QPainter, theme: Theme) -> None:
        seconds_a_label = (self._to_s - self._from_s) * _LABEL_ROOM / max(1, self.width() - 2 * _MARGIN)
        step = next((step for step in _STEPS if step >= seconds_a_label), _STEPS[-1])
        at = math.ceil(self._from_s / step - 1e-9) * step
        while at <= self._to_s + 1e-9:
            x = self._x(at)
            painter.setPen(QColor(theme.line))
            painter.drawLine(QLineF(x, _RULER - 5, x, _RULER))
            text = clock_text(at, self._whole_s)
            painter.setPen(QColor(theme.muted))
            # Whole seconds need no milliseconds.
            painter.drawText(QPointF(x + 4, _RULER - 8), text if step < 1 else text[:-4])
            at += step

    def _paint_strip(self, painter: QPainter, theme: Theme) -> None:
        place = QRectF(_MARGIN, _RULER, self.width() - 2 * _MARGIN, _STRIP)
        painter.fillRect(place, QColor(theme.raised))
        if self._sheet is None or self._pictures is None or self._pictures.isNull() or self._timeline is None:
            return
        width = _STRIP * self._sheet.width / self._sheet.height
        x = place.left()
        while x < place.right():
            wanted = self.frame_at(x + width / 2)
            nearest = min(range(len(self._sheet.indices)), key=lambda k: abs(self._sheet_index(k) - wanted))
            row, column = divmod(nearest, self._sheet.columns)
            left, top = column * self._sheet.width, row * self._sheet.height
            source = QRectF(left, top, self._sheet.width, self._sheet.height)
            painter.drawPixmap(QRectF(x, _RULER, width, _STRIP), self._pictures, source)
            x += width

    def _sheet_index(self, at: int) -> int:
        return self._sheet.indices[at] if self._sheet is not None else 0

    def _paint_events(self, painter: QPainter, theme: Theme) -> None:
        metrics = QFontMetricsF(painter.font())
        for k, (name, events) in enumerate(self._rows):
            top = _RULER + _STRIP + _GAP + k * _ROW
            for event in events:
                start, end = self._event_x(event)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(theme.accent))
                if end - start < 3:
                    painter.drawEllipse(QPointF(start, top + _ROW / 2), 4, 4)
                else:
                    faint = QColor(theme.accent)
                    faint.setAlphaF(0.45)
                    painter.setBrush(faint)
                    painter.drawRoundedRect(QRectF(start, top + 3, end - start, _ROW - 6), 4, 4)
            # The name over a patch of the ground: readable whatever lies under it.
            text = QRectF(_MARGIN, top + 2, metrics.horizontalAdvance(name) + 12, _ROW - 4)
            ground = QColor(theme.surface)
            ground.setAlphaF(0.85)
            painter.setBrush(ground)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.drawRoundedRect(text, 4, 4)
            painter.setPen(QColor(theme.text))
            painter.drawText(text, Qt.AlignmentFlag.AlignCenter, name)

    def _paint_span(self, painter: QPainter, theme: Theme) -> None:
        if self._span is None or self._timeline is None:
            return
        first, last, loop = self._span
        if (first, last) == (0, len(self._timeline) - 1) and not loop:
            return
        start, end = self._x_of(first), self._x_of(last)
        shade = QColor(theme.window)
        shade.setAlphaF(0.65)
        height = self.height() - _RULER
        painter.fillRect(QRectF(0, _RULER, start, height), shade)
        painter.fillRect(QRectF(end, _RULER, self.width() - end, height), shade)
        painter.fillRect(QRectF(start, _RULER, 2, height), QColor(theme.text))
        painter.fillRect(QRectF(end - 2, _RULER, 2, height), QColor(theme.text))
        if loop:
            painter.fillRect(QRectF(start, _RULER, end - start, 3), QColor(theme.accent))

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
        if self._timeline is None or not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
            return
        at = self._seconds_at(event.position().x())
        factor = _NOTCH ** (-event.angleDelta().y() / 120)
        length = min(max((self._to_s - self._from_s) * factor, _SHORTEST_S), max(self._whole_s, _SHORTEST_S))
        share = (at - self._from_s) / max(1e-9, self._to_s - self._from_s)
        start = min(max(at - share * length, 0.0), max(0.0, self._whole_s - length))
        self._from_s, self._to_s = start, start + length
        self._changed()
        event.accept()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and self._timeline is not None:
            text = self._told_at(event.x(), event.y())
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)

    def _told_at(self, x: int, y: int) -> str:
        """The event, or the time, at a place of the widget."""
        row = (y - _RULER - _STRIP - _GAP) // _ROW
        if 0 <= row < len(self._rows):
            for event in self._rows[row][1]:
                start, end = self._event_x(event)
                if start - 4 <= x <= end + 4:
                    values = ", ".join(f"{key} {value:.3g}" for key, value in event.values.items())
                    return f"{event.label or event.kind}: {values}" if values else event.label or event.kind
        return clock_text(max(0.0, self._seconds_at(x)), self._whole_s)
