"""The window: puts the screens together and passes signals between them; what they do is in their own modules."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QMainWindow, QVBoxLayout, QWidget

from coachvision.app import keymap, look
from coachvision.app.drops import dropped, service_file
from coachvision.app.full_screen import FullScreen
from coachvision.app.header import Header
from coachvision.app.parts import area
from coachvision.app.remembered import keep_place, put_in_place
from coachvision.app.screen_stack import ScreenStack
from coachvision.app.screens import SCREENS, Desk, Screen
from coachvision.words import tr

if TYPE_CHECKING:
    from coachvision.app.session_view import SessionView
    from coachvision.app.settings_view import SettingsView
    from coachvision.app.tasks import Job
    from coachvision.settings import Settings

SIZE, LEAST = QSize(1360, 860), QSize(960, 600)


class Window(QMainWindow):
    """root: the library's folder. Seen as the header over an empty place, until `begin` furnishes it."""

    def __init__(self, root: Path) -> None:
        super().__init__()
        self.setWindowTitle("CoachVision")
        self.setMinimumSize(LEAST)
        self.desk = Desk(root, self, self.go, self.open_session, self.compare)
        self.header = Header(self)
        self.screens = ScreenStack(self.desk, self)
        self.library = self.screens.library
        self.full_screen = FullScreen(self)
        self._begun = False
        self._lay_out()
        put_in_place(self, SIZE)

    def _furnish(self) -> None:
        """All that works behind the header, and what the library shows."""
        from coachvision.app.activity import ActivityBar
        from coachvision.app.arrivals import Arrivals
        from coachvision.app.cloud_sync import CloudSync
        from coachvision.app.damage import Damage
        from coachvision.app.keys import KeySheet
        from coachvision.app.recent import RecentMenu

        desk = self.desk
        self.tasks, self.actions_, self.account, self.bridge = desk.tasks, desk.actions, desk.account, desk.bridge
        self.messages = desk.messages
        self.damage = Damage(self)
        self.header.complete()
        self.library.furnish()
        self.recent = RecentMenu(self.actions_, self.header.recent, self)
        self.activity = ActivityBar(self.tasks, self)
        self.cloud = CloudSync(self.actions_, self.account, self.tasks, self.library.model, self)
        self.arrivals = Arrivals(desk, self.library, self)
        self.keys = KeySheet(self)
        self._column.insertWidget(1, self.messages)
        self._column.addWidget(self.activity)
        self._connect()
        self.setAcceptDrops(True)

    @property
    def session(self) -> SessionView:
        """The session's screen, made when it is first needed."""
        return self.screens.session

    def begin(self, videos: Sequence[Path] = ()) -> None:
        """Furnish it, open the library and add the videos given on the command line. Once, after it was shown."""
        from coachvision.app.beginning import Beginning

        self._furnish()
        self._begun = True
        Beginning(self.desk, self.screens, self._settle, self).begin()
        self.go("library")
        if videos:
            self.add_videos(videos)

    def add_videos(self, videos: Sequence[Path]) -> None:
        """Take videos in; a single one opens as soon as it can be played."""
        self.arrivals.add(videos)

    def receive(self, videos: list[Path]) -> None:
        """A second start handed its videos over: take them, and come to the front."""
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
        self._leave()
        screen = self.shown(name)
        self.screens.setCurrentWidget(screen)
        self.header.show_screen(name, screen.search_hint)
        self.activity.put_away(away=name == "activity")
        screen.open()

    def open_session(self, session: str) -> None:
        """A session's screen."""
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
        self.full_screen.end()
        self.screens.leave()

    def _lay_out(self) -> None:
        page = area("window", QWidget())
        self._column = QVBoxLayout(page)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.header)
        self._column.addWidget(self.screens, 1)
        self.setCentralWidget(page)
        self.header.show_screen("library", self.library.search_hint)

    def _connect(self) -> None:
        self.header.went.connect(self.go)
        self.header.add_wanted.connect(self.arrivals.choose)
        self.header.keys_wanted.connect(self.keys.toggle)
        self.header.recent_wanted.connect(self.recent.ask)
        self.recent.chosen.connect(self.open_session)
        self.header.compare_wanted.connect(lambda: self.compare(self.session.session))
        self.header.searched.connect(self.screens.search)
        self.screens.made.connect(self._screen_made)
        self.screens.session_made.connect(self._session_made)
        self.library.opened.connect(self.open_session)
        self.library.add_wanted.connect(self.arrivals.choose)
        self.library.demo_wanted.connect(self.arrivals.demo)
        self.tasks.failed.connect(self._failed)
        self.tasks.changed.connect(self._tell_work)
        self.activity.more_wanted.connect(lambda: self.go("activity"))
        self.account.stood.connect(
            lambda here: self.header.show_standing(here.standing, bucket=here.bucket is not None)
        )
        self.account.switched.connect(self._switched)
        self.cloud.came.connect(self._come)
        self.account.restoring.came.connect(self._come)
        self.account.restoring.told.connect(self._tell_restored)
        self.cloud.claimed.connect(self.messages.show_notice)
        self.cloud.locked_out.connect(self.messages.show_error)
        self.bridge.changed.connect(self.cloud.wake)
        self.damage.told.connect(self.messages.show_notice)
        keymap.bind(self, {
            "window.add": self.arrivals.choose, "window.search": self._find, "window.back": self._back,
            "window.recent": self.recent.ask,
            "window.keys": self.keys.toggle, "window.full_screen": self._full_screen,
            **{f"window.{place.id}": partial(self.go, place.id) for place in SCREENS},
        })  # fmt: skip

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
            cast("SettingsView", made).changed.connect(self._settle)

    def _settle(self, settings: Settings) -> None:
        """Put on what the settings say."""
        self.cloud.wake()
        look.wear(settings.text("look.theme"))
        look.keep_language(settings.text("look.language"))
        self.arrivals.settle(settings)

    def _tell_work(self) -> None:
        count = len(self.tasks.shown)
        self.header.tell("activity", f"({count})" if count else "")

    def _switched(self) -> None:
        """Somebody else's library is open now: nothing of the other one's stays in view."""
        self.recent.put_away()
        if self.screens.session_shown is not None:
            self.go("library")
        self.library.refresh()
        self.screens.start_over()

    def _come(self, brought: list[str]) -> None:
        """The library holds other sessions than it did; the one that is looked at may be among them."""
        shown = self.screens.session_shown
        if shown is not None and shown.session in brought:
            self.go("library")
        self.library.refresh()

    def _tell_restored(self, told: str, more: bool) -> None:
        again = self.account.restoring.start
        self.messages.show_notice(told, *((tr("Try again"), again) if more else ()))

    def _join(self, service_file: Path) -> None:
        from coachvision.app.account_view import AccountView

        self.go("account")
        view = self.shown("account")
        if isinstance(view, AccountView):
            view.join(service_file)

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
        if not self.screens.may_close():
            event.ignore()
            return
        keep_place(self)
        if not self._begun:
            return
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
