"""The screens of the window, in one table: their names, icons and how each is made. The header's navigation is this.

A new screen is a `Screen` and a row of `SCREENS`; its key is `window.<id>` in `keymap`. A screen is made when it is
first gone to, so that the window shows before any of them is loaded. For the window and the header.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtWidgets import QWidget

from coachvision.app.parts import area
from coachvision.words import said

if TYPE_CHECKING:
    from coachvision.app.account_actions import AccountActions
    from coachvision.app.actions import Actions
    from coachvision.app.bridge import Bridge
    from coachvision.app.messages import MessageBar
    from coachvision.app.tasks import Tasks
    from coachvision.events import Bus


# What the library's search says; the header says it before that screen is made.
SEARCH_LIBRARY = said("Search names, notes, tags")


class Desk:
    """What a screen works with, each made when it is first asked for: the window shows before any of it is loaded.

    go: to another screen, by id. open_session: by id. compare: two sessions, by id.
    """

    def __init__(
        self,
        root: Path,
        window: QWidget,
        go: Callable[[str], None],
        open_session: Callable[[str], None],
        compare: Callable[[str, str], None],
    ) -> None:
        self._root = root
        self._window = window
        self.go = go
        self.open_session = open_session
        self.compare = compare

    @cached_property
    def bus(self) -> Bus:
        """What happened in the library."""
        from coachvision.events import Bus

        return Bus()

    @cached_property
    def bridge(self) -> Bridge:
        """The same, as signals."""
        from coachvision.app.bridge import Bridge

        return Bridge(self.bus, self._window)

    @cached_property
    def tasks(self) -> Tasks:
        """All work off the UI thread."""
        from coachvision.app.tasks import Tasks

        return Tasks(self._window)

    @cached_property
    def actions(self) -> Actions:
        """What the coach does on the library."""
        from coachvision.app.actions import Actions

        return Actions(self._root, self.tasks, self.bus, self._window)

    @cached_property
    def account(self) -> AccountActions:
        """What the coach does about his account."""
        from coachvision.app.account_actions import AccountActions

        return AccountActions(self.actions, self.tasks, self._window)

    @cached_property
    def messages(self) -> MessageBar:
        """The bar that tells what happened."""
        from coachvision.app.messages import MessageBar

        return MessageBar(self._window)


class Screen(QWidget):
    """A screen of the window. search_hint: what the header's search field says; "" where nothing can be searched."""

    search_hint: ClassVar[str] = ""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        area("page", self)
        self.desk = desk

    def open(self) -> None:
        """It is shown: read what it shows, take the focus."""

    def take_sessions(self, *sessions: str) -> None:
        """Another screen hands over sessions, by id, before this one is shown."""

    def start_over(self) -> None:
        """Somebody else's library is open now: forget what was shown of the other one's. `open` follows where shown."""

    def leave(self) -> None:
        """Another screen is shown: stop what plays."""

    def shut_down(self) -> None:
        """The window closes: end processes and threads of its own."""

    def search(self, text: str) -> None:
        """The header's search field was typed in."""


@dataclass(frozen=True)
class Place:
    """One entry of the navigation."""

    id: str
    title: str
    icon: str
    make: Callable[[Desk], Screen]


def _library(desk: Desk) -> Screen:
    from coachvision.app.library_view import LibraryView

    return LibraryView(desk)


def _capture(desk: Desk) -> Screen:
    from coachvision.app.capture_view import CaptureView

    return CaptureView(desk)


def _progress(desk: Desk) -> Screen:
    from coachvision.app.progress_view import ProgressView

    return ProgressView(desk)


def _activity(desk: Desk) -> Screen:
    from coachvision.app.activity_view import ActivityView

    return ActivityView(desk)


def _account(desk: Desk) -> Screen:
    from coachvision.app.account_view import AccountView

    return AccountView(desk)


def _settings(desk: Desk) -> Screen:
    from coachvision.app.settings_view import SettingsView

    return SettingsView(desk)


def _playlists(desk: Desk) -> Screen:
    from coachvision.app.playlists.view import PlaylistsView

    return PlaylistsView(desk)


def _compare(desk: Desk) -> Screen:
    from coachvision.app.compare.view import CompareView

    return CompareView(desk)


SCREENS: tuple[Place, ...] = (
    Place("library", "Library", "library", _library),
    Place("compare", "Compare", "compare", _compare),
    Place("capture", "Capture", "camera", _capture),
    Place("playlists", "Playlists", "playlists", _playlists),
    Place("progress", "Progress", "progress", _progress),
    Place("activity", "Activity", "activity", _activity),
    Place("account", "Account", "account", _account),
    Place("settings", "Settings", "sliders", _settings),
)
