"""Rows under the timeline: what the coach tagged by category, and what was found by kind. For a session's screen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QScrollBar, QSizePolicy, QWidget

from coachvision.app.axis import Axis
from coachvision.app.parts import named
from coachvision.app.rows_canvas import RowsCanvas
from coachvision.app.timeline_lines import ROW
from coachvision.core.results import Event
from coachvision.library.records import MomentRow
from coachvision.words import tr

# Rows seen without scrolling; in a low window fewer, to leave the room to the video.
MOST_SEEN, MOST_SEEN_LOW = 6, 2
_BAR = 10


class TimelineRows(QScrollArea):
    """The rows; more than a handful scroll. more: the bar that says so, in the room right of the time."""

    def __init__(self, axis: Axis, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.canvas = RowsCanvas(axis, self)
        self.setWidget(self.canvas)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Qt's own bar would take width from the time: rows and ruler would not be in line.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.viewport().setBackgroundRole(QPalette.ColorRole.Base)
        self.more = named(QScrollBar(Qt.Orientation.Vertical, self), tr("More rows"))
        self.more.setObjectName("more")
        own = self.verticalScrollBar()
        own.rangeChanged.connect(self._offer)
        own.valueChanged.connect(self.more.setValue)
        self.more.valueChanged.connect(own.setValue)
        self.more.hide()
        self._most = MOST_SEEN

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The bar stands at the right edge."""
        super().resizeEvent(event)
        self.more.setGeometry(self.width() - _BAR - 2, 0, _BAR, self.height())

    def _offer(self, _least: int, most: int) -> None:
        """There are so many pixels more than are seen."""
        self.more.setPageStep(self.verticalScrollBar().pageStep())
        self.more.setRange(0, most)
        self.more.setVisible(most > 0)

    def be_low(self, low: bool) -> None:
        """Whether there is little room."""
        self._most = MOST_SEEN_LOW if low else MOST_SEEN
        self._fit()

    def show_lines(self, moments: Sequence[MomentRow], events: Sequence[Event]) -> None:
        """What happened; without anything the rows take no room."""
        self.canvas.show_lines(moments, events)
        self._fit()

    def _fit(self) -> None:
        # Never shown or hidden here: in full screen somebody else has put them away.
        count = len(self.canvas.lines)
        # Half of the next one is seen, too: it says that there are more.
        height = count * ROW if count <= self._most else self._most * ROW + ROW // 2
        if self.maximumHeight() != height:
            self.setFixedHeight(height)
