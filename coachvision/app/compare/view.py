"""The Compare screen: two sessions side by side or over one another, going together by time. For the window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from coachvision.app import keymap
from coachvision.app.axis import Axis
from coachvision.app.compare.bar import Bar
from coachvision.app.compare.link import Link
from coachvision.app.compare.reading import Read, read
from coachvision.app.compare.side import Ghost, Side
from coachvision.app.player.where import clock_text
from coachvision.app.screens import Desk, Screen
from coachvision.core.alignment import Alignment, by_event
from coachvision.core.units import Units
from coachvision.words import tr

if TYPE_CHECKING:
    from coachvision.app.compare.numbers import Numbers
    from coachvision.app.compare.overlaid import OverlaidChart
    from coachvision.services.compare import Comparison

_CHART_HEIGHT = 240
# Of the screen, px: below this the films' controls have no room left beside the numbers.
_NARROW = 1290


class CompareView(Screen):
    """Side A left, side B right, the bar that links them, both curves and both sessions' numbers."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.ids = ["", ""]
        self.comparison: Comparison | None = None
        self.axis = Axis(self)
        self.sides = (Side("A", "left", desk.actions, self), Side("B", "right", desk.actions, self))
        self.link = Link(self.sides[0].player, self.sides[1].player, self)
        self.ghost = Ghost(self.sides[1].player)
        self.ghost.lie_on(self.sides[0].player.canvas)
        self.chart: OverlaidChart | None = None
        self.numbers: Numbers | None = None
        self._units = Units()
        self._asked = 0
        self.bar = Bar(self)
        self._lay_out()
        self._connect()
        self._tell()

    # -- the parts

    def _lay_out(self) -> None:
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self._row = outer
        self._column = QSplitter(Qt.Orientation.Vertical)
        self._column.setChildrenCollapsible(False)
        self._column.setHandleWidth(1)
        upper = QWidget()
        column = QVBoxLayout(upper)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        both = QHBoxLayout()
        both.setSpacing(1)
        for side in self.sides:
            both.addWidget(side, 1)
        column.addLayout(both, 1)
        column.addWidget(self.bar)
        self._column.addWidget(upper)
        self._below = QWidget()
        self._below_row = QHBoxLayout(self._below)
        self._below_row.setContentsMargins(0, 0, 0, 0)
        self._below_row.setSpacing(0)
        self._below.hide()
        self._column.addWidget(self._below)
        self._column.setStretchFactor(0, 1)
        outer.addWidget(self._column, 1)

    def _connect(self) -> None:
        self.bar.play.clicked.connect(self.link.toggle)
        self.bar.linked.toggled.connect(self.link.set_linked)
        self.bar.sync.clicked.connect(self.link.sync)
        self.bar.by.activated.connect(lambda _at: self.align_by(str(self.bar.by.currentData() or "")))
        self.bar.ratio.activated.connect(lambda _at: self._set_ratio(float(self.bar.ratio.currentData())))
        self.bar.over.toggled.connect(self.superpose)
        self.bar.opacity.valueChanged.connect(self._fade)
        self.bar.more.toggled.connect(self._make_room)
        self.link.changed.connect(self._tell)
        self.link.moved.connect(self._moved)
        for at, side in enumerate(self.sides):
            side.chosen.connect(partial(self._choose, at))
            side.touched.connect(partial(self.link.lead, at))
            side.player.failed.connect(self.desk.messages.show_error)
            side.player.playing_changed.connect(lambda _playing: self._tell_playing())
        self.sides[1].player.frame_changed.connect(lambda *_: self._repaint())
        keymap.bind(self, {"compare.sync": self.link.sync, **self._playing_keys()})

    def _playing_keys(self) -> dict[str, keymap.Handler]:
        """The keys of playing where neither player has the focus: they go to the one that leads."""

        def led(do: Callable[[], object]) -> keymap.Handler:
            return lambda: do() if self.comparison is not None else False

        def leader() -> int:
            return self.link.leader

        def step(by: int) -> None:
            self.sides[leader()].player.step(by)

        return {
            "play.toggle": led(self.link.toggle),
            "play.frame_on": led(lambda: step(1)),
            "play.frame_back": led(lambda: step(-1)),
            "play.ten_on": led(lambda: step(10)),
            "play.ten_back": led(lambda: step(-10)),
        }

    # -- a screen of the window

    def open(self) -> None:
        """Go on with what was compared; without that, choose."""
        if all(self.ids):
            self._read()
        else:
            # The first one last: it gets the focus.
            for side, given in reversed(list(zip(self.sides, self.ids, strict=True))):
                if not given:
                    side.pick()

    def leave(self) -> None:
        """Stop playing; let the films go."""
        self._asked += 1
        self.comparison = None
        for side in self.sides:
            side.player.close_video()

    def shut_down(self) -> None:
        """End the players' processes."""
        for side in self.sides:
            side.player.shut_down()

    def take_sessions(self, *sessions: str) -> None:
        """The two to compare, by id; "" leaves the side to be chosen. Shown when the screen is gone to."""
        self.ids = [*sessions, "", ""][:2]
        for side, given in zip(self.sides, self.ids, strict=True):
            if not given:
                side.forget()

    def start_over(self) -> None:
        """Neither side is chosen."""
        self.take_sessions()

    def _choose(self, at: int, session: str) -> None:
        self.ids[at] = session
        if all(self.ids):
            self._read()
        else:
            self.sides[1 - at].pick()

    # -- reading

    def _read(self) -> None:
        self._asked += 1
        asked, (a, b) = self._asked, self.ids

        def take(found: Read) -> None:
            if asked == self._asked:
                self._show(found)

        self.desk.actions.run(lambda library, job: read(library, job, a, b), take)

    def _show(self, found: Read) -> None:
        comparison = self.comparison = found.comparison
        self._units = found.units
        if found.trouble is not None:
            self.desk.messages.show_error(found.trouble)
        sessions = (comparison.a, comparison.b)
        for side, session, film in zip(self.sides, sessions, found.films, strict=True):
            side.show_session(session, film)
        self.axis.open(comparison.a.film.timeline)
        self.bar.offer(comparison.shared_kinds)
        self._made_numbers().show_metrics(comparison, found.units)
        self._draw_chart()
        kinds = comparison.shared_kinds
        first = by_event(comparison.anchors_a, comparison.anchors_b, kinds[0]) if kinds else None
        self.bar.same_speed()
        if first is not None:
            self.bar.by.setCurrentIndex(self.bar.by.findData(kinds[0]))
        self.link.align(first or Alignment())
        self.link.seek(self.link.alignment.at_a)
        self.sides[0].player.setFocus()

    # -- what the coach does

    def align_by(self, kind: str) -> None:
        """Bring the first of that kind of event together in both; "" leaves the sync point as it is."""
        found = self.comparison
        aligned = by_event(found.anchors_a, found.anchors_b, kind, self.link.alignment.speed) if found else None
        if aligned is not None:
            self.link.align(aligned)
            self.link.seek(aligned.at_a)

    def superpose(self, on: bool) -> None:
        """B over A, or beside it."""
        if self.bar.over.isChecked() != on:
            self.bar.over.setChecked(on)
            return
        self.ghost.on = on
        self.bar.opacity.setVisible(on)
        self.sides[1].setVisible(not on)
        self.sides[0].tell_ghost(self.sides[1].title.text() if on else "")
        if on:
            self.link.lead(0)
        self._repaint()

    def _fade(self, percent: int) -> None:
        self.ghost.opacity = percent / 100
        self._repaint()

    def _repaint(self) -> None:
        if self.ghost.on:
            self.sides[0].player.canvas.update()

    def _set_ratio(self, ratio: float) -> None:
        times = self.link.times
        if times is not None:
            self.link.align(replace(self.link.alignment, speed=ratio))

    # -- what is told

    def _moved(self, at_a: float, _at_b: float) -> None:
        if self.chart is not None and self.chart.isVisible():
            self.chart.set_now(at_a)

    def _tell(self) -> None:
        self.bar.linked.setChecked(self.link.linked)
        aligned = self.link.alignment
        if self.comparison is None:
            self.bar.told.say("")
        else:
            a, b = (clock_text(time, 0.0) for time in (aligned.at_a, aligned.at_b))
            self.bar.told.say(tr("A {a} = B {b}", a=a, b=b))
        self.bar.enable(on=self.comparison is not None)
        self._draw_chart()

    def _tell_playing(self) -> None:
        self.bar.tell_playing(playing=any(side.player.playing for side in self.sides))

    def _made_numbers(self) -> Numbers:
        if self.numbers is None:
            from coachvision.app.compare.numbers import Numbers

            self.numbers = Numbers(self)
        return self.numbers

    def _draw_chart(self) -> None:
        if self.comparison is None:
            return
        if self.chart is None:
            from coachvision.app.compare.overlaid import OverlaidChart

            self.chart = OverlaidChart(self.axis, self)
            self.chart.scrubbed.connect(self.link.seek)
            self._below_row.insertWidget(0, self.chart, 1)
            self._below.setMinimumHeight(_CHART_HEIGHT // 2 + 20)
        self.chart.show_comparison(self.comparison, self.link.alignment, self._units)
        self._make_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What stands where, in a narrow window and a wide one."""
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """The numbers stand beside the films; in a narrow window under them, beside the curves."""
        numbers, curves = self.numbers is not None and self.bar.more.isChecked(), False
        if self.chart is not None:
            curves = not self.chart.empty
            self.chart.setVisible(curves)
        narrow = self.width() < _NARROW
        if self.numbers is not None:
            row = self._below_row if narrow else self._row
            if row.indexOf(self.numbers) < 0:
                row.addWidget(self.numbers)
            self.numbers.setVisible(numbers)
        below = curves or (numbers and narrow)
        if below and self._below.isHidden():
            self._below.show()
            self._column.setSizes([self.height() - _CHART_HEIGHT, _CHART_HEIGHT])
        self._below.setVisible(below)
