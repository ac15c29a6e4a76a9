"""Both sessions' curves in one chart, the second moved to where it belongs in the first's time. For the Compare screen.

Import it when there are curves, never before the window shows: it draws with pyqtgraph.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from coachvision.app.axis import RIGHT, Axis
from coachvision.app.curves import Curve, CurvePlot
from coachvision.app.names import name_of
from coachvision.app.parts import Choice, area, label, named, safe
from coachvision.app.theme import GAP, WIDE
from coachvision.core.alignment import Alignment
from coachvision.core.results import Series
from coachvision.core.units import Units
from coachvision.services.export.words import series_title
from coachvision.words import tr

if TYPE_CHECKING:
    from coachvision.services.compare import Comparison
    from coachvision.services.session import WholeSession

_FIRST = ("angle.left_knee", "angle.right_knee")


class OverlaidChart(QWidget):
    """scrubbed: seconds of the first session."""

    scrubbed = Signal(float)

    def __init__(self, axis: Axis, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        area("surface", self)
        self._now = 0.0
        self._comparison: Comparison | None = None
        self._alignment = Alignment()
        self._units = Units()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, GAP, 0, GAP)
        column.setSpacing(GAP)
        row = QHBoxLayout()
        row.setContentsMargins(WIDE, 0, RIGHT, 0)
        row.setSpacing(WIDE)
        self.choice = named(Choice(), tr("Curve"))
        self.choice.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToContents)
        self.choice.currentIndexChanged.connect(self._draw)
        row.addWidget(self.choice)
        row.addStretch(1)
        self.values = (label(rich=True), label(rich=True))
        for told in self.values:
            row.addWidget(told)
        column.addLayout(row)
        self.plot = CurvePlot(axis, self)
        self.plot.scrubbed.connect(self.scrubbed)
        column.addWidget(self.plot, 1)

    @property
    def empty(self) -> bool:
        """Whether the sessions have no curve in common."""
        return self.choice.count() == 0

    def show_comparison(self, comparison: Comparison, alignment: Alignment, units: Units) -> None:
        """The curves that both have, in the coach's units; the choice made before is kept where it is still there."""
        self._units = units
        other = comparison is not self._comparison
        self._comparison, self._alignment = comparison, alignment
        if other:
            of_b = _of(comparison.b)
            names = [name for name, one in _of(comparison.a).items() if name in of_b and of_b[name].unit == one.unit]
            kept = self.choice.currentData()
            knees = [name for name in _FIRST if name in names]
            # Seen from the side, one knee hides the other: the one that was seen longer.
            best = max(knees, key=lambda name: _seen(comparison, name)) if knees else None
            wanted = kept if kept in names else best
            self.choice.blockSignals(True)
            self.choice.clear()
            for name in names:
                self.choice.addItem(name_of(series_title(name)), name)
            self.choice.setCurrentIndex(max(0, self.choice.findData(wanted)) if names else -1)
            self.choice.blockSignals(False)
        self._draw()

    def set_now(self, seconds: float) -> None:
        """Move the cursor to that second of the first session, and tell both values there."""
        self._now = seconds
        self.plot.set_now(seconds)
        marks = ("━ A", "╍ B")
        for told, mark, curve in zip(self.values, marks, self.plot.curves, strict=False):
            colour = CurvePlot.colour(curve.hue)
            told.setText(f'<span style="color:{colour}">{mark}</span>&nbsp; {safe(curve.told_at(seconds))}')

    def changeEvent(self, event: QEvent) -> None:
        """Another theme: the values in its colours."""
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "plot"):
            self.set_now(self._now)
        super().changeEvent(event)

    def _draw(self) -> None:
        found, name = self._comparison, str(self.choice.currentData() or "")
        if found is None or not name:
            self.plot.show_curves(())
            return
        a, b = _of(found.a)[name], _of(found.b)[name]
        times_b = found.b.film.timeline.times_of(b.pts)
        moved = self._alignment.at_a + (times_b - self._alignment.at_b) / self._alignment.speed
        times_a, title, units = found.a.film.timeline.times_of(a.pts), name_of(series_title(name)), self._units
        self.plot.show_curves(
            (
                Curve(title, "left", a.unit, times_a, a.values, units=units),
                Curve(title, "right", b.unit, moved, b.values, dashed=True, units=units),
            )
        )
        self.set_now(self._now)


def _seen(comparison: Comparison, name: str) -> int:
    """How many samples of that series both sessions have between them."""
    return sum(int(np.isfinite(_of(one)[name].values).sum()) for one in (comparison.a, comparison.b))


def _of(session: WholeSession) -> dict[str, Series]:
    """The series of the athlete of interest that have values, by name."""
    subject = session.main_subject
    return {
        one.name: one
        for _, one in session.series()
        if (subject is None or one.subject == subject) and np.any(np.isfinite(one.values))
    }
