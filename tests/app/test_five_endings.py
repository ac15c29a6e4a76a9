"""Whatever the window does off its thread ends in one of five ways, and each leaves a window that goes on working.

Done, cancelled, a failure we know, a bug of ours, the window closed midway: told where there is something to tell, and
no thread, timer, process or shared memory stays behind. A new operation without its line in the table fails here.
"""

from __future__ import annotations

import shutil
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, SimpleNamespace
from typing import Any, cast

import psutil
import pytest
from PySide6.QtCore import QPoint, QPointF, QTimer
from pytestqt.qtbot import QtBot

from coachvision import settings
from coachvision.app import library_actions
from coachvision.app.bucket_actions import Wanted
from coachvision.app.capture_view import CaptureView
from coachvision.app.compare.view import CompareView
from coachvision.app.here import Here
from coachvision.app.playlists.adding import add_to, offer_playlists
from coachvision.app.playlists.view import PlaylistsView
from coachvision.app.progress_view import ProgressView
from coachvision.app.tasks import Job, State, Tasks
from coachvision.app.window import Window
from coachvision.capture.sources import Source
from coachvision.core.tagging import Clip
from coachvision.errors import Cancelled, VideoError
from coachvision.library import Library
from coachvision.services.playlists import ClipInfo
from coachvision.services.watch_folder import WatchFolder
from tests.app.conftest import PATIENCE_MS, Open
from tests.app.operations import operations
from tests.support import sessions

REAL = object()
# Nothing else in the window can begin before it has ended; how it fails is told in test_start.
ALONE = {"open_library:OpenLibrary._open"}


class FakeCamera:
    """A camera that is there at once. still_open: those that nobody has closed."""

    still_open: list[FakeCamera]

    def __init__(self, *_: object) -> None:
        self.still_open.append(self)

    def delay(self, _seconds: float) -> None:
        """As asked."""

    def close(self) -> None:
        """Let go."""
        self.still_open.remove(self)


@dataclass
class Stage:
    """A window with a session open, and a second in its library."""

    window: Window
    a: str
    b: str
    folder: Path
    patch: pytest.MonkeyPatch
    opened: Any = field(init=False)

    def __post_init__(self) -> None:
        self.opened = self.window.session.opened

    @property
    def actions(self) -> Any:
        return self.window.actions_

    @property
    def account(self) -> Any:
        return self.window.account

    @property
    def studio(self) -> Any:
        return self.window.session.studio

    @property
    def tags(self) -> Any:
        return self.window.session.tags

    @property
    def playlists(self) -> PlaylistsView:
        self.window.go("playlists")
        return cast("PlaylistsView", self.window.shown("playlists"))

    @property
    def progress(self) -> ProgressView:
        return cast("ProgressView", self.window.shown("progress"))

    def camera(self, *, seen: bool) -> CaptureView:
        if seen:
            self.window.go("capture")
        return cast("CaptureView", self.window.shown("capture"))


def nothing(*_: object) -> None:
    """What follows, where it does not matter."""


BUCKET = Wanted("https://storage.example.org", "club", "", "", "key", "secret")
CAMERA = Source("camera", "0", "Camera")


def _look(stage: Stage) -> None:
    arrivals = cast("Any", stage.window.arrivals)
    arrivals._watched, arrivals._told_of_trouble = WatchFolder(stage.folder), False
    arrivals.look()


def _close_camera(stage: Stage) -> None:
    view = stage.camera(seen=True)
    view.camera = cast("Any", FakeCamera())
    view._close()


def _sync(stage: Stage) -> None:
    cloud = cast("Any", stage.window.cloud)
    cloud._synced = None
    cloud._settle(
        Here(cast("Any", SimpleNamespace(kind="signed_in", user_id="u", service=SimpleNamespace(gateway="http://g"))))
    )


def _hold(stage: Stage) -> None:
    cloud = cast("Any", stage.window.cloud)
    cloud._running = SimpleNamespace(stop=nothing)
    cloud.hold()
    cloud.let_go()


def _states(stage: Stage) -> None:
    cloud = cast("Any", stage.window.cloud)
    cloud._synced = "u"
    cloud._ask_states()
    cloud._synced = None


def _show_clip(stage: Stage) -> None:
    view = stage.playlists
    player = view._made_player()
    clip = ClipInfo(Clip(stage.a, 0, 512), "Squats", "Anna", 0.0, 0.04)
    player.set_clips([])
    player.set_clips([clip])
    player.show_clip(0)


def _export_playlist(stage: Stage) -> None:
    view = stage.playlists
    view.book.playlists, view.book.chosen = [cast("Any", SimpleNamespace(id="p", title="Best"))], "p"
    view.export_to(stage.folder / "best.mp4")


def _add_athlete(stage: Stage) -> None:
    stage.progress.new.setText("Zoe")
    stage.progress._add()


def _export_progress(stage: Stage) -> None:
    stage.progress.told = cast("Any", object())
    stage.progress.export_to(stage.folder / "anna.csv")


def _recompute(stage: Stage) -> None:
    stage.patch.setattr("coachvision.app.tools.numbers.recompute", lambda *_a, **_k: ())
    stage.studio.numbers._opened = stage.opened
    stage.studio.numbers._start()


def _adopt(stage: Stage) -> None:
    stage.account.adopt(nothing)


# Every place of the window that starts work: how one comes to it, and what it gives where doing it
# in earnest needs a network or takes long; REAL does it.
TABLE: dict[str, tuple[Callable[[Stage], object], object]] = {
    "account_actions:AccountActions._adopt_when_quiet": (_adopt, None),
    "account_actions:AccountActions._do": (lambda s: s.account.send_code("a@b.org", nothing), None),
    "account_actions:AccountActions._switch": (lambda s: s.account._switch(None), REAL),
    "account_actions:AccountActions.decline": (lambda s: s.account.decline(), None),
    "account_actions:AccountActions.forget": (lambda s: s.account.forget(lambda: None), None),
    "account_actions:AccountActions.join": (lambda s: s.account.join(object()), None),
    "account_actions:AccountActions.keep_in_cloud": (lambda s: s.account.keep_in_cloud(False), REAL),
    "account_actions:AccountActions.look": (lambda s: s.account.look(), REAL),
    "account_actions:AccountActions.read_service": (lambda s: s.account.read_service("x", nothing), None),
    "account_actions:AccountActions.sign_in_with_browser": (lambda s: s.account.sign_in_with_browser(nothing), None),
    "account_actions:AccountActions.sign_out": (lambda s: s.account.sign_out(), None),
    "account_actions:AccountActions.usage": (lambda s: s.account.usage(nothing), REAL),
    "actions:Actions._take_in": (lambda s: s.actions.add_videos([s.folder / "film.mp4"]), REAL),
    "actions:Actions.analyze": (lambda s: s.actions.analyze(s.b, "Squat"), None),
    "actions:Actions.change_keys": (lambda s: s.actions.change_keys("play.toggle", None, nothing), REAL),
    "actions:Actions.change_setting": (lambda s: s.actions.change_setting("units.length", "cm", nothing), REAL),
    "actions:Actions.keep_spans": (lambda s: s.actions.keep_spans(SimpleNamespace(session_id=s.a), ()), []),
    "actions:Actions.keys": (lambda s: s.actions.keys(nothing), REAL),
    "actions:Actions.open_session": (lambda s: s.actions.open_session(s.a, nothing), REAL),
    "actions:Actions._write_previews": (lambda s: s.actions._write_previews([s.b]), REAL),
    "actions:Actions.preview": (lambda s: s.actions.preview([s.a, s.b]), REAL),
    "actions:Actions.prepare": (lambda s: s.actions.prepare(s.b, "Squat"), REAL),
    "actions:Actions.settings": (lambda s: s.actions.settings(nothing), REAL),
    "actions:Actions.take_up": (lambda s: s.actions.take_up(nothing), REAL),
    "actions:Actions.load_rest": (lambda s: s.actions.load_rest(lambda: None), REAL),
    "actions:Actions.take_up_recordings": (lambda s: s.actions.take_up_recordings(), REAL),
    "arrivals:Arrivals.look": (_look, []),
    "bucket_actions:BucketActions._change": (lambda s: s.account.bucket.forget(), None),
    "bucket_actions:BucketActions.check": (lambda s: s.account.bucket.check(BUCKET, nothing, nothing), None),
    "capture_view:CaptureView._close": (_close_camera, REAL),
    "capture_view:CaptureView.choose": (lambda s: s.camera(seen=True).choose(CAMERA), REAL),
    "capture_view:CaptureView.choose.<locals>.take": (lambda s: s.camera(seen=False).choose(CAMERA), REAL),
    "camera_actions:CameraActions.find": (lambda s: s.camera(seen=False).open(), []),
    "camera_actions:CameraActions.last": (lambda s: s.camera(seen=False).open(), REAL),
    "camera_actions:CameraActions.remember": (lambda s: s.camera(seen=False).choose(CAMERA), REAL),
    "cloud_sync:CloudSync._ask_states": (_states, REAL),
    "cloud_sync:CloudSync._begin": (_sync, (None, object())),
    "cloud_sync:CloudSync.hold": (_hold, REAL),
    "compare.side:Side._search": (lambda s: cast("CompareView", s.window.shown("compare")).sides[0]._search(), REAL),
    "compare.view:CompareView._read": (lambda s: s.window.compare(s.a, s.b), REAL),
    "keeping:Keeper.save": (lambda s: s.tags.book.mark(0), REAL),
    "library_actions:add_team": (lambda s: library_actions.add_team(s.actions, "U18", ["Anna"], nothing), REAL),
    "library_actions:cards": (lambda s: library_actions.cards(s.actions, [s.a], nothing), REAL),
    "library_actions:export": (
        lambda s: library_actions.export(s.actions, [s.a], "csv", s.folder, nothing), REAL
    ),
    "library_actions:ids": (lambda s: library_actions.ids(s.actions, library_actions.Filter(), nothing), REAL),
    "library_actions:name_athletes": (
        lambda s: library_actions.name_athletes(s.actions, [(s.a, "Ben")], nothing), REAL
    ),
    "library_actions:names": (lambda s: library_actions.names(s.actions, nothing), REAL),
    "library_actions:restore": (lambda s: library_actions.restore(s.actions, [s.b]), REAL),
    "library_actions:tag": (lambda s: library_actions.tag(s.actions, [s.a], "fast"), REAL),
    "library_actions:trash": (lambda s: library_actions.trash(s.actions, [s.b], nothing), None),
    "playlists.adding:add_to": (lambda s: add_to(s.actions, [], "", "Best", nothing), REAL),
    "playlists.adding:offer_playlists": (
        lambda s: offer_playlists(s.actions, s.window, [], QPoint(), nothing), REAL
    ),
    "playlists.book:PlaylistBook.make": (lambda s: s.playlists.book.make("Best"), REAL),
    "playlists.book:PlaylistBook.read": (lambda s: s.playlists.book.read(), REAL),
    "playlists.book:PlaylistBook.write": (lambda s: s.playlists.book.write(nothing), REAL),
    "playlists.exporting:export": (_export_playlist, None),
    "playlists.player:ClipPlayer.show_clip": (_show_clip, REAL),
    "progress_view:ProgressView._add": (_add_athlete, REAL),
    "progress_view:ProgressView.export_to": (_export_progress, None),
    "progress_view:ProgressView.show_athlete": (lambda s: s.progress.show_athlete("Anna Müller"), REAL),
    "recent:RecentMenu.ask": (lambda s: s.window.recent.ask(), REAL),
    "recent:RecentMenu.remember": (lambda s: s.window.recent.remember(s.b), REAL),
    "restoring:Restoring.start": (lambda s: s.account.restoring.start(), ("All is here.", False)),
    "session_view:SessionView._export_picture": (
        lambda s: s.window.session._export_picture(b"PNG", s.folder / "knee.png"), REAL
    ),
    "session_view:SessionView._export_table": (
        lambda s: s.window.session._export_table(s.window.session.chart.shown, s.folder / "knee.csv"), REAL  # type: ignore[union-attr]
    ),
    "tagging.book:TagBook._read": (lambda s: s.tags.book._read(), REAL),
    "tagging.book:TagBook.take_in": (lambda s: s.tags.book.take_in(s.folder / "tags.xml"), ([], 0)),
    "tagging.desk:TagDesk.write_out": (lambda s: s.tags.write_out(s.folder / "tags.xml", True), REAL),
    "tools.numbers:Numbers._start": (_recompute, REAL),
    "tools.numbers:Numbers._start.<locals>.done": (_recompute, None),
    "tools.numbers:Numbers.warm": (lambda s: s.studio.numbers.warm(), REAL),
    "tools.pictures:Pictures._make": (
        lambda s: s.studio.pictures._make("Squat", str, "Making", s.a, lambda path, _job: path), REAL
    ),
    "tools.tracking:Tracking.start": (lambda s: s.studio.tracking.start(QPointF(20, 20), 0), True),
}  # fmt: skip


class Endings:
    """Lets the next work that one place starts end as it is told."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.key, self.begun, self.jobs = "", threading.Event(), list[Job]()
        self._end: Callable[[Job, Callable[[Job], object]], object] = lambda job, work: work(job)
        run = Tasks.run
        endings = self

        def watched(tasks: Tasks, work: Callable[[Job], object], *args: Any, **more: Any) -> Job:
            if not endings.key or _place(sys._getframe(1)) != endings.key:
                return run(tasks, work, *args, **more)
            endings.key, end = "", endings._end
            job = run(tasks, lambda job: end(job, work), *args, **more)
            endings.jobs.append(job)
            return job

        patch.setattr(Tasks, "run", watched)

    def arm(self, key: str, end: Callable[[Job, Callable[[Job], object]], object]) -> None:
        """The next work of that place ends like this."""
        self.key, self._end = key, end
        self.begun.clear()
        self.jobs.clear()

    def until_asked(self, job: Job, _work: object) -> object:
        """Goes on until it is cancelled."""
        self.begun.set()
        assert job._asked.wait(30)
        raise Cancelled


def _place(frame: FrameType | None) -> str:
    """The function of the window that asked for work, as `operations` names it."""
    doors = ("OpenLibrary.run", "OpenLibrary._run")
    while frame is not None and frame.f_code.co_qualname in doors:
        frame = frame.f_back
    assert frame is not None
    module = str(frame.f_globals["__name__"]).removeprefix("coachvision.app.")
    return f"{module}:{frame.f_code.co_qualname}"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """A folder with a library of two sessions and their film, made once; each test gets a copy."""
    folder = tmp_path_factory.mktemp("made")
    with Library.open(folder / "library") as library:
        a, b = (sessions.keep(library, folder / "film.mp4") for _ in range(2))
    return folder, a, b


@pytest.fixture
def stage(
    open_window: Open, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: tuple[Path, str, str]
) -> Stage:
    monkeypatch.setattr("coachvision.capture.camera.Camera", FakeCamera)
    # Without a screen nothing pops up.
    monkeypatch.setattr("PySide6.QtWidgets.QMenu.popup", nothing)
    monkeypatch.setattr("coachvision.capture.sources.cameras", list)
    monkeypatch.setattr(FakeCamera, "still_open", [], raising=False)
    for name in ("import.proxy", "analysis.auto"):
        settings.save(name, False)
    folder, a, b = made
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    window = open_window()
    window.open_session(a)
    qtbot.waitUntil(
        lambda: window.session.opened is not None and window.session.studio is not None, timeout=PATIENCE_MS
    )
    return Stage(window, a, b, tmp_path, monkeypatch)


def mapped() -> list[str]:
    """Shared memory of frames that this process still has."""
    return [one.path for one in psutil.Process().memory_maps() if one.path.startswith("/memfd:")]


def test_every_operation_of_the_window_is_in_the_table() -> None:
    assert operations() == set(TABLE) | ALONE


def known(_job: Job, _work: object) -> object:
    raise VideoError("Ended on purpose")


def bug(_job: Job, _work: object) -> object:
    raise RuntimeError("a bug on purpose")


@pytest.mark.logs_expected
@pytest.mark.parametrize("key", sorted(TABLE))
def test_work_ends_in_five_ways(key: str, stage: Stage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    start, gives = TABLE[key]
    endings, window = Endings(monkeypatch), stage.window

    def begin(end: Callable[[Job, Callable[[Job], object]], object]) -> Job:
        window.messages.hide()
        endings.arm(key, end)
        start(stage)
        qtbot.waitUntil(lambda: bool(endings.jobs), timeout=PATIENCE_MS)
        return endings.jobs[0]

    def over(job: Job) -> State:
        qtbot.waitUntil(lambda: job.final, timeout=PATIENCE_MS)
        assert job not in window.tasks.shown
        return job.state

    job = begin(endings.until_asked)
    assert endings.begun.wait(PATIENCE_MS / 1000)
    job.cancel()
    assert (over(job), window.messages.isVisible()) == (State.CANCELLED, False)
    assert over(begin(known)) is State.FAILED
    assert "Ended on purpose" in window.messages.text
    assert over(begin(bug)) is State.FAILED
    assert "inside the program" in window.messages.text
    # After all that it does what it is for.
    job = begin((lambda job, work: work(job)) if gives is REAL else lambda _job, _work: gives)
    assert (over(job), job.error) == (State.DONE, None)

    # Cameras that a work ended on purpose never came to close.
    FakeCamera.still_open.clear()
    closing = threading.Event()

    def midway(job: Job, work: Callable[[Job], object]) -> object:
        endings.begun.set()
        if not job.owed:
            return endings.until_asked(job, work)
        # What is owed is carried out, however long it takes.
        assert closing.wait(30)
        return work(job) if gives is REAL else gives

    begin(midway)
    assert endings.begun.wait(PATIENCE_MS / 1000)
    closing.set()
    assert window.close() or window.close()
    assert not [timer for timer in window.findChildren(QTimer) if timer.isActive()]
    assert FakeCamera.still_open == []
    assert mapped() == []
