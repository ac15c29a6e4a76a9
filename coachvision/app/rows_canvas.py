"""The rows under the timeline as a widget: bars to be dragged, deleted and pressed. For `timeline_rows` alone.

A press on a bar chooses it and goes to its beginning; elsewhere it scrubs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QSizePolicy, QToolTip, QWidget

from coachvision.app.axis import LEFT, RIGHT, Axis
from coachvision.app.parts import plainly
from coachvision.app.player.where import clock_text
from coachvision.app.theme import worn
from coachvision.app.timeline import paint_playhead, turn_wheel
from coachvision.app.timeline_lines import ROW, Bar, Line, lines_of, paint_lines
from coachvision.core.results import Event
from coachvision.core.tagging import Moment, moved_by, with_end, with_start
from coachvision.core.time import Timeline
from coachvision.library.records import MomentRow
from coachvision.words import tr

_EDGE = 6
_THIN = 3.0


@dataclass(frozen=True)
class _Drag:
    """What is dragged. part: start, end or whole. from_s: where the mouse went down."""

    bar: Bar
    part: str
    from_s: float
    began: QPointF


class RowsCanvas(QWidget):
    """The rows themselves. chosen: a moment's id, or "". edited: (id, the moment as it shall be)."""

    seek_requested = Signal(int)
    chosen = Signal(str)
    edited = Signal(str, object)
    menu_wanted = Signal(str, object)
    play_wanted = Signal(int, int)

    def __init__(self, axis: Axis, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("What happened, by category"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.axis = axis
        axis.changed.connect(self._changed)
        self.lines: tuple[Line, ...] = ()
        self.choice = ""
        self._index = 0
        self._asked = -1
        self._drag: _Drag | None = None
        self._dragged: Moment | None = None
        self._still: QPixmap | None = None

    # -- what it shows

    def show_lines(self, moments: Sequence[MomentRow], events: Sequence[Event]) -> None:
        """The coach's moments above, by category; below, what was found, by kind."""
        self.lines = lines_of(moments, events)
        if self.choice and all(bar.id != self.choice for line in self.lines for bar in line.bars):
            self.choose("")
        # Only where it is another: the whole screen would be laid out and painted again with every tag.
        if self.height() != self.sizeHint().height():
            self.setFixedHeight(self.sizeHint().height())
        self._changed()

    def choose(self, moment: str) -> None:
        """Mark that moment; "" for none."""
        if moment != self.choice:
            self.choice = moment
            self.chosen.emit(moment)
            self._changed()

    def set_index(self, index: int) -> None:
        """The frame that is shown."""
        if index == self._index or self._timeline is None:
            return
        old = self._x_of_frame(self._index)
        self._index = min(max(index, 0), len(self._timeline) - 1)
        for x in (old, self._x_of_frame(self._index)):
            self.update(QRect(math.floor(x) - 3, 0, 7, self.height()))

    def sizeHint(self) -> QSize:
        return QSize(600, len(self.lines) * ROW)

    @property
    def _timeline(self) -> Timeline | None:
        return self.axis.timeline

    def _x_of_frame(self, index: int) -> float:
        line = self._timeline
        if line is None:
            return 0.0
        return self.axis.x(float(line.seconds[min(index, len(line) - 1)]), self.width())

    def place(self, bar: Bar, row: int) -> QRectF:
        """Where a bar stands; an instant is a dot as wide as it is high."""
        line = self._timeline
        if line is None:
            return QRectF()
        moment = self._dragged if self._drag is not None and self._drag.bar is bar else None
        start_pts = moment.start_pts if moment is not None else bar.start_pts
        end_pts = moment.end_pts if moment is not None else bar.end_pts
        start = self.axis.x(line.seconds_of(start_pts), self.width())
        end = start if end_pts is None else self.axis.x(line.seconds_of(end_pts), self.width())
        if end - start < _THIN:
            return QRectF((start + end) / 2 - 5, row * ROW + ROW / 2 - 5, 10, 10)
        return QRectF(start, row * ROW + 4, end - start, ROW - 8)

    def bar_at(self, at: QPointF) -> tuple[Bar, QRectF] | None:
        """The bar under the mouse, the topmost; dots can be caught a little beside."""
        row = int(at.y() // ROW)
        if not 0 <= row < len(self.lines):
            return None
        for bar in reversed(self.lines[row].bars):
            place = self.place(bar, row)
            if place.left() - 4 <= at.x() <= place.right() + 4:
                return bar, place
        return None

    # -- painting

    def _changed(self) -> None:
        self._still = None
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._still is None or self._still.devicePixelRatio() != self.devicePixelRatioF():
            self._still = self._painted_still()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._still)
        if self._timeline is not None and self.lines:
            x = self._x_of_frame(self._index)
            if LEFT - 2 <= x <= self.width() - RIGHT + 2:
                paint_playhead(painter, x, -4, self.height())
        painter.end()

    def _painted_still(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        still = QPixmap(QSize(max(1, round(self.width() * ratio)), max(1, round(self.height() * ratio))))
        still.setDevicePixelRatio(ratio)
        still.fill(QColor(worn().surface))
        painter = QPainter(still)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self.font())
        paint_lines(painter, self.lines, self.width(), self.place, self.choice)
        painter.end()
        return still

    # -- the mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._timeline is None:
            event.ignore()
            return
        self._asked = -1
        found = self.bar_at(event.position())
        if found is None:
            self.choose("")
            self._scrub(event.position().x())
            return
        bar, place = found
        self.choose(bar.id)
        part = self._part(place, event.position().x())
        if bar.moment is not None:
            self._drag = _Drag(bar, part, self._seconds(event), event.position())
        pts = bar.end_pts if part == "end" and bar.end_pts is not None else bar.start_pts
        self._seek(self.axis.nearest(self._timeline.seconds_of(pts)))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag is not None and event.buttons() & Qt.MouseButton.LeftButton:
            self._pull(event)
        elif event.buttons() & Qt.MouseButton.LeftButton:
            self._scrub(event.position().x())
        else:
            found = self.bar_at(event.position())
            edge = found is not None and found[0].id and self._part(found[1], event.position().x()) != "whole"
            self.setCursor(Qt.CursorShape.SizeHorCursor if edge else Qt.CursorShape.PointingHandCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        drag, moment = self._drag, self._dragged
        self._drag = self._dragged = None
        if event.button() == Qt.MouseButton.LeftButton and drag is not None and moment is not None:
            self._changed()
            if moment != drag.bar.moment:
                self.edited.emit(drag.bar.id, moment)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        found = self.bar_at(event.position())
        if found is None or self._timeline is None:
            self.mousePressEvent(event)
            return
        self._drag = self._dragged = None
        bar = found[0]
        end = bar.start_pts if bar.end_pts is None else bar.end_pts
        seconds = self._timeline.seconds_of
        self.play_wanted.emit(self.axis.nearest(seconds(bar.start_pts)), self.axis.nearest(seconds(end)))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        found = self.bar_at(QPointF(event.pos()))
        if found is not None and found[0].id:
            self.choose(found[0].id)
            self.menu_wanted.emit(found[0].id, event.globalPos())

    def wheelEvent(self, event: QWheelEvent) -> None:
        if not turn_wheel(self.axis, event, self.width()):
            event.ignore()

    def _part(self, place: QRectF, x: float) -> str:
        if place.width() == place.height():
            return "whole"
        if abs(x - place.left()) <= min(_EDGE, place.width() / 3):
            return "start"
        return "end" if abs(x - place.right()) <= min(_EDGE, place.width() / 3) else "whole"

    def _seconds(self, event: QMouseEvent) -> float:
        return self.axis.seconds_at(event.position().x(), self.width())

    def _pull(self, event: QMouseEvent) -> None:
        drag, line = self._drag, self._timeline
        if drag is None or line is None or drag.bar.moment is None:
            return
        far = (event.position() - drag.began).manhattanLength() >= QApplication.startDragDistance()
        if self._dragged is None and not far:
            return
        index = self.axis.frame_at(event.position().x(), self.width())
        pts = int(line.pts[index])
        if drag.part == "start":
            self._dragged = with_start(drag.bar.moment, pts, line)
        elif drag.part == "end":
            self._dragged = with_end(drag.bar.moment, pts, line)
        else:
            self._dragged = moved_by(drag.bar.moment, self._seconds(event) - drag.from_s, line)
        shown = self._dragged.start_pts
        if drag.part == "end" and self._dragged.end_pts is not None:
            shown = self._dragged.end_pts
        self._seek(self.axis.nearest(line.seconds_of(shown)))
        self._changed()

    def _scrub(self, x: float) -> None:
        self._seek(self.axis.frame_at(x, self.width()))

    def _seek(self, index: int) -> None:
        if index != self._asked:
            self._asked = index
            self.seek_requested.emit(index)

    # -- other events

    def resizeEvent(self, _event: QResizeEvent) -> None:
        self._changed()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self._changed()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and self._timeline is not None:
            QToolTip.showText(event.globalPos(), plainly(self._told_at(QPointF(event.pos()))), self)
            return True
        return super().event(event)

    def _told_at(self, at: QPointF) -> str:
        found = self.bar_at(at)
        if found is not None:
            return found[0].told
        row = int(at.y() // ROW)
        if at.x() < LEFT and 0 <= row < len(self.lines):
            return self.lines[row].name
        return clock_text(max(0.0, self.axis.seconds_at(at.x(), self.width())), self.axis.whole_s)
