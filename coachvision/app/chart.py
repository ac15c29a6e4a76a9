"""Curves under the video: which joint, left and right, raw or filtered, to be exported. For the session's screen.

Import it when a session has curves, never before the window shows: it draws with pyqtgraph.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from coachvision.app.axis import RIGHT, Axis
from coachvision.app.curves import Curve, CurvePlot
from coachvision.app.names import name_of
from coachvision.app.parts import Choice, area, button, label, named, safe
from coachvision.app.theme import GAP, WIDE
from coachvision.core.results import Series
from coachvision.core.time import Timeline
from coachvision.core.units import Units
from coachvision.services.export.words import series_title, sided
from coachvision.words import said, tr

_SIDES = {"left": ("━", said("Left")), "right": ("╍", said("Right"))}


class Chart(QWidget):
    """seek_requested: a frame number. table_wanted: (series, path) to be written as a table.

    picture_wanted: (a PNG, path) to be written.
    """

    seek_requested = Signal(int)
    table_wanted = Signal(object, object)
    picture_wanted = Signal(object, object)

    def __init__(self, axis: Axis | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        area("surface", self)
        self.axis = axis if axis is not None else Axis(self)
        self._groups: dict[str, dict[str, Series]] = {}
        self._index = 0
        self._units = Units()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, GAP, 0, GAP)
        column.setSpacing(GAP)
        row = QHBoxLayout()
        row.setContentsMargins(WIDE, 0, RIGHT, 0)
        row.setSpacing(GAP)
        self.choice = named(Choice(), tr("Curve"))
        self.choice.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToContents)
        self.choice.currentIndexChanged.connect(self._draw)
        row.addWidget(self.choice)
        self.raw = button(tr("Raw"), "quiet")
        self.raw.setCheckable(True)
        self.raw.setToolTip(tr("Show the values before filtering, too"))
        row.addWidget(self.raw)
        self.export = button(tr("Export"), "quiet")
        menu = QMenu(self.export)
        menu.addAction(tr("Picture (PNG)"), self._ask_for_picture)
        menu.addAction(tr("Table (CSV)"), self._ask_for_table)
        self.export.setMenu(menu)
        row.addWidget(self.export)
        row.addStretch(1)
        self._values = {side: label(rich=True) for side in ("left", "right", "")}
        for told in self._values.values():
            row.addWidget(told)
        column.addLayout(row)
        self.plot = CurvePlot(self.axis, self)
        self.plot.scrubbed.connect(lambda seconds: self.seek_requested.emit(self.axis.nearest(seconds)))
        self.raw.toggled.connect(self.plot.show_raw)
        column.addWidget(self.plot, 1)

    def show_series(
        self, series: Sequence[Series], timeline: Timeline, joint: str | None = None, units: Units | None = None
    ) -> None:
        """Curves of one athlete, first those of `joint`; a choice made in the same video before is kept.

        units: the coach's; None for SI.
        """
        self._units = units or Units()
        kept = self.choice.currentData() if _same(self.axis.timeline, timeline) else None
        if self.axis.timeline is not timeline and not _same(self.axis.timeline, timeline):
            self.axis.open(timeline)
        self._groups = {}
        for one in series:
            if not np.any(np.isfinite(one.values)):
                continue
            side, stem = sided(one.name) or ("", one.name)
            self._groups.setdefault(stem, {})[side] = one
        self.choice.blockSignals(True)
        self.choice.clear()
        for stem in self._groups:
            self.choice.addItem(name_of(series_title(stem)), stem)
        self.choice.setCurrentIndex(max(0, self.choice.findData(kept or f"angle.{joint}")))
        self.choice.blockSignals(False)
        self._draw()

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not self._groups

    @property
    def shown(self) -> tuple[Series, ...]:
        """The series that are drawn."""
        return tuple(self._groups.get(str(self.choice.currentData()), {}).values())

    def set_index(self, index: int) -> None:
        """Move the cursor to a frame, and tell the values there."""
        line = self.axis.timeline
        if line is None:
            return
        self._index = min(max(index, 0), len(line) - 1)
        now = float(line.seconds[self._index])
        self.plot.set_now(now)
        by_side = {curve.hue: curve for curve in self.plot.curves}
        for side, told in self._values.items():
            curve = by_side.get(side)
            told.setVisible(curve is not None)
            if curve is not None:
                colour = CurvePlot.colour(side)
                stroke, name = _SIDES.get(side, ("", ""))
                mark = f"{stroke} {tr(name)}".strip()
                told.setText(f'<span style="color:{colour}">{mark}</span>&nbsp; {safe(curve.told_at(now))}')

    def changeEvent(self, event: QEvent) -> None:
        """Another theme: the values in its colours."""
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "plot"):
            self.set_index(self._index)
        super().changeEvent(event)

    def _draw(self) -> None:
        line = self.axis.timeline
        group = self._groups.get(str(self.choice.currentData()), {})
        if line is None:
            return
        curves = [
            Curve(
                name_of(series_title(one.name)), side, one.unit, line.times_of(one.pts), one.values, one.raw,
                # Left is a solid line, right a dashed one: told apart without colours, too.
                dashed=side == "right", units=self._units,
            )
            for side, one in group.items()
        ]  # fmt: skip
        has_raw = any(curve.raw is not None for curve in curves)
        self.raw.setEnabled(has_raw)
        self.plot.show_curves(curves)
        self.set_index(self._index)

    def _ask_for_picture(self) -> None:
        path = self._asked(tr("Save the chart"), "png")
        if path is not None:
            self.picture_wanted.emit(self.plot.picture(), path)

    def _ask_for_table(self) -> None:
        path = self._asked(tr("Save the table"), "csv")
        if path is not None:
            self.table_wanted.emit(self.shown, path)

    def _asked(self, title: str, ending: str) -> Path | None:
        name, _ = QFileDialog.getSaveFileName(self, title, f"{self.choice.currentText()}.{ending}", f"*.{ending}")
        return Path(name).with_suffix(f".{ending}") if name else None


def _same(one: Timeline | None, other: Timeline) -> bool:
    return (
        one is not None
        and one.time_base == other.time_base
        and one.time_scale == other.time_scale
        and np.array_equal(one.pts, other.pts)
    )
