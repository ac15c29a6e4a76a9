"""The session's screen: the video with its timeline, the chart, numbers and events. For the window."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from coachvision.app import keymap
from coachvision.app.actions import Actions, Opened
from coachvision.app.axis import Axis
from coachvision.app.inspector import Inspector
from coachvision.app.parts import area, label
from coachvision.app.remembered import Look, keep_look, look_of
from coachvision.app.tasks import Job, Tasks

if TYPE_CHECKING:
    from coachvision.app.chart import Chart
    from coachvision.app.player.widget import PlayerWidget
    from coachvision.app.tagging.desk import TagDesk
    from coachvision.app.timeline import TimelineWidget
    from coachvision.app.tools.studio import Studio
    from coachvision.core.results import Series
    from coachvision.library import Library
    from coachvision.video.frame_server_client import ServerProcess

_CHART_HEIGHT = 220


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
        self.player: PlayerWidget | None = None
        self._spare: ServerProcess | None = None
        self.studio: Studio | None = None
        self.timeline: TimelineWidget | None = None
        self.chart: Chart | None = None
        self.tags: TagDesk | None = None
        self.undo = QUndoStack(self)
        self.axis = Axis(self)
        keymap.bind(self, {"edit.undo": self.undo.undo, "edit.redo": self.undo.redo})
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self._column = QSplitter(Qt.Orientation.Vertical)
        self._column.setChildrenCollapsible(False)
        self._column.setHandleWidth(1)
        self._stage = QWidget()
        self._stage_column = QVBoxLayout(self._stage)
        self._stage_column.setContentsMargins(0, 0, 0, 0)
        self._stage_column.setSpacing(0)
        self._video: QWidget | None = None
        self._trouble = label(kind="muted", wrap=True, centred=True)
        self._stage_column.addWidget(self._trouble, 1)
        self._trouble.hide()
        self._column.addWidget(self._stage)
        row.addWidget(self._column, 1)
        self.inspector = Inspector(self)
        self.inspector.analyze_wanted.connect(self._analyze)
        self.inspector.notes_changed.connect(lambda session, notes: actions.change(session, notes=notes))
        row.addWidget(self.inspector)
        tasks.changed.connect(self._work)

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
        if self.studio is not None:
            self.studio.close()
        self.undo.clear()
        if self.tags is not None:
            self.tags.close()
        if self.player is not None:
            self.player.close_video()

    def warm(self) -> None:
        """In an idle moment: start the decoder of the first film, before there is a player."""
        if self.player is None and self._spare is None:
            from coachvision.video.frame_server_client import ServerProcess

            self._spare = ServerProcess()

    def shut_down(self) -> None:
        """The window closes: end the player's processes."""
        self.leave()
        if self.studio is not None:
            self.studio.shut_down()
        if self._spare is not None:
            self._spare.close()
            self._spare = None
        if self.player is not None:
            self.player.shut_down()

    def may_close(self) -> bool:
        """Whether all that was drawn is kept; where it cannot be, the coach is told, and asked once more to close."""
        return self.studio is None or self.studio.may_close()

    def saved(self, session: str) -> None:
        """A session changed: if it is this one, read its results again; the film plays on."""
        if session == self.session:
            self._read()

    def seek(self, index: int) -> None:
        """Go to a frame."""
        if self.player is not None and self.opened is not None and self.opened.film is not None:
            self.player.seek(index)

    def _read(self) -> None:
        session = self.session

        def take(opened: Opened) -> None:
            if session == self.session:
                self._show(opened)

        # What was drawn a moment ago is in the library before the library is asked.
        first = self.studio.keeper.flush if self.studio is not None else None
        self._actions.open_session(session, take, first=first)

    def _show(self, opened: Opened) -> None:
        before, self.opened = self.opened, opened
        whole = opened.session
        about = [whole.athlete or "", f"{whole.film.width} × {whole.film.height}", f"{whole.film.fps:.4g} frames/s"]
        self.named.emit(whole.title or whole.film.name, "  ·  ".join(part for part in about if part))
        self._show_film(opened, before)
        self._show_results(opened)
        self._work()

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

    def _show_film(self, opened: Opened, before: Opened | None) -> None:
        film = opened.film
        self._trouble.setVisible(film is None)
        for widget in (self._video, self.timeline, None if self.studio is None else self.studio.rail):
            if widget is not None:
                widget.setVisible(film is not None)
        if film is None and self.tags is not None:
            self.tags.open(self.session, None, ())
        if film is None:
            self._trouble.setText("" if opened.trouble is None else opened.trouble.title)
            if opened.trouble is not None and before is None:
                self.failed.emit(opened.trouble, None)
            return
        player, timeline = self._made_player()
        same = before is not None and before.film is not None and before.film.path == film.path
        if not same:
            player.open(film.path, film.facts, film.preview)
            self._look_as_before(player)
            self._show_part(player, opened)
        if same:
            # The filmstrip is written when the preview is whole.
            timeline.reload_strip()
        else:
            timeline.open(film.facts.timeline, film.preview)
        if self.tags is not None:
            self.tags.open(self.session, film.facts.timeline, [event for _, event in opened.session.events()])
        timeline.show()
        if not same:
            player.setFocus()

    def _look_as_before(self, player: PlayerWidget) -> None:
        """As this session's video was looked at last: turned, mirrored, silent. Another's look is not taken over."""
        look = look_of(self.session)
        with QSignalBlocker(player):
            player.mute(look.muted)
            player.turn(look.turned)
            if look.mirrored:
                player.mirror()

    def _keep_look(self) -> None:
        if self.session and self.player is not None:
            canvas = self.player.canvas
            keep_look(self.session, Look(canvas.turned, canvas.mirrored, self.player.muted))

    @staticmethod
    def _show_part(player: PlayerWidget, opened: Opened) -> None:
        """A session of a part of its film begins there, with the part between in and out."""
        line, whole = opened.session.film.timeline, opened.session
        if whole.start_s is not None and whole.end_s is not None and len(line):
            first = line.index_at(whole.start_s)
            player.set_span(first, line.index_at(whole.end_s))
            player.seek(first)

    def _made_player(self) -> tuple[PlayerWidget, TimelineWidget]:
        """The player and the timeline, made when the first film is opened."""
        if self.player is None or self.timeline is None:
            from coachvision.app.player import commands
            from coachvision.app.player.widget import PlayerWidget
            from coachvision.app.tagging.desk import TagDesk
            from coachvision.app.timeline import TimelineWidget
            from coachvision.app.tools.studio import Studio

            self.player, self.timeline = PlayerWidget(self._stage), TimelineWidget(self._stage, axis=self.axis)
            if self._spare is not None:
                self.player.warm(self._spare)
                self._spare = None
            self.tags = TagDesk(self._actions, self.undo, self.axis, self)
            self.studio = Studio(self.player, self._actions, self._tasks, self.undo, self)
            self._video = self.studio.around_video()
            self._row.insertWidget(0, self.studio.rail)
            self._stage_column.addWidget(self._video, 1)
            for widget in (self.tags.bar, self.timeline, self.tags.rows):
                self._stage_column.addWidget(widget)
            self.inspector.add_tags(self.tags)
            self.tags.seek_requested.connect(self.seek)
            self.tags.play_wanted.connect(self._play_span)
            self.tags.noticed.connect(self.noticed)
            self.inspector.add_page(self.studio.page, "Drawings")
            self.studio.seek_requested.connect(self.seek)
            self.studio.failed.connect(self.failed)
            self.studio.recomputed.connect(self._show_results)
            self.studio.told.connect(self.noticed)
            self.studio.offered.connect(self.offered)
            self.player.frame_changed.connect(self._frame_changed)
            self.player.look_changed.connect(self._keep_look)
            self.player.failed.connect(lambda error: self.failed.emit(error, None))
            self.player.noticed.connect(self.noticed)
            self.player.full_screen_wanted.connect(self.full_screen_wanted)
            commands.bind(self, self.player)
            self.player.span_changed.connect(self.timeline.set_span)
            self.timeline.seek_requested.connect(self.seek)
        return self.player, self.timeline

    def _made_chart(self) -> Chart:
        """The chart, made when the first session has curves."""
        if self.chart is None:
            from coachvision.app.chart import Chart

            self.chart = Chart(self.axis, self)
            self.chart.table_wanted.connect(self._export_table)
            self.chart.failed.connect(lambda error: self.failed.emit(error, None))
            self.chart.setMinimumHeight(_CHART_HEIGHT // 2 + 40)
            self.chart.seek_requested.connect(self.seek)
            self._column.addWidget(self.chart)
            self._column.setStretchFactor(0, 1)
            self._column.setStretchFactor(1, 0)
            self._column.setSizes([self.height() - _CHART_HEIGHT, _CHART_HEIGHT])
        return self.chart

    def _export_table(self, series: Sequence[Series], target: Path) -> None:
        """The chart's curves as a table."""
        if self.opened is None:
            return
        line = self.opened.session.film.timeline

        def work(library: Library, _job: Job) -> None:
            from coachvision.services.export.curves import export_curves

            export_curves(library, series, line, target)

        self._actions.run(work)

    def _frame_changed(self, index: int, _time_s: float) -> None:
        if self.timeline is not None:
            self.timeline.set_index(index)
        if self.tags is not None:
            self.tags.set_index(index)
        if self.chart is not None and self.chart.isVisible():
            self.chart.set_index(index)

    def _play_span(self, first: int, last: int) -> None:
        """Play a part, round and round."""
        if self.player is not None:
            self.player.set_span(first, max(last, first + 1), loop=True)
            self.player.play()
            self.player.seek(first)

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
