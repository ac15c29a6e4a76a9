"""Nothing that was drawn is lost: not by a kill, not by a full disk, not by closing the window at once."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from coachvision.app import keeping as holding
from coachvision.app.tools import keeping
from coachvision.library import Library
from coachvision.services.marks import read_marks, save_marks
from tests.app.conftest import PATIENCE_MS
from tests.app.tools.conftest import Easel, Opened

# A crash loses nothing older than this.
_PROMISED_S = 2.0


def draw_until_killed(root: Path, session: str, enough_s: float, **environment: str) -> tuple[dict[str, float], float]:
    """When each drawing was made, by id, and when the process ended: killed here, or by itself at a named point."""
    command = [sys.executable, "-m", "tests.app.tools.drawing_child", str(root), session]
    drawn: dict[str, float] = {}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3], env={**os.environ, **environment}
    ) as child:
        assert child.stdout is not None
        for line in child.stdout:
            _, drawing, at = line.split()
            drawn[drawing] = float(at)
            if float(at) - next(iter(drawn.values())) > enough_s:
                child.send_signal(signal.SIGKILL)
                break
        ended = time.monotonic()
        child.stdout.read()
        assert child.wait(timeout=30) == -signal.SIGKILL
    return drawn, ended


def kept(root: Path, session: str) -> set[str]:
    with Library.open(root) as library:
        assert library.check(deep=True) == [] or all(f.severity == "info" for f in library.check(deep=True))
        return {drawing.id for drawing in read_marks(library, session).drawings}


def test_killed_while_drawing_nothing_older_than_two_seconds_is_lost(
    tmp_path: Path, athlete_library: tuple[Path, str]
) -> None:
    source, session = athlete_library
    root = tmp_path / "library"
    shutil.copytree(source, root)
    drawn, ended = draw_until_killed(root, session, enough_s=3.0)
    promised = {drawing for drawing, at in drawn.items() if ended - at > _PROMISED_S}
    assert promised
    assert promised <= kept(root, session)


@pytest.mark.soak
def test_killed_within_a_save_all_of_it_is_kept_or_nothing(tmp_path: Path, athlete_library: tuple[Path, str]) -> None:
    source, session = athlete_library
    root = tmp_path / "library"
    shutil.copytree(source, root)
    drawn, ended = draw_until_killed(
        root, session, enough_s=60.0, COACHVISION_KILL_AT="library.annotations.before_commit:2"
    )
    there = kept(root, session)
    # The first save is there, whole; of the second nothing.
    assert there
    assert there == set(list(drawn)[: len(there)])
    assert {drawing for drawing, at in drawn.items() if ended - at > _PROMISED_S} <= there


def test_a_full_disk_is_told_in_a_bar_and_what_was_drawn_is_kept_once_there_is_room(
    easel: Easel, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = easel.window.actions_.library()
    database = library._store.db
    monkeypatch.setattr(holding, "AGAIN_MS", 200)
    (pages,) = database.row("PRAGMA page_count") or (0,)
    # Not a page more: what SQLite says then is what it says on a full disk.
    database.rows(f"PRAGMA max_page_count = {pages}")
    easel.studio.hand.take("freehand")
    # A long scribble fits into no page that is there already.
    for _ in range(12):
        easel.drag((60, 60), (560, 300), steps=80)
    easel.studio.hand.take("select")
    bar = easel.window.messages
    easel.qtbot.waitUntil(lambda: bar.isVisible() and "The disk is full" in bar.text, timeout=PATIENCE_MS)
    # Drawing goes on, undo too; the coach is told once, not every few seconds.
    QTest.mouseClick(bar._act, Qt.MouseButton.LeftButton)
    easel.studio.hand.take("arrow")
    easel.drag((200, 60), (260, 100))
    assert len(easel.board.drawings) == 13
    assert easel.studio.keeper.owes
    # A window that cannot keep it does not close at the first try.
    assert not easel.window.close()
    assert easel.window.isVisible()
    database.rows("PRAGMA max_page_count = 1000000")
    easel.qtbot.waitUntil(lambda: "kept again" in bar.text, timeout=PATIENCE_MS)
    assert not easel.studio.keeper.owes
    assert kept(library.root, easel.session) == {drawing.id for drawing in easel.board.drawings}


def test_what_is_being_saved_is_owed_until_it_is_in_the_library(easel: Easel, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on = Event(), Event()

    def slow_save(*asked: Any) -> None:
        begun.set()
        assert go_on.wait(timeout=60)
        save_marks(*asked)

    monkeypatch.setattr(keeping, "save_marks", slow_save)
    keeper = easel.studio.keeper
    easel.studio.hand.take("line")
    easel.drag((60, 60), (160, 100))
    easel.qtbot.waitUntil(begun.is_set, timeout=PATIENCE_MS)
    owed = keeper.owes
    go_on.set()
    assert owed
    easel.qtbot.waitUntil(lambda: not keeper.owes, timeout=PATIENCE_MS)
    root = easel.window.actions_.library().root
    assert kept(root, easel.session) == {drawing.id for drawing in easel.board.drawings}


@pytest.mark.soak
def test_drawn_and_closed_at_once_it_is_there(easel: Easel, open_easel: Opened) -> None:
    easel.studio.hand.take("line")
    easel.drag((60, 60), (160, 100))
    easel.studio.hand.take("line")
    easel.drag((60, 160), (160, 200))
    easel.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    drawn = easel.board.drawings
    easel.window.close()
    assert open_easel().board.drawings == drawn
