"""One number over the weeks, painted: a point a session with its uncertainty, the best one marked. For Progress."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from coachvision.app import dates
from coachvision.app.parts import plainly
from coachvision.app.theme import GAP, WIDE, worn
from coachvision.words import tr

_LEFT, _RIGHT, _TOP, _BOTTOM = 72, 24, 24, 40
_REACH = 14.0


@dataclass(frozen=True)
class Dot:
    """value, spread: in the unit shown. words: for the tip. session: what a click opens. best: marked."""

    when: datetime
    value: float
    spread: float
    words: str
    session: str
    best: bool = False


class Trend(QWidget):
    """opened: the session of a point that was clicked, or of the one the keys are on when Enter is pressed."""

    opened = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumHeight(260)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Progress over time"))
        self.dots: list[Dot] = []
        self._at = -1
        self._unit = ""

    def show_dots(self, dots: Sequence[Dot], name: str, unit: str) -> None:
        """Show these, the oldest first."""
        self._unit = unit
        self.dots = list(dots)
        self._at = len(self.dots) - 1
        self.setAccessibleName(tr("{name} over time", name=name))
        self.setAccessibleDescription("; ".join(dot.words for dot in self.dots))
        self.update()

    def place(self, dot: Dot) -> QPointF:
        """Where a point is painted."""
        low, high = self._range()
        first, last = self.dots[0].when, self.dots[-1].when
        whole = (last - first).total_seconds()
        share = (dot.when - first).total_seconds() / whole if whole else 0.5
        area = self._area()
        return QPointF(
            area.left() + share * area.width(), area.bottom() - (dot.value - low) / (high - low) * area.height()
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Grid, line, points."""
        theme = worn()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self.dots:
            painter.setPen(QColor(theme.muted))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, tr("Nothing measured yet"))
            painter.end()
            return
        self._paint_grid(painter)
        places = [self.place(dot) for dot in self.dots]
        painter.setPen(QPen(QColor(theme.accent), 2))
        painter.drawPolyline(places)
        low, high = self._range()
        scale = self._area().height() / (high - low)
        for at, (dot, place) in enumerate(zip(self.dots, places, strict=True)):
            if dot.spread:
                painter.setPen(QPen(QColor(theme.muted), 1))
                reach = QPointF(0, dot.spread * scale)
                painter.drawLine(place - reach, place + reach)
            painter.setPen(QPen(QColor(theme.text if dot.best or at == self._at else theme.accent), 2))
            painter.setBrush(QColor(theme.accent if dot.best else theme.surface))
            radius = 7 if dot.best else 5
            painter.drawEllipse(place, radius, radius)
            if at == self._at and self.hasFocus():
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawEllipse(place, radius + 4, radius + 4)
        painter.end()

    def _paint_grid(self, painter: QPainter) -> None:
        theme, area = worn(), self._area()
        low, high = self._range()
        for value in _ticks(low, high):
            y = area.bottom() - (value - low) / (high - low) * area.height()
            painter.setPen(QPen(QColor(theme.line), 1))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(QColor(theme.muted))
            box = QRectF(0, y - 10, _LEFT - GAP, 20)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{value:g}")
        painter.setPen(QColor(theme.muted))
        painter.drawText(QRectF(0, 0, _LEFT - GAP, _TOP), Qt.AlignmentFlag.AlignRight, self._unit)
        taken = -math.inf
        for dot in self.dots:
            x = self.place(dot).x()
            # A day is written where the one before leaves room for it.
            if x - taken >= 96:
                taken = x
                box = QRectF(x - 60, area.bottom() + GAP, 120, 20)
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, dates.short_day(dot.when))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say what the point under the mouse is."""
        dot = self._near(event.position())
        self.setCursor(Qt.CursorShape.PointingHandCursor if dot is not None else Qt.CursorShape.ArrowCursor)
        QToolTip.showText(event.globalPosition().toPoint(), plainly(dot.words) if dot is not None else "", self)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open the session of the point under the mouse."""
        dot = self._near(event.position())
        if dot is not None:
            self.opened.emit(dot.session)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right go from point to point, Enter opens."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if self.dots and step:
            self._at = min(len(self.dots) - 1, max(0, self._at + step))
            self.update()
        elif self.dots and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit(self.dots[self._at].session)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The point the keys are on gets a ring."""
        super().focusInEvent(event)
        self.update()

    def _near(self, place: QPointF) -> Dot | None:
        found = [(math.hypot(*(self.place(dot) - place).toTuple()), at) for at, dot in enumerate(self.dots)]
        distance, at = min(found, default=(math.inf, -1))
        return self.dots[at] if distance <= _REACH else None

    def _area(self) -> QRectF:
        return QRectF(_LEFT, _TOP, max(1, self.width() - _LEFT - _RIGHT - WIDE), self.height() - _TOP - _BOTTOM)

    def _range(self) -> tuple[float, float]:
        lows = [dot.value - dot.spread for dot in self.dots]
        highs = [dot.value + dot.spread for dot in self.dots]
        low, high = min(lows), max(highs)
        pad = 0.12 * (high - low) or max(0.1 * abs(high), 0.5)
        return low - pad, high + pad


def _ticks(low: float, high: float) -> list[float]:
    """Three to six round values."""
    rough = (high - low) / 4
    step = 10.0 ** math.floor(math.log10(rough))
    step *= next(times for times in (1, 2, 5, 10) if step * times >= rough)
    return [step * n for n in range(math.ceil(low / step), math.floor(high / step) + 1)]
