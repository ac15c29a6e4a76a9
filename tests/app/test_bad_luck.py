"""Workers killed, files that are none, two programs on one library, a window closed midway: nothing is lost."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from coachvision import paths, tomlfile
from coachvision.app.tasks import Job, State
from coachvision.app.window import Window
from coachvision.library import Library
from coachvision.plugins import state
from tests.app.conftest import PATIENCE_MS, Open, rename
from tests.app.test_story import drop
from tests.support import sessions
from tests.support.clips import write_clip
from tests.support.plugins import write_frame_plugin


@pytest.fixture
def slow_alone() -> str:
    """Of all analyzers only one runs that takes its time."""
    write_frame_plugin(paths.plugin_dir(), "slow", "dawdles")
    for name in ("pose", "angles"):
        state.set_enabled(name, enabled=False)
    return "slow"


def hurry() -> None:
    """The slow analyzer takes its time no longer."""
    shutil.rmtree(paths.plugin_dir() / "slow")
    write_frame_plugin(paths.plugin_dir(), "slow", "counts")


def workers() -> list[psutil.Process]:
    """The analysis workers of this test."""
    found = []
    for child in psutil.Process().children(recursive=True):
        try:
            if "coachvision.analysis.child" in " ".join(child.cmdline()):
                found.append(child)
        except psutil.Error:
            continue
    return found


def job_of(window: Window, verb: str) -> Job | None:
    return next((job for job in window.tasks.shown if job.title.startswith(verb)), None)


def wait_for(window: Window, qtbot: QtBot, verb: str) -> None:
    """Until work of that kind has begun to move."""

    def moving() -> bool:
        job = job_of(window, verb)
        return job is not None and job.state is State.RUNNING and job.done > 0

    qtbot.waitUntil(moving, timeout=PATIENCE_MS)


def test_killed_worker_is_told_and_the_analysis_can_be_started_again(
    open_window: Open, qtbot: QtBot, tmp_path: Path, slow_alone: str
) -> None:
    window = open_window(write_clip(tmp_path / "squat.mp4", frames=150))
    wait_for(window, qtbot, "Analyzing")

    def told() -> bool:
        # The supervisor tries once more by itself; whoever is killed again and again is told of.
        for worker in workers():
            worker.kill()
        return job_of(window, "Analyzing") is None

    qtbot.waitUntil(told, timeout=PATIENCE_MS)
    failed = next(job for job in window.tasks.past if job.title.startswith("Analyzing"))
    opened = window.session.opened
    assert opened is not None
    assert failed.state is State.FAILED, (failed.state, opened.session.warnings, opened.session.runs)
    assert window.messages.isVisible()
    hurry()
    window.session.analyze_again()
    qtbot.waitUntil(
        lambda: window.session.opened is not None and bool(window.session.opened.numbers), timeout=PATIENCE_MS
    )


def test_file_that_is_no_video_is_told_and_the_next_one_comes_in(
    open_window: Open, qtbot: QtBot, tmp_path: Path, counter_alone: str
) -> None:
    window = open_window()
    for number, data in enumerate((b"", b"no video at all", b"\0\0\0\x18ftypmp42" + b"\xff" * 4000)):
        bad = tmp_path / f"holiday {number}.mp4"
        bad.write_bytes(data)
        drop(window, bad)
        qtbot.waitUntil(lambda name=bad.name: name in window.messages.text, timeout=PATIENCE_MS)  # type: ignore[misc]  # bound at once
        assert window.library.model.rowCount() == 0
    drop(window, write_clip(tmp_path / "squat.mp4", frames=9))
    qtbot.waitUntil(lambda: window.session.opened is not None, timeout=PATIENCE_MS)


def test_an_analyzer_that_raises_is_named_and_everything_else_is_there(
    open_window: Open, qtbot: QtBot, tmp_path: Path, counter_alone: str
) -> None:
    write_frame_plugin(paths.plugin_dir(), "shaky", "raises")
    window = open_window(write_clip(tmp_path / "squat.mp4", frames=9))
    qtbot.waitUntil(
        lambda: (
            window.session.opened is not None and bool(window.session.opened.session.runs) and not window.tasks.shown
        ),
        timeout=PATIENCE_MS,
    )
    opened = window.session.opened
    assert opened is not None
    assert [metric.name for _, metric in opened.session.metrics()] == ["one.frames"]
    page = window.session.inspector._area.widget()
    assert page is not None
    told = " ".join(shown.text() for shown in page.findChildren(QLabel))
    assert "shaky" in told, told
    window.session.stage.seek(5)


def test_what_cannot_be_written_where_the_coach_wants_it_is_told_in_the_bar(
    open_window: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    film = tmp_path / "film.mp4"
    with Library.open(tmp_path / "library") as library:
        session = sessions.keep(library, film)
    database = tmp_path / "library" / "library.db"
    window = open_window()
    window.open_session(session)
    shown = window.session
    qtbot.waitUntil(lambda: shown.tags is not None and shown.tags.book._board_id != "", timeout=PATIENCE_MS)
    assert shown.chart is not None
    assert shown.tags is not None
    tags, png = shown.tags, shown.chart.plot.picture()
    series = shown.chart.shown
    # A file stands where a folder would have to be; the last is the library's own.
    exports: list[Callable[[], object]] = [
        lambda: shown._export_picture(png, film / "knee.png"),
        lambda: shown._export_table(series, film / "knee.csv"),
        lambda: tags.write_out(film / "tags.xml", True),
        lambda: shown._export_picture(png, database),
    ]
    for export in exports:
        window.messages.hide()
        export()
        qtbot.waitUntil(window.messages.isVisible, timeout=PATIENCE_MS)
        assert "Not exported" in window.messages.text
    assert database.read_bytes().startswith(b"SQLite")
    shown._export_picture(png, tmp_path / "knee.png")
    qtbot.waitUntil(lambda: "knee.png is written" in window.messages.text, timeout=PATIENCE_MS)
    assert (tmp_path / "knee.png").read_bytes() == png


def test_two_programs_share_one_library(open_window: Open, qtbot: QtBot, tmp_path: Path, counter_alone: str) -> None:
    window = open_window(write_clip(tmp_path / "squat.mp4", frames=9))
    qtbot.waitUntil(lambda: window.session.opened is not None and not window.tasks.shown, timeout=PATIENCE_MS)
    session = window.session.session
    other = (
        "import sys\n"
        "from pathlib import Path\n"
        "from coachvision.library import Library\n"
        "with Library.open(Path(sys.argv[1])) as library:\n"
        "    for number in range(40):\n"
        "        library.people.tag(sys.argv[2], f'tag {number}')\n"
    )
    with subprocess.Popen([sys.executable, "-c", other, str(tmp_path / "library"), session]) as program:
        for number in range(10):
            rename(window, session, f"name {number}")
        qtbot.waitUntil(lambda: program.poll() is not None, timeout=PATIENCE_MS)
        assert program.returncode == 0
    with Library.open(tmp_path / "library") as library:
        qtbot.waitUntil(lambda: library.session(session).title == "name 9", timeout=PATIENCE_MS)
        assert len(library.session(session).tags) == 40
    assert not window.messages.isVisible()
    # What the other one did is seen when the coach comes back to the window.
    window.go("library")
    window.library.refresh()
    qtbot.waitUntil(lambda: window.library.filters.tag.count() == 41, timeout=PATIENCE_MS)


def adding(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    drop(window, write_clip(tmp_path / "squat.mp4", frames=60))
    qtbot.waitUntil(lambda: job_of(window, "Adding") is not None, timeout=PATIENCE_MS)


def preparing(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    drop(window, write_clip(tmp_path / "squat.mp4", frames=600, size=(640, 480)))
    qtbot.waitUntil(lambda: job_of(window, "Preparing") is not None, timeout=PATIENCE_MS)


def analyzing(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    drop(window, write_clip(tmp_path / "squat.mp4", frames=150))
    wait_for(window, qtbot, "Analyzing")


def drawing_an_athlete(window: Window, qtbot: QtBot, _tmp_path: Path) -> None:
    window.arrivals.demo()
    qtbot.waitUntil(lambda: job_of(window, "Filming") is not None, timeout=PATIENCE_MS)


def exporting(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    from tests.support.weeks import keep_weeks

    ids = keep_weeks(tmp_path / "library", "Kim", [0.3] * 30)
    (tmp_path / "out").mkdir()
    window.library.chosen.export_into(ids, "json", tmp_path / "out")
    qtbot.waitUntil(lambda: any((tmp_path / "out").iterdir()), timeout=PATIENCE_MS)


_SOAKED = [pytest.param(busy, marks=pytest.mark.soak) for busy in (preparing, drawing_an_athlete, exporting)]


@pytest.mark.parametrize("busy", [adding, analyzing, *_SOAKED])
def test_closing_in_the_middle_of_long_work_leaves_a_whole_library(
    open_window: Open,
    qtbot: QtBot,
    tmp_path: Path,
    slow_alone: str,
    busy: Callable[[Window, QtBot, Path], None],
) -> None:
    window = open_window()
    qtbot.waitUntil(lambda: window.library.settled, timeout=PATIENCE_MS)
    busy(window, qtbot, tmp_path)
    # Asked whether it shall give up what nobody takes up again: yes.
    assert window.close() or window.close()
    assert workers() == []
    with Library.open(tmp_path / "library") as library:
        assert library.check() == []
    # What was exported is whole.
    for path in (tmp_path / "out").glob("*") if (tmp_path / "out").is_dir() else ():
        assert path.suffix == ".json"
        assert path.read_text("utf-8").rstrip().endswith("}")


@pytest.mark.soak
def test_killed_window_leaves_what_it_was_doing_to_the_next(
    open_window: Open, qtbot: QtBot, tmp_path: Path, slow_alone: str
) -> None:
    """A real window in a process of its own, killed while it analyzes."""
    clip = write_clip(tmp_path / "squat.mp4", frames=150)
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from coachvision.app.main import run\n"
        "sys.exit(run([Path(sys.argv[2])], Path(sys.argv[1])))"
    )
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", program, str(tmp_path / "library"), str(clip)]
    with subprocess.Popen(command, env=environment) as first:
        qtbot.waitUntil(lambda: bool(workers()), timeout=PATIENCE_MS)
        qtbot.waitUntil((tmp_path / "config" / "unfinished.json").is_file, timeout=PATIENCE_MS)
        left = psutil.Process(first.pid).children(recursive=True)
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
    # Its children end with it.
    _, alive = psutil.wait_procs(left, timeout=10)
    assert alive == []
    hurry()
    window = open_window()
    qtbot.waitUntil(lambda: [card.analyzed for card in window.library.model.cards] == [True], timeout=PATIENCE_MS)
    qtbot.keyClick(window.library.list, Qt.Key.Key_Home)
    assert window.library.list.current() == window.library.model.ids[0]


@pytest.mark.logs_expected
@pytest.mark.parametrize("name", ["account.toml", "settings.toml"])
def test_a_damaged_file_of_settings_is_told_in_the_window_and_where_it_is_now(
    open_window: Open, qtbot: QtBot, name: str
) -> None:
    paths.config_dir().mkdir(parents=True, exist_ok=True)
    (paths.config_dir() / name).write_text("this is = = not")
    window = open_window()
    qtbot.waitUntil(lambda: f"{name} was damaged" in window.messages.text, timeout=PATIENCE_MS)
    assert f"it was moved to {name}.damaged-1" in window.messages.text
    assert window.messages.isVisible()
    window.close()
    assert logging.getLogger(tomlfile.__name__).handlers == []
