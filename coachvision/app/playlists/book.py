"""The coach's playlists and the one he looks at: changed in the library, undoable, read again. For their screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from coachvision.app.tasks import Job
from coachvision.core.tagging import Clip
from coachvision.events import PlaylistsChanged
from coachvision.words import tr

if TYPE_CHECKING:
    from coachvision.app.actions import Actions
    from coachvision.library import Library
    from coachvision.library.records import PlaylistRow
    from coachvision.services.playlists import ClipInfo


@dataclass(frozen=True)
class Contents:
    """What can be changed of a playlist."""

    title: str
    note: str
    clips: tuple[Clip, ...]


class PlaylistBook(QObject):
    """listed: the list of playlists was read. shown: the chosen one was read, or none is chosen."""

    listed = Signal()
    shown = Signal()

    def __init__(self, actions: Actions, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._actions = actions
        self.undo = QUndoStack(self)
        self.playlists: list[PlaylistRow] = []
        self.clips: tuple[ClipInfo, ...] = ()
        self.chosen = ""
        self._asked = 0

    @property
    def playlist(self) -> PlaylistRow | None:
        """The one that is looked at."""
        return next((one for one in self.playlists if one.id == self.chosen), None)

    def read(self) -> None:
        """Read everything again."""
        self._asked += 1
        asked, chosen = self._asked, self.chosen

        def work(library: Library, _job: Job) -> tuple[list[PlaylistRow], str, tuple[ClipInfo, ...]]:
            from coachvision.services.playlists import playlist_clips

            found = library.playlists.all()
            one = next((row for row in found if row.id == chosen), found[0] if found else None)
            return found, one.id if one is not None else "", playlist_clips(library, one) if one is not None else ()

        def take(read: tuple[list[PlaylistRow], str, tuple[ClipInfo, ...]]) -> None:
            if asked != self._asked:
                return  # something was chosen or changed meanwhile; its own reading is under way
            self.playlists, self.chosen, self.clips = read
            self.listed.emit()
            self.shown.emit()

        self._actions.run(work, take)

    def forget(self) -> None:
        """Nothing of what was read stays, nor can it be undone: it is somebody else's."""
        self._asked += 1
        self.undo.clear()
        self.playlists, self.chosen, self.clips = [], "", ()
        self.listed.emit()
        self.shown.emit()

    def choose(self, playlist: str) -> None:
        """Look at another."""
        if playlist != self.chosen:
            self.chosen, self.clips = playlist, ()
            self.read()

    # -- changes, each undoable

    def make(self, title: str) -> None:
        """A new, empty playlist, to be looked at."""

        def work(library: Library, _job: Job) -> str:
            new = library.playlists.add(title)
            self._actions.tell(PlaylistsChanged())
            return new

        def then(new: str) -> None:
            self.undo.push(_Trash(self, tr("New playlist"), new, away=False, done=True))
            self.chosen = new
            self.read()

        self._actions.run(work, then)

    def remove(self) -> None:
        """Put the chosen playlist aside."""
        if self.chosen:
            self.undo.push(_Trash(self, tr("Delete playlist"), self.chosen, away=True))

    def change(
        self, words: str, *, title: str | None = None, note: str | None = None, clips: Sequence[Clip] | None = None
    ) -> None:
        """Change what is given of the chosen playlist."""
        row = self.playlist
        if row is None:
            return
        before = Contents(row.title, row.note, row.clips)
        after = Contents(
            before.title if title is None else title,
            before.note if note is None else note,
            before.clips if clips is None else tuple(clips),
        )
        if after != before:
            self.undo.push(_Change(self, words, row.id, before, after))

    def put(self, playlist: str, contents: Contents) -> None:
        """Show those contents at once, and keep them. For the undo commands alone."""
        self.playlists = [
            replace(row, title=contents.title, note=contents.note, clips=contents.clips) if row.id == playlist else row
            for row in self.playlists
        ]
        if playlist == self.chosen:
            known = {_part(info.clip): info for info in self.clips}
            if all(_part(clip) in known for clip in contents.clips):
                self.clips = tuple(replace(known[_part(clip)], clip=clip) for clip in contents.clips)
                self.shown.emit()
        self.listed.emit()
        self.write(
            lambda library: library.playlists.change(
                playlist, title=contents.title, note=contents.note, clips=contents.clips
            )
        )

    def write(self, work: Callable[[Library], object]) -> None:
        """Do it in the library's lane and read again. For the undo commands alone."""

        def do(library: Library, _job: Job) -> None:
            work(library)
            self._actions.tell(PlaylistsChanged())

        self._actions.run(do, owed=True)
        self.read()


class _Trash(QUndoCommand):
    """A playlist goes, or comes. done: it is so already."""

    def __init__(self, book: PlaylistBook, words: str, playlist: str, *, away: bool, done: bool = False) -> None:
        super().__init__(words)
        self._book, self._playlist, self._away, self._done = book, playlist, away, done

    def redo(self) -> None:
        if self._done:
            self._done = False
            return
        self._set(self._away)

    def undo(self) -> None:
        self._set(not self._away)

    def _set(self, away: bool) -> None:
        given = self._playlist
        if not away:
            self._book.chosen = given
        self._book.write(lambda library: library.playlists.trash(given) if away else library.playlists.untrash(given))


class _Change(QUndoCommand):
    """From some contents to others."""

    def __init__(self, book: PlaylistBook, words: str, playlist: str, before: Contents, after: Contents) -> None:
        super().__init__(words)
        self._book, self._playlist, self._before, self._after = book, playlist, before, after

    def redo(self) -> None:
        self._put(self._after)

    def undo(self) -> None:
        self._put(self._before)

    def _put(self, contents: Contents) -> None:
        self._book.put(self._playlist, contents)


def _part(clip: Clip) -> tuple[str, int, int]:
    """Which part of which film."""
    return clip.session_id, clip.start_pts, clip.end_pts
