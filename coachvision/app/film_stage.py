"""A session's film with all that is done on it: player, timeline, tools and tagging. For the session's screen.

The player and what goes with it are made when the first film is opened: the screen shows before they are loaded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import QVBoxLayout, QWidget

from coachvision.app.actions import Actions, Opened
from coachvision.app.axis import Axis
from coachvision.app.parts import label
from coachvision.app.remembered import LookedAt
from coachvision.app.tasks import Tasks
from coachvision.words import tr

if TYPE_CHECKING:
    from coachvision.app.player.widget import PlayerWidget
    from coachvision.app.tagging.desk import TagDesk
    from coachvision.app.timeline import TimelineWidget
    from coachvision.app.tools.studio import Studio
    from coachvision.services.import_video import PlayableFilm
    from coachvision.video.frame_server_client import ServerProcess


class FilmStage(QWidget):
    """made: the player and what goes with it are there. moved: to a frame, by index. The others: as the screen's."""

    made = Signal()
    moved = Signal(int)
    failed = Signal(object, object)
    noticed = Signal(str)
    offered = Signal(str, str, object)
    full_screen_wanted = Signal()

    def __init__(self, actions: Actions, tasks: Tasks, undo: QUndoStack, axis: Axis, screen: QWidget) -> None:
        """screen: where the keys hold."""
        super().__init__(screen)
        self._actions, self._tasks = actions, tasks
        self._undo, self._axis, self._screen = undo, axis, screen
        self._session = ""
        self._film: PlayableFilm | None = None
        self.player: PlayerWidget | None = None
        self.studio: Studio | None = None
        self.timeline: TimelineWidget | None = None
        self.tags: TagDesk | None = None
        self._video: QWidget | None = None
        self._looked_at: LookedAt | None = None
        self._spare: ServerProcess | None = None
        self._low = False
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._trouble = label(kind="muted", wrap=True, centred=True)
        self._column.addWidget(self._trouble, 1)
        self._trouble.hide()

    def open(self, session: str, opened: Opened) -> None:
        """Show a session's film, or why there is none; the film that is shown already plays on."""
        before, self._film = self._film, opened.film
        self._session = session
        self._trouble.setVisible(opened.film is None)
        for widget in (self._video, self.timeline, None if self.studio is None else self.studio.rail):
            if widget is not None:
                widget.setVisible(opened.film is not None)
        if opened.film is None:
            if self.tags is not None:
                self.tags.open(session, None, ())
            self._trouble.setText("" if opened.trouble is None else tr(opened.trouble.title))
            return
        self._show(opened, opened.film, same=before is not None and before.path == opened.film.path)

    def _show(self, opened: Opened, film: PlayableFilm, *, same: bool) -> None:
        player, timeline = self._made_player()
        if same:
            # The filmstrip is written when the preview is whole.
            timeline.reload_strip()
        else:
            player.open(film.path, film.facts, film.preview)
            if self._looked_at is not None:
                self._looked_at.put_on(self._session)
            self._show_part(player, opened)
            timeline.open(film.facts.timeline, film.preview)
        if self.tags is not None:
            self.tags.open(self._session, film.facts.timeline, [event for _, event in opened.session.events()])
        timeline.show()
        if not same:
            player.setFocus()

    def leave(self) -> None:
        """Stop playing; forget the session."""
        self._session, self._film = "", None
        if self.studio is not None:
            self.studio.close()
        self._undo.clear()
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
        if self.studio is not None:
            self.studio.shut_down()
        if self._spare is not None:
            self._spare.close()
            self._spare = None
        if self.player is not None:
            self.player.shut_down()

    def be_low(self, low: bool) -> None:
        """Whether the window is so low that filmstrip and rows leave their room to the video."""
        self._low = low
        if self.timeline is not None and self.tags is not None:
            self.timeline.be_low(low)
            self.tags.rows.be_low(low)

    def seek(self, index: int) -> None:
        """Go to a frame."""
        if self.player is not None and self._film is not None:
            self.player.seek(index)

    def _play_span(self, first: int, last: int) -> None:
        """Play a part, round and round."""
        if self.player is not None:
            self.player.set_span(first, max(last, first + 1), loop=True)
            self.player.play()
            self.player.seek(first)

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

            self.player, self.timeline = PlayerWidget(self), TimelineWidget(self, axis=self._axis)
            self._looked_at = LookedAt(self.player)
            if self._spare is not None:
                self.player.warm(self._spare)
                self._spare = None
            self.tags = TagDesk(self._actions, self._undo, self._axis, self._screen)
            self.studio = Studio(self.player, self._actions, self._tasks, self._undo, self._screen)
            self._video = self.studio.around_video()
            self._column.addWidget(self._video, 1)
            for widget in (self.tags.bar, self.timeline, self.tags.rows):
                self._column.addWidget(widget)
            self._connect(self.player, self.timeline, self.tags, self.studio)
            commands.bind(self._screen, self.player)
            self.be_low(self._low)
            self.made.emit()
        return self.player, self.timeline

    def _connect(self, player: PlayerWidget, timeline: TimelineWidget, tags: TagDesk, studio: Studio) -> None:
        tags.seek_requested.connect(self.seek)
        tags.play_wanted.connect(self._play_span)
        tags.noticed.connect(self.noticed)
        tags.failed.connect(self.failed)
        studio.seek_requested.connect(self.seek)
        studio.failed.connect(self.failed)
        studio.told.connect(self.noticed)
        studio.offered.connect(self.offered)
        player.frame_changed.connect(self._frame_changed)
        player.failed.connect(lambda error: self.failed.emit(error, None))
        player.noticed.connect(self.noticed)
        player.full_screen_wanted.connect(self.full_screen_wanted)
        player.span_changed.connect(timeline.set_span)
        timeline.seek_requested.connect(self.seek)

    def _frame_changed(self, index: int, _time_s: float) -> None:
        if self.timeline is not None:
            self.timeline.set_index(index)
        if self.tags is not None:
            self.tags.set_index(index)
        self.moved.emit(index)
