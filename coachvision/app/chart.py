"""Curves under the video: left and right of a joint, a cursor that moves with the film, a click that seeks.

The only module that imports pyqtgraph: import it when a session has curves, never before the window shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from coachvision.app.parts import Choice, area, label, named
from coachvision.app.theme import GAP, SMALL, WIDE, worn
from coachvision.core.results import Series
from coachvision.core.time import Timeline
from coachvision.services.export.words import series_title, sided, unit_sign

_FIRST = "angle.knee"
# Left is a solid line, right a dashed one: told apart without colours, too.
_STYLES = {"left": Qt.PenStyle.SolidLine, "right": Qt.PenStyle.DashLine, "": Qt.PenStyle.SolidLine}


class Chart(QWidget):
    """seek_requested: a frame number."""

    seek_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        area("surface", self)
        self._timeline: Timeline | None = None
        self._groups: dict[str, dict[str, Series]] = {}
        self._curves: dict[str, tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]] = {}
        self._unit = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(WIDE, GAP, WIDE, GAP)
        column.setSpacing(GAP)
        row = QHBoxLayout()
        row.setSpacing(WIDE)
        self.choice = named(Choice(), "Curve")
        self.choice.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToContents)
        self.choice.currentIndexChanged.connect(self._draw)
        row.addWidget(self.choice)
        row.addStretch(1)
        self._values = {side: label() for side in ("left", "right", "")}
        for told in self._values.values():
            row.addWidget(told)
        column.addLayout(row)
        self.plot = pg.PlotWidget()
        self.plot.setAccessibleName("Chart")
        self.plot.setMenuEnabled(False)
        self.plot.setMouseEnabled(x=False, y=False)
        self.plot.hideButtons()
        self.plot.scene().sigMouseClicked.connect(self._clicked)
        self._cursor = pg.InfiniteLine(0.0, angle=90)
        column.addWidget(self.plot, 1)
        self._dress()

    def show_series(self, series: Sequence[Series], timeline: Timeline) -> None:
        """Curves of one athlete; the choice made before is kept where it is still there."""
        self._timeline = timeline
        self._groups = {}
        for one in series:
            if not np.any(np.isfinite(one.values)):
                continue
            side, stem = sided(one.name) or ("", one.name)
            self._groups.setdefault(stem, {})[side] = one
        kept = self.choice.currentData() or _FIRST
        self.choice.blockSignals(True)
        self.choice.clear()
        for stem in self._groups:
            self.choice.addItem(series_title(stem), stem)
        self.choice.setCurrentIndex(max(0, self.choice.findData(kept)))
        self.choice.blockSignals(False)
        self._draw()

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not self._groups

    def set_index(self, index: int) -> None:
        """Move the cursor to a frame, and tell the values there."""
        if self._timeline is None or not len(self._timeline):
            return
        index = min(max(index, 0), len(self._timeline) - 1)
        now = float(self._timeline.seconds[index])
        self._cursor.setValue(now)
        for side, told in self._values.items():
            found = self._curves.get(side)
            told.setVisible(found is not None)
            if found is None:
                continue
            times, values = found
            at = int(np.clip(np.searchsorted(times, now + 1e-6) - 1, 0, len(times) - 1))
            known = np.isfinite(values[at])
            text = f"{values[at]:.0f}{unit_sign(self._unit)}".replace("-", "\u2212") if known else "–"
            colour = self._colour(side)
            mark = {"left": "━ Left", "right": "╍ Right", "": ""}[side]
            told.setText(f'<span style="color:{colour}">{mark}</span>&nbsp; {text}')

    def changeEvent(self, event: QEvent) -> None:
        """Another theme: all in its colours."""
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_cursor"):
            self._dress()
            self._draw()
        super().changeEvent(event)

    def _draw(self) -> None:
        self._curves = {}
        self.plot.clear()
        group = self._groups.get(str(self.choice.currentData()), {})
        if self._timeline is None or not group:
            return
        for side, series in group.items():
            times = np.array([self._timeline.seconds_of(int(pts)) for pts in series.pts])
            self._curves[side], self._unit = (times, series.values), series.unit
            pen = pg.mkPen(self._colour(side), width=2, style=_STYLES[side])
            self.plot.plot(times, series.values, pen=pen, connect="finite", antialias=True)
        self.plot.addItem(self._cursor, ignoreBounds=True)
        seconds = self._timeline.seconds
        self.plot.setXRange(0.0, max(float(seconds[-1]), 1e-3), padding=0.01)
        self.plot.setLabel("left", {"deg": "degrees", "1": ""}.get(self._unit, self._unit))
        self.set_index(self._timeline.index_at(float(self._cursor.value())))

    def _clicked(self, event: Any) -> None:
        """event: pyqtgraph's own kind, which has no annotations."""
        box = self.plot.getPlotItem().vb
        if self._timeline is not None and self.plot.sceneBoundingRect().contains(event.scenePos()):
            seconds = box.mapSceneToView(event.scenePos()).x()
            self.seek_requested.emit(self._timeline.index_at(float(seconds)))

    @staticmethod
    def _colour(side: str) -> str:
        theme = worn()
        return {"left": theme.left, "right": theme.right}.get(side, theme.accent_text)

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
        self.plot.getAxis("left").setWidth(56)
        self.plot.setLabel("bottom", "seconds")
        self._cursor.setPen(pg.mkPen(theme.accent, width=2))
