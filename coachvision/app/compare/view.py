"""The Compare screen: two sessions side by side or over one another, going together by time. For the window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QTransform
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QSlider, QSplitter, QVBoxLayout, QWidget

from coachvision.app import keymap
from coachvision.app.axis import Axis
from coachvision.app.compare.link import Link
from coachvision.app.compare.side import Ghost, Side
from coachvision.app.parts import Choice, area, button, label, named
from coachvision.app.player.where import clock_text
from coachvision.app.screens import Desk, Screen
from coachvision.app.tasks import Job
from coachvision.app.theme import GAP, WIDE
from coachvision.core.alignment import Alignment, by_event
from coachvision.core.units import Units
from coachvision.errors import CoachVisionError

if TYPE_CHECKING:
    from coachvision.app.compare.numbers import Numbers
    from coachvision.app.compare.overlaid import OverlaidChart
    from coachvision.library import Library
    from coachvision.services.compare import Comparison
    from coachvision.services.import_video import PlayableFilm

_RATIOS = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 4.0)
_CHART_HEIGHT = 240
Films = tuple["PlayableFilm | None", "PlayableFilm | None"]


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
        self._paint_under_overlay()
        self.chart: OverlaidChart | None = None
        self.numbers: Numbers | None = None
        self._units = Units()
        self._asked = 0
        self._lay_out()
        self._connect()
        self._tell()

    def _paint_under_overlay(self) -> None:
        """B's picture over A's, but under A's skeleton and angles."""
        canvas, ghost = self.sides[0].player.canvas, self.ghost
        overlay = canvas.over

        def paint(painter: QPainter, to_widget: QTransform, index: int) -> None:
            painter.save()
            ghost.paint(painter, to_widget)
            painter.restore()
            if overlay is not None:
                overlay(painter, to_widget, index)

        canvas.over = paint

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
        column.addWidget(self._bar())
        self._column.addWidget(upper)
        outer.addWidget(self._column, 1)

    def _bar(self) -> QWidget:
        bar = area("surface", QWidget())
        row = QHBoxLayout(bar)
        row.setContentsMargins(WIDE, GAP, WIDE, GAP)
        row.setSpacing(GAP)
        self.play = button(self.tr("Play both"), "accent")
        self.linked = button(self.tr("Linked"))
        self.linked.setCheckable(True)
        self.linked.setChecked(True)
        self.linked.setToolTip(self.tr("Both go together; off: each by itself"))
        self.sync = button(self.tr("Sync point here"))
        self.sync.setToolTip(keymap.hint("compare.sync"))
        self.by = named(Choice(), self.tr("Align by"))
        self.by.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToContents)
        self.ratio = named(Choice(), self.tr("Speed of B"))
        for ratio in _RATIOS:
            self.ratio.addItem(self.tr("B at {0}×").format(f"{ratio:g}"), ratio)
        self.ratio.setCurrentIndex(_RATIOS.index(1.0))
        self.over = button(self.tr("Superpose"))
        self.over.setCheckable(True)
        self.opacity = named(QSlider(Qt.Orientation.Horizontal), self.tr("How much of B is seen"))
        self.opacity.setRange(0, 100)
        self.opacity.setValue(50)
        self.opacity.setFixedWidth(120)
        self.opacity.hide()
        self.told = label("", "muted")
        # The first to give way where there is little room.
        self.told.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.more = button(self.tr("Numbers"))
        self.more.setCheckable(True)
        self.more.setChecked(True)
        for widget in (self.play, self.linked, self.sync, self.by, self.ratio, self.over, self.opacity):
            row.addWidget(widget)
        row.addWidget(self.told, 1)
        row.addWidget(self.more)
        return bar

    def _connect(self) -> None:
        self.play.clicked.connect(self._play)
        self.linked.toggled.connect(self.link.set_linked)
        self.sync.clicked.connect(self.link.sync)
        self.by.activated.connect(lambda _at: self.align_by(str(self.by.currentData() or "")))
        self.ratio.activated.connect(lambda _at: self._set_ratio(float(self.ratio.currentData())))
        self.over.toggled.connect(self.superpose)
        self.opacity.valueChanged.connect(self._fade)
        self.more.toggled.connect(self._show_numbers)
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
            "play.toggle": led(self._play),
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

        def work(library: Library, job: Job) -> tuple[Comparison, Films, Units, CoachVisionError | None]:
            from coachvision.services.compare import compare
            from coachvision.services.import_video import film_of
            from coachvision.services.units import told_units

            comparison = compare(library, a, b)
            films: list[PlayableFilm | None] = []
            trouble = None
            for session in (a, b):
                try:
                    films.append(film_of(library, session, cancelled=job.cancelled))
                except CoachVisionError as error:
                    films.append(None)
                    trouble = error
            return comparison, (films[0], films[1]), told_units(), trouble

        def take(read: tuple[Comparison, Films, Units, CoachVisionError | None]) -> None:
            if asked == self._asked:
                self._show(*read)

        self.desk.actions.run(work, take)

    def _show(self, comparison: Comparison, films: Films, units: Units, trouble: CoachVisionError | None) -> None:
        self.comparison, self._units = comparison, units
        if trouble is not None:
            self.desk.messages.show_error(trouble)
        sessions = (comparison.a, comparison.b)
        for side, session, film in zip(self.sides, sessions, films, strict=True):
            side.show_session(session, film)
        self.ghost.over(self.sides[0].player.canvas.video_size)
        self.axis.open(comparison.a.film.timeline)
        self._offer_kinds()
        self._made_numbers().show_metrics(comparison, units)
        self._show_numbers(self.more.isChecked())
        self._draw_chart()
        kinds = comparison.shared_kinds
        first = by_event(comparison.anchors_a, comparison.anchors_b, kinds[0]) if kinds else None
        self.ratio.setCurrentIndex(_RATIOS.index(1.0))
        if first is not None:
            self.by.setCurrentIndex(self.by.findData(kinds[0]))
        self.link.align(first or Alignment())
        self.link.seek(self.link.alignment.at_a)
        self.sides[0].player.setFocus()

    def _offer_kinds(self) -> None:
        self.by.clear()
        self.by.addItem(self.tr("Align by sync point"), "")
        for kind in self.comparison.shared_kinds if self.comparison is not None else ():
            self.by.addItem(self.tr("Align by {0}").format(kind), kind)

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
        if self.over.isChecked() != on:
            self.over.setChecked(on)
            return
        self.ghost.on = on
        self.opacity.setVisible(on)
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

    def _play(self) -> None:
        self.link.toggle()

    def _set_ratio(self, ratio: float) -> None:
        times = self.link.times
        if times is not None:
            self.link.align(replace(self.link.alignment, speed=ratio))

    def _show_numbers(self, on: bool) -> None:
        if self.numbers is not None:
            self.numbers.setVisible(on)

    # -- what is told

    def _moved(self, at_a: float, _at_b: float) -> None:
        if self.chart is not None and self.chart.isVisible():
            self.chart.set_now(at_a)

    def _tell(self) -> None:
        self.linked.setChecked(self.link.linked)
        aligned = self.link.alignment
        if self.comparison is None:
            self.told.setText("")
        else:
            a, b = (clock_text(time, 0.0) for time in (aligned.at_a, aligned.at_b))
            self.told.setText(self.tr("A {0} = B {1}").format(a, b))
        for widget in (self.play, self.linked, self.sync, self.by, self.ratio, self.over):
            widget.setEnabled(self.comparison is not None)
        self._draw_chart()

    def _tell_playing(self) -> None:
        playing = any(side.player.playing for side in self.sides)
        both = self.tr("Pause both") if playing else self.tr("Play both")
        one = self.tr("Pause") if playing else self.tr("Play")
        self.play.setText(both if self.link.linked else one)

    def _made_numbers(self) -> Numbers:
        if self.numbers is None:
            from coachvision.app.compare.numbers import Numbers

            self.numbers = Numbers(self)
            self._row.addWidget(self.numbers)
        return self.numbers

    def _draw_chart(self) -> None:
        if self.comparison is None:
            return
        if self.chart is None:
            from coachvision.app.compare.overlaid import OverlaidChart

            self.chart = OverlaidChart(self.axis, self)
            self.chart.setMinimumHeight(_CHART_HEIGHT // 2 + 20)
            self.chart.scrubbed.connect(self.link.seek)
            self._column.addWidget(self.chart)
            self._column.setStretchFactor(0, 1)
            self._column.setSizes([self.height() - _CHART_HEIGHT, _CHART_HEIGHT])
        self.chart.show_comparison(self.comparison, self.link.alignment, self._units)
        self.chart.setVisible(not self.chart.empty)
