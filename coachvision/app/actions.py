"""What a coach can do, one thin method an action: works off the UI thread and says what changed on the bus.

For the window. Services are imported inside the work, so that nothing heavy loads before the window shows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from coachvision.app import rooms
from coachvision.app.open_library import OpenLibrary
from coachvision.app.tasks import Job, Tasks
from coachvision.errors import CoachVisionError
from coachvision.events import Bus, SessionSaved
from coachvision.words import tr

if TYPE_CHECKING:
    from coachvision.core.units import Units
    from coachvision.services.export.numbers import Card
    from coachvision.services.import_video import Imported, PlayableFilm
    from coachvision.services.marks import Marks
    from coachvision.services.session import WholeSession
    from coachvision.services.spans import LongRecording, Span
    from coachvision.settings import Settings

ANALYSIS, IMPORT, PREVIEW = "analysis", "import", "preview"


@dataclass(frozen=True, eq=False)
class Opened:
    """A session with everything the screen shows. film: None where it cannot be played, for the reason in `trouble`.

    joint: the one that the movement shows in, None where there are no angles.
    """

    session: WholeSession
    film: PlayableFilm | None
    trouble: CoachVisionError | None
    numbers: list[Card]
    marks: Marks
    units: Units
    joint: str | None = None
    stale: bool = False


class Actions(OpenLibrary):
    """The coach's actions on one library. added: (session id, known before) after an import."""

    added = Signal(str, bool)
    long_came = Signal(object)

    def __init__(self, root: Path, tasks: Tasks, bus: Bus, parent: QObject | None = None) -> None:
        super().__init__(root, tasks, bus, parent)
        self._taken_in: set[Path] = set()

    def add_videos(self, paths: Sequence[Path], *, copy: bool | None = None) -> list[Job]:
        """Take videos in, one after the other; each is then prepared for scrubbing and analyzed by itself.

        copy: into the library, or leave them where they lie; None as the settings say.
        """
        return [self._add_video(path, copy) for path in paths]

    def _add_video(self, path: Path, copy: bool | None) -> Job:
        def work(job: Job) -> Imported:
            from coachvision import settings
            from coachvision.services.import_video import import_video

            copied = settings.load().switch("import.copy") if copy is None else copy
            return import_video(self._opened(), path, copy=copied, progress=job.report, cancelled=job.cancelled)

        return self._take_in(work, tr("Adding {name}", name=path.name), path.name)

    def add_recording(self, path: Path, athlete: str = "") -> Job:
        """Take in what was recorded, then remove the recording: the library has it."""
        self._taken_in.add(path)

        def work(job: Job) -> Imported:
            from coachvision.services.import_video import import_video

            imported = import_video(
                self._opened(), path, athlete=athlete or None, progress=job.report, cancelled=job.cancelled
            )
            path.unlink(missing_ok=True)
            return imported

        # A closed window's recordings are taken in at the next start.
        return self._take_in(work, tr("Adding {name}", name=path.stem), path.stem, asks=False)

    @property
    def recordings(self) -> Path:
        """Where recordings lie until they are taken in."""
        return self._root / "recordings"

    def take_up_recordings(self) -> Job:
        """Take in what a closed or killed window had recorded."""

        def work(_job: Job) -> list[Path]:
            from coachvision.capture.camera import left_in

            return left_in(self.recordings)

        def take_in(left: list[Path]) -> None:
            for path in left:
                # A recording that ended a moment ago may be on its way already.
                if path not in self._taken_in:
                    self.add_recording(path)

        return self._run(work, take_in)

    def _take_in(self, work: Callable[[Job], Imported], title: str, name: str, *, asks: bool = True) -> Job:
        def then(imported: Imported) -> None:
            job.session = imported.session_id
            self.tell(SessionSaved(imported.session_id))
            if self._here is self._library:
                self.added.emit(imported.session_id, imported.known)
            if not imported.known:
                self.prepare(imported.session_id, name)

        job = self._run(work, then, lane=IMPORT, title=title, asks=asks)
        return job

    def add_drawn_athlete(self) -> Job:
        """Film a drawn athlete and take that in: something to try before there is a video."""

        def work(job: Job) -> Imported:
            from coachvision.services.drawn_athlete import add_drawn_athlete

            return add_drawn_athlete(self._opened(), progress=job.report, cancelled=job.cancelled)

        return self._take_in(work, tr("Filming a drawn athlete"), tr("Drawn athlete"))

    def prepare(self, session: str, name: str) -> Job:
        """Write preview and filmstrip, then analyze if the coach wants that by itself.

        A long recording is not analyzed before the coach has said which parts to keep: `long_came`.
        """

        def work(job: Job) -> bool:
            from coachvision import settings
            from coachvision.services.import_video import make_preview
            from coachvision.services.spans import long_recording

            chosen = settings.load()
            with self._unfinished(session, last=not chosen.switch("analysis.auto")):
                if chosen.switch("import.proxy"):
                    make_preview(self._opened(), session, progress=job.report, cancelled=job.cancelled)
            long = long_recording(self._opened(), session)
            if long is not None:
                from coachvision.services import unfinished

                unfinished.end(self._opened(), session)
                self.long_came.emit(long)
                return False
            return chosen.switch("analysis.auto")

        def then(analyze: bool) -> None:
            self.tell(SessionSaved(session))
            if analyze:
                self.analyze(session, name)

        return self._run(work, then, lane=PREVIEW, title=tr("Preparing {name}", name=name), session=session)

    def keep_spans(self, recording: LongRecording, spans: Sequence[Span]) -> Job:
        """Make a session of each span of a long recording, and analyze it."""

        def work(_job: Job) -> list[tuple[str, str]]:
            from coachvision.services.spans import keep_spans

            return keep_spans(self._opened(), recording.session_id, spans)

        def then(made: list[tuple[str, str]]) -> None:
            for session, name in made:
                self.tell(SessionSaved(session))
                self.analyze(session, name)

        return self._run(work, then, owed=True)

    def analyze(self, session: str, name: str) -> Job:
        """Run all enabled analyzers over a session; on battery, with mains power again or when the coach says so."""

        def work(job: Job) -> None:
            from coachvision import settings
            from coachvision.services import power
            from coachvision.services.analyze_session import analyze_session

            with self._unfinished(session, last=True):
                if settings.load().text("analysis.on_battery") == "wait":
                    job.hold(tr("on battery: waits for mains power"), power.on_battery)
                analyze_session(self._opened(), session, progress=job.report, cancelled=job.cancelled)

        def then(_: None) -> None:
            self.tell(SessionSaved(session))

        return self._run(work, then, lane=ANALYSIS, title=tr("Analyzing {name}", name=name), session=session)

    @contextmanager
    def _unfinished(self, session: str, *, last: bool) -> Iterator[None]:
        """Work on a session: what a closed window or a kill leaves undone is taken up at the next start.

        last: nothing follows it by itself.
        """
        from coachvision.services import unfinished

        unfinished.begin(self._opened(), session)
        done = False
        try:
            yield
            done = True
        finally:
            if (last or not done) and not self._stopping:
                unfinished.end(self._opened(), session)

    def load_rest(self, then: Callable[[], None]) -> Job:
        """Load all that is not loaded yet, so that what the coach does next need not wait for it."""

        def work(_job: Job) -> None:
            """The rooms it needs are all of them."""

        return self._run(work, lambda _: then(), lane="rooms")

    def take_up(self, then: Callable[[int], None]) -> Job:
        """Take up what the last time left undone; `then` gets how many sessions that is."""

        def work(_job: Job) -> tuple[list[tuple[str, str]], list[str]]:
            from coachvision.services import previews, unfinished

            left = unfinished.left(self._opened())
            return left, previews.came(self._opened(), [session for session, _ in left])

        def go_on(found: tuple[list[tuple[str, str]], list[str]]) -> None:
            left, came = found
            for session, name in left:
                if session not in came:
                    self.prepare(session, name)
            if came:
                self._write_previews(came)
            then(len(left))

        return self._run(work, go_on)

    def preview(self, sessions: Sequence[str]) -> Job:
        """Write the previews that sessions from the cloud lack: they have none of their own."""

        def work(_job: Job) -> list[str]:
            from coachvision.services import previews

            return previews.missing(self._opened(), sessions)

        def go_on(lacking: list[str]) -> None:
            if lacking:
                self._write_previews(lacking)

        return self._run(work, go_on, lane=PREVIEW)

    def _write_previews(self, sessions: list[str]) -> Job:
        def work(job: Job) -> None:
            from coachvision.services import previews

            previews.write(
                self._opened(), sessions, told=lambda session: self.tell(SessionSaved(session)),
                progress=job.report, cancelled=job.cancelled, closing=lambda: self._stopping,
            )  # fmt: skip

        return self._run(work, lane=PREVIEW, title=tr("Preparing what came from the cloud"))

    def open_session(
        self, session: str, then: Callable[[Opened], None], *, first: Callable[[], object] | None = None
    ) -> Job:
        """Read a session whole. first: to be done before, in the same thread."""

        def work(job: Job) -> Opened:
            from coachvision.services.export.numbers import cards, leading_joint
            from coachvision.services.import_video import film_of
            from coachvision.services.marks import read_marks
            from coachvision.services.recompute import needs_it
            from coachvision.services.session import read_session
            from coachvision.services.units import told_units

            if first is not None:
                first()
            whole = read_session(self._opened(), session)
            units = told_units()
            numbers = cards(whole, whole.main_subject, units)
            joint = leading_joint(whole, whole.main_subject)
            marks = read_marks(self._opened(), session)
            try:
                film = film_of(self._opened(), session, cancelled=job.cancelled)
                stale = needs_it(self._opened(), session, marks)
                return Opened(whole, film, None, numbers, marks, units, joint, stale)
            except CoachVisionError as trouble:
                return Opened(whole, None, trouble, numbers, marks, units, joint)

        return self._run(work, then)

    def settings(self, then: Callable[[Settings], None]) -> Job:
        """The coach's settings."""

        def work(_job: Job) -> Settings:
            from coachvision import settings

            return settings.load()

        return self._run(work, then, lane="settings", needs=rooms.load_library)

    def change_setting(self, name: str, value: object, then: Callable[[Settings], None]) -> Job:
        """Keep one setting."""

        def work(_job: Job) -> Settings:
            from coachvision import settings

            return settings.save(name, value)

        return self._run(work, then, lane="settings", needs=rooms.load_library)

    def keys(self, then: Callable[[dict[str, tuple[str, ...]]], None]) -> Job:
        """The keys the coach chose."""

        def work(_job: Job) -> dict[str, tuple[str, ...]]:
            from coachvision import settings

            return settings.load_keys()

        return self._run(work, then, lane="settings", needs=rooms.load_library)

    def change_keys(
        self, command: str, keys: Sequence[str] | None, then: Callable[[dict[str, tuple[str, ...]]], None]
    ) -> Job:
        """Choose a command's keys; None: its own again."""

        def work(_job: Job) -> dict[str, tuple[str, ...]]:
            from coachvision import settings

            return settings.save_keys(command, keys)

        return self._run(work, then, lane="settings", needs=rooms.load_library)
