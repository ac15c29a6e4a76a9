"""How a session's video was looked at is remembered: turned, mirrored, silent, each session for itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from coachvision import settings
from coachvision.app.player.widget import PlayerWidget
from coachvision.app.remembered import Look, keep_look, look_of, remembered
from coachvision.app.window import Window
from coachvision.library import Library
from tests.app.conftest import PATIENCE_MS, Open
from tests.support import sessions


def opened(window: Window, qtbot: QtBot, session: str) -> PlayerWidget:
    window.open_session(session)
    qtbot.waitUntil(lambda: window.session.opened is not None, timeout=PATIENCE_MS)
    assert window.session.player is not None
    return window.session.player


def look(player: PlayerWidget) -> Look:
    return Look(player.canvas.turned, player.canvas.mirrored, player.muted)


def test_a_session_opens_as_it_was_looked_at_last_and_another_does_not(
    open_window: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    settings.save("import.proxy", False)
    with Library.open(tmp_path / "library") as library:
        one, other = (sessions.keep(library, tmp_path / "film.mp4") for _ in range(2))
    first = open_window()
    player = opened(first, qtbot, one)
    player.turn(90)
    player.mirror()
    player.mute(True)
    # The other is of the same film, and still stands as it was filmed.
    assert look(opened(first, qtbot, other)) == Look()
    assert look(opened(first, qtbot, one)) == Look(90, mirrored=True, muted=True)
    first.close()
    again = open_window()
    player = opened(again, qtbot, one)
    assert look(player) == Look(90, mirrored=True, muted=True)
    # The menu and the button say so, too.
    assert "90°" in player.controls.view._turned.text()
    assert player.controls._silent
    player.turn(270)
    player.mirror()
    player.mute(False)
    assert look_of(one) == Look()
    assert not remembered().contains(f"look/{one}")


@pytest.mark.parametrize("kept", ["", "45", "sideways mirrored", "90mirrored"])
def test_a_damaged_memory_is_the_plain_look(kept: str) -> None:
    remembered().setValue("look/a", kept)
    assert look_of("a") == Look()
    keep_look("a", Look(180, muted=True))
    assert look_of("a") == Look(180, muted=True)
