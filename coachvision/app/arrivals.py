"""How videos come into the window: chosen, dropped, handed over by a second start, found in the watched folder.

For the window. A disk without room is no dead end: videos can be left where they lie.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QFileDialog, QWidget

from coachvision.app.library_view import LibraryView
from coachvision.app.screens import Desk
from coachvision.app.tasks import Job
from coachvision.errors import DiskFullError
from coachvision.words import counted, retold, tr

if TYPE_CHECKING:
    from coachvision.services.watch_folder import WatchFolder
    from coachvision.settings import Settings

_ENDINGS = "*.mp4 *.mov *.m4v *.mkv *.webm *.avi *.mts *.m2ts *.ts *.mpg *.mpeg *.wmv *.3gp *.flv"
LOOK_MS = 2000


class Arrivals(QObject):
    """Adds videos to the library and opens a single one as soon as it can be played."""

    def __init__(self, desk: Desk, library: LibraryView, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk
        self._library = library
        self._window = parent
        self._open_next = False
        self._adding: dict[Job, Path] = {}
        self._unfit: list[Path] = []
        self._watched: WatchFolder | None = None
        self._told_of_trouble = False
        self._looking = QTimer(self)
        self._looking.setInterval(LOOK_MS)
        self._looking.timeout.connect(self.look)
        desk.actions.added.connect(self._added)

    def add(self, videos: Sequence[Path], *, copy: bool | None = None) -> None:
        """Take videos in. copy: into the library; None as the settings say."""
        self._open_next = len(videos) == 1
        self._desk.go("library")
        self._take(videos, copy)

    def choose(self) -> None:
        """Let the coach choose files."""
        kinds = f"{tr('Videos')} ({_ENDINGS});;{tr('All files')} (*)"
        chosen, _ = QFileDialog.getOpenFileNames(self._window, tr("Add videos"), "", kinds)
        if chosen:
            self.add([Path(name) for name in chosen])

    def demo(self) -> None:
        """Film a drawn athlete."""
        self._open_next = True
        self._library.arrive([self._desk.actions.add_drawn_athlete()], [Path(tr("Drawn athlete"))])

    def settle(self, settings: Settings) -> None:
        """Watch the folder that the settings name, or none."""
        named = settings.text("import.watch_folder").strip()
        if named and (self._watched is None or self._watched.folder != Path(named)):
            from coachvision.services.watch_folder import WatchFolder

            self._watched, self._told_of_trouble = WatchFolder(Path(named)), False
            self._looking.start()
        elif not named:
            self._watched = None
            self._looking.stop()

    def look(self) -> None:
        """Look into the watched folder once."""
        watched = self._watched
        if watched is None:
            return

        def work(_job: Job) -> list[Path]:
            return watched.look()

        def take(found: list[Path]) -> None:
            self._told_of_trouble = False
            if found:
                self._take(found, None)
                told = counted(
                    len(found),
                    "{name} came in the watched folder.",
                    "{count} videos came in the watched folder.",
                    name=found[0].name,
                )
                self._desk.messages.show_notice(told)

        self._desk.tasks.run(work, take, lane="watch")

    def handled(self, job: Job, error: BaseException) -> bool:
        """Whether a failure was told here: a full disk, and the watched folder's after the first time."""
        path = self._adding.pop(job, None)
        if isinstance(error, DiskFullError) and path is not None:
            self._unfit.append(path)
            self._offer_to_leave(error)
            return True
        if self._watched is not None and getattr(error, "path", None) == self._watched.folder:
            told, self._told_of_trouble = self._told_of_trouble, True
            return told
        return False

    def _take(self, videos: Sequence[Path], copy: bool | None) -> None:
        jobs = self._desk.actions.add_videos(videos, copy=copy)
        self._adding = {job: path for job, path in self._adding.items() if not job.final}
        self._adding |= dict(zip(jobs, videos, strict=True))
        self._library.arrive(jobs, list(videos))

    def _offer_to_leave(self, error: DiskFullError) -> None:
        """Low disk: the videos can stay where they are, and the library refers to them."""
        unfit = list(self._unfit)
        what = counted(
            len(unfit),
            "“{name}” does not fit on the library's disk.",
            "{count} videos do not fit on the library's disk.",
            name=unfit[0].name,
        )

        def leave() -> None:
            self._unfit = [path for path in self._unfit if path not in unfit]
            self.add(unfit, copy=False)

        self._desk.messages.show_notice(
            f"{what} {retold(error.message)}. {tr('They can stay where they are.')}",
            tr("Leave them there"),
            leave,
        )

    def _added(self, session: str, known: bool) -> None:
        if known:
            self._desk.messages.show_notice(
                tr("This video is in the library already."), tr("Open"), lambda: self._desk.open_session(session)
            )
        # The coach may have gone elsewhere meanwhile: nobody is taken away from what he does.
        if self._open_next and self._library.isVisible():
            self._open_next = False
            self._desk.open_session(session)
