"""A window with a short film open and nothing else going on: no preview, no analysis."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from coachvision import settings
from coachvision.app.tagging.desk import TagDesk
from coachvision.app.window import Window
from coachvision.core.tagging import Moment
from coachvision.library import Library
from coachvision.services.import_video import import_video
from tests.app.conftest import PATIENCE_MS, Open
from tests.support.clips import write_clip

FRAMES = 240
Watch = Callable[..., Window]


@pytest.fixture
def quiet() -> None:
    """Nothing happens by itself after an import."""
    settings.save("import.proxy", False)
    settings.save("analysis.auto", False)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A library with a film of eight seconds, made once; each test gets a copy."""
    folder = tmp_path_factory.mktemp("made")
    with Library.open(folder / "library") as library:
        return folder / "library", import_video(library, write_clip(folder / "squat.mp4", frames=FRAMES)).session_id


@pytest.fixture
def watch(open_window: Open, qtbot: QtBot, tmp_path: Path, quiet: None, made: tuple[Path, str]) -> Watch:
    """Opens a window with the film on screen."""
    shutil.copytree(made[0], tmp_path / "library")

    def open_one() -> Window:
        window = open_window()
        window.open_session(made[1])
        shown(window, qtbot)
        return window

    return open_one


def shown(window: Window, qtbot: QtBot) -> None:
    """Wait until a session's film and tags are there."""

    def there() -> bool:
        session = window.session
        return (
            session.player is not None
            and session.player.canvas.picture is not None
            and session.tags is not None
            and session.tags.book.timeline is not None
            and session.tags.book._board_id != ""
        )

    qtbot.waitUntil(there, timeout=PATIENCE_MS)


def desk_of(window: Window) -> TagDesk:
    assert window.session.tags is not None
    return window.session.tags


def go_to(window: Window, qtbot: QtBot, index: int) -> None:
    """Show a frame and wait until it is seen."""
    player = window.session.player
    assert player is not None
    player.seek(index)
    qtbot.waitUntil(lambda: player.index == index, timeout=PATIENCE_MS)


def kept(window: Window, qtbot: QtBot, tmp_path: Path) -> list[Moment]:
    """What another program sees in the library once this one has nothing left to write."""
    done: list[bool] = []
    window.actions_.run(lambda _library, _job: True, done.append)
    qtbot.waitUntil(lambda: bool(done), timeout=PATIENCE_MS)
    with Library.open(tmp_path / "library") as library:
        return [row.moment for row in library.moments.all(window.session.session)]
