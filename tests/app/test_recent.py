"""What was opened last is one key away, also after a new start; a missing video is told, others see nothing."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from coachvision.app.window import Window
from coachvision.errors import CoachVisionError
from coachvision.library import Library
from coachvision.services import recent
from tests.app.conftest import PATIENCE_MS, Open
from tests.support.sessions import keep, write_film
from tests.support.weeks import keep_weeks

# The offscreen screen says so of menus.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
SOMEBODY = "6f1c1d0e-6a2f-4a57-9a53-0d8f3c1b2a4e"


@pytest.fixture
def sessions(tmp_path: Path) -> list[str]:
    """Three sessions of Kim's, newest first."""
    keep_weeks(tmp_path / "library", "Kim", (0.31, 0.35, 0.33))
    with Library.open(tmp_path / "library") as library:
        return library.session_ids()


def asked(window: Window, qtbot: QtBot) -> list[str]:
    """Ask for the menu; what stands in it."""
    window.recent.put_away()
    window.recent.ask()
    qtbot.waitUntil(lambda: window.recent.menu is not None, timeout=PATIENCE_MS)
    assert window.recent.menu is not None
    return [action.text() for action in window.recent.menu.actions()]


def test_the_session_opened_last_comes_first_also_after_a_new_start_and_opens_from_there(
    open_window: Open, qtbot: QtBot, sessions: list[str]
) -> None:
    window = open_window()
    assert asked(window, qtbot) == ["Nothing was opened yet"]
    for session in (sessions[0], sessions[2], sessions[0]):
        window.open_session(session)
    assert len(asked(window, qtbot)) == 2
    window.close()
    again = open_window()
    assert len(asked(again, qtbot)) == 2
    assert again.recent.menu is not None
    again.recent.menu.actions()[1].trigger()
    assert again.session.session == sessions[2]
    assert again.screens.currentWidget() is again.session


def test_a_session_whose_video_is_gone_says_so_and_opens_all_the_same(
    open_window: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    with Library.open(tmp_path / "library") as library:
        session = keep(library, write_film(tmp_path / "squat.mp4"))
        recent.remember(library, session)
        assert not recent.recent(library)[0].missing
        video = library.session(session).video
        assert video is not None
        video.path.unlink()
    window = open_window()
    assert "video is missing" in asked(window, qtbot)[0]
    assert window.recent.menu is not None
    window.recent.menu.actions()[0].trigger()
    qtbot.waitUntil(lambda: window.session.opened is not None, timeout=PATIENCE_MS)
    assert window.session.opened is not None
    assert window.session.opened.film is None


def test_another_account_sees_nothing_of_it_and_the_first_one_has_it_back(
    open_window: Open, qtbot: QtBot, sessions: list[str]
) -> None:
    window = open_window()
    window.open_session(sessions[1])
    mine = asked(window, qtbot)
    with qtbot.waitCallback(timeout=PATIENCE_MS) as there:
        window.actions_.open_anew(SOMEBODY, there)
    assert asked(window, qtbot) == ["Nothing was opened yet"]
    with qtbot.waitCallback(timeout=PATIENCE_MS) as back:
        window.actions_.open_anew(None, back)
    assert asked(window, qtbot) == mine


def test_what_is_in_the_trash_is_not_told_and_a_damaged_list_is_written_anew(
    sessions: list[str], tmp_path: Path
) -> None:
    with Library.open(tmp_path / "library") as library:
        recent.remember(library, sessions[0])
        recent.remember(library, sessions[1])
        library.trash(sessions[1])
        assert [one.id for one in recent.recent(library)] == [sessions[0]]
        (library.root / "recent.json").write_text('{"": [')
        assert recent.recent(library) == []
        recent.remember(library, sessions[2])
        assert [one.id for one in recent.recent(library)] == [sessions[2]]


@pytest.mark.parametrize("why", [errno.ENOSPC, errno.EACCES], ids=["full disk", "folder not to be written"])
def test_where_the_list_cannot_be_written_the_session_opens_and_the_coach_is_told_why(
    open_window: Open, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, why: int
) -> None:
    with Library.open(tmp_path / "library") as library:
        session = keep(library, write_film(tmp_path / "squat.mp4"))
    write_text = Path.write_text

    def refused(path: Path, text: str, encoding: str) -> int:
        if path.name == "recent.part":
            raise OSError(why, os.strerror(why), str(path))
        return write_text(path, text, encoding)

    monkeypatch.setattr(Path, "write_text", refused)
    window = open_window()
    window.open_session(session)
    qtbot.waitUntil(lambda: "opened last" in window.messages.text, timeout=PATIENCE_MS)
    assert os.strerror(why) in window.messages.text
    qtbot.waitUntil(lambda: window.session.opened is not None, timeout=PATIENCE_MS)
    assert window.screens.currentWidget() is window.session


def test_a_list_that_cannot_be_read_is_told_not_written_over(sessions: list[str], tmp_path: Path) -> None:
    with Library.open(tmp_path / "library") as library:
        (library.root / "recent.json").mkdir()
        with pytest.raises(CoachVisionError, match="opened last"):
            recent.recent(library)
        with pytest.raises(CoachVisionError, match="opened last"):
            recent.remember(library, sessions[0])


def test_no_more_than_a_menuful_is_kept(sessions: list[str], tmp_path: Path) -> None:
    with Library.open(tmp_path / "library") as library:
        for number in range(recent.MOST + 3):
            recent.remember(library, f"gone-{number}")
        recent.remember(library, sessions[0])
        for number in range(recent.MOST - 1):
            recent.remember(library, f"gone-{number}")
        assert [one.id for one in recent.recent(library)] == [sessions[0]]
        recent.remember(library, "one more")
        assert recent.recent(library) == []
