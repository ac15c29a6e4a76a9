"""Plays a playlist's clips one after the other in one player. For the playlists' screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from coachvision.app.remembered import LookedAt
from coachvision.app.tasks import Job
from coachvision.core.tagging import nearest_frame

if TYPE_CHECKING:
    from coachvision.app.actions import Actions
    from coachvision.app.player.widget import PlayerWidget
    from coachvision.library import Library
    from coachvision.services.import_video import PlayableFilm
    from coachvision.services.playlists import ClipInfo


class ClipPlayer(QObject):
    """at_changed: the number of the clip that is shown, -1 for none. ended: the last one was played."""

    at_changed = Signal(int)
    ended = Signal()

    def __init__(self, actions: Actions, player: PlayerWidget, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._actions = actions
        self.player = player
        self._looked_at = LookedAt(player)
        self._clips: tuple[ClipInfo, ...] = ()
        self._session = ""
        self._through = False
        self.at = -1
        # Queued: the next clip's film is opened when the player has done with this one.
        player.playing_changed.connect(self._playing_changed, Qt.ConnectionType.QueuedConnection)

    def set_clips(self, clips: Sequence[ClipInfo]) -> None:
        """Other clips; what plays goes on, where it is still there."""
        shown = self._clips[self.at] if 0 <= self.at < len(self._clips) else None
        self._clips = tuple(clips)
        same = [number for number, one in enumerate(self._clips) if shown is not None and _alike(one, shown)]
        if shown is not None and not same:
            self.stop()
        elif same and self.at not in same:
            self._tell(same[0])

    def show_clip(self, at: int, *, play: bool = False, through: bool = False) -> None:
        """Go to a clip; through: with those after it. One that cannot be shown is passed over when playing through."""
        while through and 0 <= at < len(self._clips) and self._clips[at].trouble:
            at += 1
        if not 0 <= at < len(self._clips) or self._clips[at].trouble:
            if through:
                self.ended.emit()
            return
        self._through = through
        self._tell(at)
        info = self._clips[at]
        if info.clip.session_id == self._session:
            self._begin(at, play)
            return
        self._session = ""
        self.player.close_video()
        session = info.clip.session_id

        def work(library: Library, job: Job) -> PlayableFilm:
            from coachvision.services.import_video import film_of

            return film_of(library, session, cancelled=job.cancelled)

        def take(film: PlayableFilm) -> None:
            if self.at == at and at < len(self._clips) and _alike(self._clips[at], info):
                self._session = session
                self.player.open(film.path, film.facts, film.preview)
                self._looked_at.put_on(session)
                self._begin(at, play)

        self._actions.run(work, take)

    def stop(self) -> None:
        """Show nothing."""
        self._through = False
        self._session = ""
        self.player.close_video()
        self._tell(-1)

    def _begin(self, at: int, play: bool) -> None:
        transport = self.player.transport
        if transport is None:
            return
        line, clip = transport.timeline, self._clips[at].clip
        first, last = (line.index_of(nearest_frame(line, pts)) for pts in (clip.start_pts, clip.end_pts))
        self.player.pause()
        self.player.set_span(first, min(max(last, first + 1), len(line) - 1), loop=False)
        if play:
            # While it plays, going elsewhere is at once; at rest it would play from where the last clip ended.
            self.player.play()
        self.player.seek(first)

    def _playing_changed(self, playing: bool) -> None:
        transport = self.player.transport
        if (
            playing
            or self.player.playing
            or not self._through
            or transport is None
            or not transport.first <= self.player.index
        ):
            return
        if self.player.index >= transport.last:
            if self.at + 1 < len(self._clips):
                self.show_clip(self.at + 1, play=True, through=True)
            else:
                self._through = False
                self.ended.emit()

    def _tell(self, at: int) -> None:
        if at != self.at:
            self.at = at
            self.at_changed.emit(at)


def _alike(one: ClipInfo, other: ClipInfo) -> bool:
    """The same part of the same film, whatever it is called now."""
    a, b = one.clip, other.clip
    return (a.session_id, a.start_pts, a.end_pts) == (b.session_id, b.start_pts, b.end_pts)
