"""Snapshot and kinogram: a key, and the picture is in the coach's folder of pictures. For the studio."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices

from coachvision import paths
from coachvision.app.actions import Actions
from coachvision.app.keeping import Keeper
from coachvision.app.tasks import Job, Tasks
from coachvision.app.tools.keeping import Drawn
from coachvision.words import tr

_LANE = "pictures"
_UNFIT = '<>:"/\\|?*'


class Pictures(QObject):
    """made: (sentence, what can be done, doing it) once a picture is there."""

    made = Signal(str, str, object)

    def __init__(self, actions: Actions, tasks: Tasks, keeper: Keeper[Drawn], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._actions, self._tasks, self._keeper = actions, tasks, keeper

    def snapshot(self, session: str, name: str, seconds: float) -> Job:
        """The frame on screen with everything drawn on it."""

        def write(target: Path, _job: Job) -> Path:
            from coachvision.services.export.png import export_png

            return export_png(self._actions.library(), session, target, at_s=seconds)

        def told(file: str) -> str:
            return tr("Snapshot saved: {file}", file=file)

        return self._make(f"{name} {clock(seconds)}", told, "", session, write)

    def kinogram(self, session: str, name: str, span: tuple[float, float] | None) -> Job:
        """Several poses in one picture, of the part between in and out."""
        first, last = span if span is not None else (None, None)

        def write(target: Path, job: Job) -> Path:
            from coachvision.services.export.kinogram import export_kinogram

            library = self._actions.library()
            return export_kinogram(library, session, target, start_s=first, end_s=last, cancelled=job.cancelled)

        def told(file: str) -> str:
            return tr("Kinogram saved: {file}", file=file)

        return self._make(f"{name} {tr('kinogram')}", told, tr("Making a kinogram"), session, write)

    def _make(
        self, stem: str, told: Callable[[str], str], title: str, session: str, write: Callable[[Path, Job], Path]
    ) -> Job:
        def work(job: Job) -> Path:
            # What was drawn a moment ago is in the picture, too.
            self._keeper.flush()
            return write(free_name(paths.pictures_dir(), stem), job)

        def done(path: Path) -> None:
            folder = QUrl.fromLocalFile(str(path.parent))
            self.made.emit(told(path.name), tr("Open folder"), lambda: QDesktopServices.openUrl(folder))

        return self._tasks.run(work, done, lane=_LANE, title=title, session=session)


def clock(seconds: float) -> str:
    """As part of a file's name: `0-03.420`."""
    millis = round(seconds * 1000)
    return f"{millis // 60_000}-{millis // 1000 % 60:02d}.{millis % 1000:03d}"


def free_name(folder: Path, stem: str) -> Path:
    """A PNG in that folder whose name is not taken; what no file system likes is left out of it."""
    clean = "".join(c for c in stem if c not in _UNFIT and c.isprintable()).strip(" .")[:120] or "CoachVision"
    for number in range(1, 10_000):
        path = folder / (f"{clean}.png" if number == 1 else f"{clean} ({number}).png")
        if not path.exists():
            return path
    return folder / f"{clean} (10000).png"
