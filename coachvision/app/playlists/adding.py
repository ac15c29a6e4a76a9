"""Puts moments of a session into a playlist: a menu of those there are, and a new one. For the session's screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu, QWidget

from coachvision.app.tasks import Job
from coachvision.core.tagging import Clip, clip_around
from coachvision.core.time import Timeline
from coachvision.events import PlaylistsChanged
from coachvision.words import tr

if TYPE_CHECKING:
    from coachvision.app.actions import Actions
    from coachvision.app.tagging.entries import Entry
    from coachvision.library import Library
    from coachvision.library.records import PlaylistRow


def clips_of(session: str, entries: Sequence[Entry], timeline: Timeline) -> list[Clip]:
    """A clip each; an instant gets some seconds around it."""
    return [
        clip_around(session, one.start_pts, one.end_pts, timeline, title=one.title, note=one.under) for one in entries
    ]


def offer_playlists(
    actions: Actions, parent: QWidget, clips: Sequence[Clip], at: QPoint, then: Callable[[str], None]
) -> None:
    """Ask which playlist; then: told the title of the one that has the clips now."""

    def read(library: Library, _job: Job) -> list[PlaylistRow]:
        return library.playlists.all()

    def ask(found: list[PlaylistRow]) -> None:
        menu = QMenu(parent)
        menu.setAccessibleName(tr("Playlists"))
        for one in found:
            menu.addAction(one.title, partial(add_to, actions, clips, one.id, one.title, then))
        if found:
            menu.addSeparator()
        title = tr("Playlist {number}", number=len(found) + 1)
        menu.addAction(tr("New playlist"), partial(add_to, actions, clips, "", title, then))
        menu.popup(at)

    actions.run(read, ask)


def add_to(actions: Actions, clips: Sequence[Clip], playlist: str, title: str, then: Callable[[str], None]) -> None:
    """Add clips to a playlist, or to a new one of that title where none is given."""

    def work(library: Library, _job: Job) -> None:
        if playlist:
            library.playlists.append(playlist, clips)
        else:
            library.playlists.add(title, clips)
        actions.tell(PlaylistsChanged())

    actions.run(work, lambda _: then(title), owed=True)
