"""The session's screen: its film, the chart, numbers and events, put together. For the window."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent, QUndoStack
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QWidget

from coachvision.app import keymap, library_actions
from coachvision.app.about import About, Described, keeper_of
from coachvision.app.actions import Actions, Opened
from coachvision.app.axis import Axis
from coachvision.app.film_stage import FilmStage
from coachvision.app.inspector import Inspector
from coachvision.app.keeping import Keeper
from coachvision.app.parts import area
from coachvision.app.tasks import Job, Tasks
from coachvision.words import tr

if TYPE_CHECKING:
    from coachvision.app.chart import Chart
    from coachvision.app.player.widget import PlayerWidget
    from coachvision.app.tagging.desk import TagDesk
    from coachvision.app.timeline import TimelineWidget
    from coachvision.app.tools.studio import Studio
    from coachvision.core.results import Series
    from coachvision.library import Library
    from coachvision.services.session import WholeSession

# The chart's height; in a low window it gives up what the video needs, down to the least.
_CHART_HEIGHT, _CHART_LEAST, _VIDEO_NEEDS = 220, 120, 540
# Below this height the timeline's parts are lower, too.
_LOW = 700


class SessionView(QWidget):
    """failed: (error to show, what tries again or None). noticed: words to show. named: (title, facts) of the session.

    offered: (words to show, what can be done, doing it). full_screen_wanted: the coach asked for it in the player.
    """

    failed = Signal(object, object)
    noticed = Signal(str)
    offered = Signal(str, str, object)
    full_screen_wanted = Signal()
    named = Signal(str, str)

    def __init__(self, actions: Actions, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        area("page", self)
        self._actions = actions
        self._tasks = tasks
        self.session = ""
        self.opened: Opened | None = None
        self.chart: Chart | None = None
        self.undo = QUndoStack(self)
        self.axis = Axis(self)
        keymap.bind(self, {"edit.undo": self.undo.undo, "edit.redo": self.undo.redo})
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self._column = QSplitter(Qt.Orientation.Vertical)
        self._column.setChildrenCollapsible(False)
        self._column.setHandleWidth(1)
        self._shared_by_hand = False
        self._column.splitterMoved.connect(self._share_by_hand)
        self.stage = FilmStage(actions, tasks, self.undo, self.axis, self)
        self.stage.made.connect(self._furnish)
        self.stage.moved.connect(self._moved)
        self.stage.failed.connect(self.failed)
        self.stage.noticed.connect(self.noticed)
        self.stage.offered.connect(self.offered)
        self.stage.full_screen_wanted.connect(self.full_screen_wanted)
        self._column.addWidget(self.stage)
        row.addWidget(self._column, 1)
        self.inspector = Inspector(self)
        self.inspector.analyze_wanted.connect(self._analyze)
        self._about = keeper_of(actions, self)
        self._about.failed.connect(self.failed)
        self._about.mended.connect(lambda: self.noticed.emit(tr("What you noted is kept again.")))
        self.inspector.notes_changed.connect(lambda session, text: self._about.owe(session, About(notes=text)))
        self.inspector.notes.about.changed.connect(self._describe)
        row.addWidget(self.inspector)
        tasks.changed.connect(self._work)

    @property
    def player(self) -> PlayerWidget | None:
        """The player; None before the first film."""
        return self.stage.player

    @property
    def timeline(self) -> TimelineWidget | None:
        """The timeline; None before the first film."""
        return self.stage.timeline

    @property
    def studio(self) -> Studio | None:
        """The tools on the video; None before the first film."""
        return self.stage.studio

    @property
    def tags(self) -> TagDesk | None:
        """Tagging; None before the first film."""
        return self.stage.tags

    def open(self, session: str) -> None:
        """Read the session and show it; a film already on screen is left at once."""
        self.leave()
        self.session = session
        self._read()

    def leave(self) -> None:
        """Stop playing; forget the session."""
        self.inspector.notes.keep()
        self.session = ""
        self.opened = None
        self.stage.leave()

    def warm(self) -> None:
        """In an idle moment: start the decoder of the first film."""
        self.stage.warm()

    def shut_down(self) -> None:
        """The window closes: end the player's processes."""
        self.leave()
        self.stage.shut_down()

    def may_close(self) -> bool:
        """Whether all that was done is kept; where it cannot be, the coach is told, and asked once more to close."""
        self.inspector.notes.keep()
        # Each is asked: none may be left with what it owes because another one could not.
        owing = [keeper for keeper in self._keepers if not keeper.may_close()]
        return not owing

    @property
    def _keepers(self) -> list[Keeper[Any]]:
        """Whoever may owe something to the library."""
        drawn = [self.studio.keeper] if self.studio is not None else []
        tagged = [self.tags.book.keeper] if self.tags is not None else []
        return [self._about, *drawn, *tagged]

    def saved(self, session: str) -> None:
        """A session changed: if it is this one, read its results again; the film plays on."""
        if session == self.session:
            self._read()

    def _read(self) -> None:
        session = self.session

        def take(opened: Opened) -> None:
            if session == self.session:
                self._show(opened)

        keepers = self._keepers
        # What was done a moment ago is in the library before the library is asked.
        self._actions.open_session(session, take, first=lambda: [keeper.flush() for keeper in keepers])

    def _show(self, opened: Opened) -> None:
        before, self.opened = self.opened, opened
        whole = opened.session
        about = [
            whole.athlete or "",
            f"{whole.film.width} × {whole.film.height}",
            tr("{fps} frames/s", fps=f"{whole.film.fps:.4g}"),
        ]
        self.named.emit(whole.title or whole.film.name, "  ·  ".join(part for part in about if part))
        self.stage.open(self.session, opened)
        if opened.film is None and opened.trouble is not None and before is None:
            self.failed.emit(opened.trouble, None)
        self._show_about(whole)
        self._show_results(opened)
        self._work()

    def _show_about(self, whole: WholeSession) -> None:
        """As it is kept, or shall be once it can."""
        kept = About(whole.title, whole.athlete or "", whole.notes)
        about = kept.then(self._about.pending(whole.id) or About())
        notes = self.inspector.notes
        notes.show_notes(whole.id, about.notes or "")
        notes.about.show_session(whole.id, about.title or "", whole.film.name, about.athlete or "")
        library_actions.names(self._actions, lambda names: notes.about.offer(names.athletes))

    def _describe(self, session: str, before: About, after: About) -> None:
        self.undo.push(Described(self._about, session, before, after))

    def _show_results(self, opened: Opened) -> None:
        """Numbers, curves and angles, of an analysis or of what the coach moved."""
        self.opened, whole = opened, opened.session
        self.inspector.show_session(opened)
        subject = whole.main_subject
        series = [s for _, s in whole.series() if subject is None or s.subject == subject]
        if self.studio is not None:
            self.studio.open(opened, series)
        if series:
            chart = self._made_chart()
            chart.show_series(series, whole.film.timeline, opened.joint, opened.units)
            chart.set_index(self.player.index if self.player is not None else 0)
        if self.chart is not None:
            self.chart.setVisible(bool(series) and not self.chart.empty)

    def _furnish(self) -> None:
        """What the film brings with it, beside it: there is a player now."""
        if self.studio is None or self.tags is None:
            return
        self._row.insertWidget(0, self.studio.rail)
        self.inspector.add_tags(self.tags)
        self.inspector.add_page(self.studio.page, tr("Drawings"))
        self.studio.recomputed.connect(self._show_results)

    def _made_chart(self) -> Chart:
        """The chart, made when the first session has curves."""
        if self.chart is None:
            from coachvision.app.chart import Chart

            self.chart = Chart(self.axis, self)
            self.chart.table_wanted.connect(self._export_table)
            self.chart.picture_wanted.connect(self._export_picture)
            self.chart.setMinimumHeight(_CHART_LEAST)
            self.chart.seek_requested.connect(self.stage.seek)
            self._column.addWidget(self.chart)
            self._column.setStretchFactor(0, 1)
            self._column.setStretchFactor(1, 0)
            self._share_height()
        return self.chart

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The video and the chart share the height anew, unless the coach did it."""
        super().resizeEvent(event)
        self.stage.be_low(event.size().height() < _LOW)
        if not self._shared_by_hand:
            self._share_height()

    def _share_height(self) -> None:
        chart = min(max(self.height() - _VIDEO_NEEDS, _CHART_LEAST), _CHART_HEIGHT)
        self._column.setSizes([self.height() - chart, chart])

    def _share_by_hand(self) -> None:
        self._shared_by_hand = True

    def _export_table(self, series: Sequence[Series], target: Path) -> None:
        """The chart's curves as a table."""
        if self.opened is None:
            return
        line = self.opened.session.film.timeline

        def work(library: Library, _job: Job) -> None:
            from coachvision.services.export.curves import export_curves

            export_curves(library, series, line, target)

        self._actions.run(work, lambda _: self._tell_written(target))

    def _export_picture(self, png: bytes, target: Path) -> None:
        """The chart as it is seen."""

        def work(library: Library, _job: Job) -> None:
            from coachvision.services.export.curves import export_picture

            export_picture(library, png, target)

        self._actions.run(work, lambda _: self._tell_written(target))

    def _tell_written(self, target: Path) -> None:
        self.noticed.emit(tr("{file} is written.", file=target))

    def _moved(self, index: int) -> None:
        if self.chart is not None and self.chart.isVisible():
            self.chart.set_index(index)

    def _analyze(self) -> None:
        if self.opened is not None:
            self._actions.analyze(self.session, self.opened.session.title or self.opened.session.film.name)

    def analyze_again(self) -> None:
        """Run the analyzers once more, unless they run already."""
        if self._job() is None:
            self._analyze()

    def _job(self) -> Job | None:
        return next((job for job in self._tasks.shown if job.session and job.session == self.session), None)

    def _work(self) -> None:
        if self.session:
            self.inspector.work(self._job())
