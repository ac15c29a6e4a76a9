"""The window: puts the screens together and passes signals between them; what they do is in their own modules."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFrame, QMainWindow, QVBoxLayout

from coachvision.app import keymap, look
from coachvision.app.drops import dropped, service_file
from coachvision.app.full_screen import FullScreen
from coachvision.app.header import Header
from coachvision.app.remembered import keep_place, put_in_place
from coachvision.app.screen_stack import ScreenStack
from coachvision.app.screens import SCREENS, SEARCH_LIBRARY, Desk, Screen

if TYPE_CHECKING:
    from coachvision.app.account_view import AccountView
    from coachvision.app.library_view import LibraryView
    from coachvision.app.session_view import SessionView
    from coachvision.app.settings_view import SettingsView
    from coachvision.app.tasks import Job
    from coachvision.settings import Settings

SIZE, LEAST = QSize(1360, 860), QSize(960, 600)


class Window(QMainWindow):
    """root: the library's folder. Seen as the header over an empty place, until `begin` furnishes it, or a key or click
    that comes before that. furnished: all of it is there.
    """

    furnished = Signal()

    def __init__(self, root: Path) -> None:
        super().__init__()
        self.setWindowTitle("CoachVision")
        self.setMinimumSize(LEAST)
        self.desk = Desk(root, self, self.go, self.open_session, self.compare)
        self.header = Header(self)
        self.screens = ScreenStack(self.desk, self)
        self.full_screen = FullScreen(self)
        self._begun = self._furnished = False
        self._lay_out()
        self._listen()
        put_in_place(self, SIZE)

    def furnish(self) -> None:
        """Make all that works behind the header, and open the library, where that was not done yet."""
        if self._furnished:
            return
        self._furnished = True
        from coachvision.app.activity import ActivityBar
        from coachvision.app.arrivals import Arrivals
        from coachvision.app.beginning import Beginning
        from coachvision.app.cloud_sync import CloudSync
        from coachvision.app.damage import Damage
        from coachvision.app.keys import KeySheet
        from coachvision.app.leaving import Leaving
        from coachvision.app.newcomers import Newcomers
        from coachvision.app.recent import RecentMenu

        desk = self.desk
        self.tasks, self.actions_, self.account, self.bridge = desk.tasks, desk.actions, desk.account, desk.bridge
        self.messages = desk.messages
        self.damage = Damage(self)
        self.header.complete()
        self.recent = RecentMenu(self.actions_, self.header.recent, self)
        self.activity = ActivityBar(self.tasks, self)
        self.cloud = CloudSync(self.actions_, self.account, self.tasks, self.library.model, self)
        self.arrivals = Arrivals(desk, self.library, self)
        self.keys = KeySheet(self)
        self.leaving = Leaving(self.tasks, self.messages, self.close)
        Newcomers(desk, self.screens, self.cloud, self.recent, self)
        self._column.insertWidget(1, self.messages)
        self._column.addWidget(self.activity)
        self._connect()
        self.setAcceptDrops(True)
        Beginning(self).open()
        self.go("library")
        self.furnished.emit()

    @property
    def library(self) -> LibraryView:
        """The library's screen."""
        return self.screens.library

    @property
    def session(self) -> SessionView:
        """The session's screen, made when it is first needed."""
        return self.screens.session

    def begin(self, videos: Sequence[Path] = ()) -> None:
        """Furnish, and add the videos given on the command line. Once, after it was shown.

        In turns, none of them long: what the coach does meanwhile is answered first.
        """
        from coachvision.app.beginning import in_turns

        self._begun = True
        desk, given = self.desk, [partial(self.add_videos, videos)] if videos else []
        in_turns(self, (lambda: desk.actions, lambda: desk.messages, lambda: self.library, self.furnish, *given))

    def add_videos(self, videos: Sequence[Path]) -> None:
        """Take videos in; a single one opens as soon as it can be played."""
        self.furnish()
        self.arrivals.add(videos)

    def receive(self, videos: list[Path]) -> None:
        """A second start handed its videos over: take them, and come to the front."""
        from PySide6.QtCore import Qt

        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.raise_()
        self.activateWindow()
        if videos:
            self.add_videos(videos)

    def shown(self, name: str) -> Screen:
        """A screen by its id, made where it is not yet. Raises KeyError."""
        return self.screens.get(name)

    def go(self, name: str) -> None:
        """To a screen, by its id."""
        self.furnish()
        self._leave()
        screen = self.shown(name)
        self.screens.setCurrentWidget(screen)
        self.header.show_screen(name, screen.search_hint)
        self.activity.put_away(away=name == "activity")
        screen.open()

    def open_session(self, session: str) -> None:
        """A session's screen."""
        self.furnish()
        self.messages.hide()
        self._leave()
        self.recent.remember(session)
        self.activity.put_away(away=False)
        self.session.open(session)
        self.screens.setCurrentWidget(self.session)
        self.header.show_session("", "")

    def compare(self, a: str, b: str = "") -> None:
        """Two sessions beside one another, by id; the second is chosen there, where none is given."""
        self.shown("compare").take_sessions(a, b)
        self.go("compare")

    def _leave(self) -> None:
        self.messages.leave()
        self.full_screen.end()
        self.screens.leave()

    def _lay_out(self) -> None:
        page = QFrame()
        page.setObjectName("window")
        self._column = QVBoxLayout(page)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.header)
        self._column.addWidget(self.screens, 1)
        self.setCentralWidget(page)
        self.header.show_screen("library", SEARCH_LIBRARY)

    def _listen(self) -> None:
        """To what may be pressed and clicked while the window is not furnished yet."""
        self.header.went.connect(self.go)
        self.header.add_wanted.connect(self._choose)
        self.header.keys_wanted.connect(self._show_keys)
        self.header.recent_wanted.connect(self._show_recent)
        self.header.compare_wanted.connect(lambda: self.compare(self.session.session))
        self.header.searched.connect(self._search)
        keymap.bind(self, {
            "window.add": self._choose, "window.search": self._find, "window.back": self._back,
            "window.recent": self._show_recent, "window.keys": self._show_keys,
            "window.full_screen": self._full_screen,
            **{f"window.{place.id}": partial(self.go, place.id) for place in SCREENS},
        })  # fmt: skip

    def _connect(self) -> None:
        self.recent.chosen.connect(self.open_session)
        self.screens.made.connect(self._screen_made)
        self.screens.session_made.connect(self._session_made)
        self.library.opened.connect(self.open_session)
        self.library.add_wanted.connect(self.arrivals.choose)
        self.library.demo_wanted.connect(self.arrivals.demo)
        self.tasks.failed.connect(self._failed)
        self.tasks.changed.connect(self._tell_work)
        self.activity.more_wanted.connect(lambda: self.go("activity"))
        self.account.stood.connect(self.header.show_here)
        self.cloud.noticed.connect(self.messages.show_notice)
        self.cloud.locked_out.connect(self.messages.show_error)
        self.bridge.changed.connect(self.cloud.wake)
        self.damage.told.connect(self.messages.show_notice)

    def _choose(self) -> None:
        self.furnish()
        self.arrivals.choose()

    def _show_keys(self) -> None:
        self.furnish()
        self.keys.toggle()

    def _show_recent(self) -> None:
        self.furnish()
        self.recent.ask()

    def _search(self, text: str) -> None:
        self.furnish()
        self.screens.search(text)

    def _session_made(self, made: SessionView) -> None:
        self.header.analyze_wanted.connect(made.analyze_again)
        made.failed.connect(self.messages.show_error)
        made.noticed.connect(self.messages.show_notice)
        made.offered.connect(self.messages.show_notice)
        made.full_screen_wanted.connect(self._full_screen)
        made.named.connect(self.header.show_session)
        self.bridge.session_saved.connect(made.saved)

    def _screen_made(self, name: str, made: Screen) -> None:
        if name == "settings":
            cast("SettingsView", made).changed.connect(self.settle)

    def settle(self, settings: Settings) -> None:
        """Put on what the settings say."""
        self.cloud.wake()
        look.wear(settings.text("look.theme"))
        look.keep_language(settings.text("look.language"))
        self.arrivals.settle(settings)

    def _tell_work(self) -> None:
        self.header.tell("activity", f"({count})" if (count := len(self.tasks.shown)) else "")

    def _join(self, service_file: Path) -> None:
        self.go("account")
        cast("AccountView", self.shown("account")).join(service_file)

    def _failed(self, job: Job, error: BaseException) -> None:
        if not self.arrivals.handled(job, error):
            self.messages.show_error(error, job.retry)

    def _find(self) -> None:
        if not self.header.search.isVisible():
            self.go("library")
        self.header.search.setFocus()
        self.header.search.selectAll()

    def _full_screen(self) -> None:
        """The video alone in a session; elsewhere the window as large as the screen."""
        shown = self.screens.session_shown
        self.full_screen.toggle(None if shown is None else shown.player)

    def _back(self) -> None:
        if not self.full_screen.end():
            self.go("library")

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files may be dropped anywhere."""
        if dropped(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take in what was dropped."""
        videos = dropped(event)
        if not videos:
            return
        event.acceptProposedAction()
        club = service_file(videos)
        self.add_videos(videos) if club is None else self._join(club)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the place; stop everything; what is saved stays saved."""
        if not self.screens.may_close() or (self._furnished and not self.leaving.may_close()):
            event.ignore()
            return
        keep_place(self)
        if not self._begun and not self._furnished:
            return
        self.furnish()
        self.hide()
        self.recent.put_away()
        self.screens.shut_down()
        self.bridge.close()
        self.cloud.stop()
        self.actions_.stop()
        self.tasks.close()
        self.actions_.close()
        self.damage.stop()
        # What changed a moment ago has set timers to look again: nobody looks any more.
        for timer in self.findChildren(QTimer):
            timer.stop()
        event.accept()
