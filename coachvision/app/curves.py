"""Curves over a film's time: in line with the timeline, a cursor, a press or drag that goes there. For charts.

The only module that imports pyqtgraph: import it when there are curves, never before the window shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QBuffer, QByteArray, QEvent, QIODevice, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QMouseEvent, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QGraphicsItem, QVBoxLayout, QWidget

from coachvision.app.axis import LEFT, RIGHT, Axis
from coachvision.app.theme import GAP, SMALL, worn
from coachvision.app.timeline import turn_wheel
from coachvision.core.units import Units, shown
from coachvision.services.export.words import unit_sign
from coachvision.services.units import told
from coachvision.words import tr

_SPARE = 4
# As wide as numbers on the axis get.
_WIDEST = "\u22120000"


@dataclass(frozen=True, eq=False)
class Curve:
    """One line. name: for people. hue: left, right or "". times: (n,) seconds on the axis; values: (n,), NaN in gaps.

    raw: (n,) before filtering, or None. dashed: told apart without colours. unit and values are SI; units: what they
    are drawn and told in.
    """

    name: str
    hue: str
    unit: str
    times: NDArray[np.float64]
    values: NDArray[np.float64]
    raw: NDArray[np.float64] | None = None
    dashed: bool = False
    units: Units = field(default_factory=Units)

    @property
    def drawn_unit(self) -> str:
        """The unit of the chart's numbers; lengths in feet are decimal there."""
        return shown(0.0, self.unit, self.units)[1]

    def drawn(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values in that unit."""
        return values * shown(1.0, self.unit, self.units)[0]

    def value_at(self, seconds: float) -> float:
        """The value on screen at that time; NaN in a gap or outside."""
        if not len(self.times) or not self.times[0] - 1e-6 <= seconds <= self.times[-1] + 1e-6:
            return float("nan")
        at = int(np.searchsorted(self.times, seconds + 1e-6)) - 1
        return float(self.values[max(at, 0)])

    def told_at(self, seconds: float) -> str:
        """The value with its unit, as the session's numbers tell it, or a dash."""
        value = self.value_at(seconds)
        if not np.isfinite(value):
            return "–"
        if self.unit in ("m", "m/s"):
            return told(value, self.unit, self.units).text
        digits = 0 if self.unit == "deg" else 2
        return f"{value:.{digits}f}{unit_sign(self.unit)}".replace("-", "\u2212")


class _Numbers(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph tells no types
    """The numbers beside the curves. What they are stands next to them, however wide the names of rows need it."""

    def resizeEvent(self, event: object = None) -> None:
        super().resizeEvent(event)
        if self.label is not None:
            widest = QFontMetricsF(self.style["tickFont"] or self.font()).horizontalAdvance(_WIDEST)
            self.label.setX(self.size().width() - widest - self.label.boundingRect().height() - GAP)


class CurvePlot(QWidget):
    """scrubbed: the seconds pressed or dragged to."""

    scrubbed = Signal(float)

    def __init__(self, axis: Axis, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.axis = axis
        self.curves: tuple[Curve, ...] = ()
        self.raw = False
        self._now = 0.0
        column = QVBoxLayout(self)
        # The spare room right of the time, as in every widget of the axis.
        column.setContentsMargins(0, 0, RIGHT, 0)
        self.plot = pg.PlotWidget(axisItems={"left": _Numbers("left")})
        self.plot.setAccessibleName(tr("Chart"))
        self.plot.setMenuEnabled(False)
        self.plot.setMouseEnabled(x=False, y=False)
        self.plot.hideButtons()
        # Nothing but the numbers left of the time.
        self.plot.getPlotItem().setContentsMargins(0, 0, 0, 0)
        self.plot.getPlotItem().layout.setContentsMargins(0, 0, 0, 0)
        self.plot.getPlotItem().vb.setDefaultPadding(0.0)
        self.plot.viewport().installEventFilter(self)
        self._cursor = pg.InfiniteLine(0.0, angle=90)
        column.addWidget(self.plot, 1)
        axis.changed.connect(self._place)
        self._dress()

    def show_curves(self, curves: Sequence[Curve]) -> None:
        """These and no others, all of one unit."""
        self.curves = tuple(curves)
        self._draw()

    def show_raw(self, on: bool) -> None:
        """Draw what was there before filtering, too, faint."""
        self.raw = on
        self._draw()

    def set_now(self, seconds: float) -> None:
        """Move the cursor."""
        self._now = seconds
        self._cursor.setValue(seconds)

    def picture(self) -> bytes:
        """The chart as it is, as a PNG."""
        drawn = QPixmap(self.size() * 2)
        drawn.setDevicePixelRatio(2)
        drawn.fill(QColor(worn().surface))
        self.render(drawn)
        data = QByteArray()
        room = QBuffer(data)
        room.open(QIODevice.OpenModeFlag.WriteOnly)
        drawn.save(room, "PNG")
        return bytes(data.data())

    def x_of(self, seconds: float) -> float:
        """Where a time stands across this widget."""
        scene = self.plot.getPlotItem().vb.mapViewToScene(QPointF(seconds, 0.0))
        return float(self.plot.mapTo(self, self.plot.mapFromScene(scene)).x())

    def _draw(self) -> None:
        self.plot.clear()
        for curve in self.curves:
            colour = self.colour(curve.hue)
            if self.raw and curve.raw is not None:
                faint = QColor(colour)
                faint.setAlphaF(0.45)
                self.plot.plot(
                    curve.times, curve.drawn(curve.raw), pen=pg.mkPen(faint, width=1), connect="finite", antialias=True
                )
            style = Qt.PenStyle.DashLine if curve.dashed else Qt.PenStyle.SolidLine
            pen = pg.mkPen(colour, width=2, style=style)
            self.plot.plot(curve.times, curve.drawn(curve.values), pen=pen, connect="finite", antialias=True)
        # Painted once and kept as pictures: moving the cursor while a film plays would draw every curve again.
        for item in self.plot.getPlotItem().curves:
            item.curve.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        self.plot.addItem(self._cursor, ignoreBounds=True)
        unit = self.curves[0].drawn_unit if self.curves else ""
        self.plot.setLabel("left", {"deg": tr("degrees"), "1": ""}.get(unit, unit))
        self._fit_label()
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is no room for the unit it goes: half a word says nothing."""
        super().resizeEvent(event)
        self._fit_label()

    def _fit_label(self) -> None:
        axis = self.plot.getAxis("left")
        axis.label.setVisible(axis.label.boundingRect().width() <= axis.size().height())
        # It centres its label only when it is resized, and the words are others now.
        axis.resizeEvent()

    def _place(self) -> None:
        """The axis moved: the same part of time, and the values as high as they are there."""
        self.plot.setXRange(self.axis.from_s, self.axis.to_s, padding=0)
        seen = [
            part[np.isfinite(part)]
            for curve in self.curves
            for values in ((curve.values, curve.raw) if self.raw and curve.raw is not None else (curve.values,))
            for part in (curve.drawn(values)[(curve.times >= self.axis.from_s) & (curve.times <= self.axis.to_s)],)
        ]
        known = np.concatenate(seen) if seen else np.zeros(0)
        if len(known):
            low, high = float(known.min()), float(known.max())
            room = max(0.06 * (high - low), 1e-9 + 0.01 * abs(high))
            self.plot.setYRange(low - room, high + room, padding=0)

    @staticmethod
    def colour(hue: str) -> str:
        """The line's colour."""
        theme = worn()
        return {"left": theme.left, "right": theme.right}.get(hue, theme.accent_text)

    def changeEvent(self, event: QEvent) -> None:
        """Another theme: all in its colours."""
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_cursor"):
            self._dress()
            self._draw()
        super().changeEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The mouse over the plot: scrub, come closer."""
        if isinstance(event, QWheelEvent):
            return turn_wheel(self.axis, event, self.width())
        pressed = event.type() in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove)
        if pressed and isinstance(event, QMouseEvent) and event.buttons() & Qt.MouseButton.LeftButton:
            if event.position().x() >= LEFT - _SPARE:
                self.scrubbed.emit(self.axis.seconds_at(event.position().x(), self.width()))
            return True
        return super().eventFilter(watched, event)

    def _dress(self) -> None:
        theme = worn()
        self.plot.setBackground(QColor(theme.surface))
        font = QFont(self.font())
        font.setPixelSize(SMALL)
        for name in ("left", "bottom"):
            axis = self.plot.getAxis(name)
            axis.setPen(pg.mkPen(theme.line))
            axis.setTextPen(pg.mkPen(theme.muted))
            axis.setTickFont(font)
            axis.setGrid(28)
            axis.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        self.plot.getAxis("left").setWidth(LEFT)
        # The timeline above tells the times; here a line is enough.
        self.plot.getAxis("bottom").setStyle(showValues=False)
        self.plot.getAxis("bottom").setHeight(8)
        self._cursor.setPen(pg.mkPen(theme.accent, width=2))
