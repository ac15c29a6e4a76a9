"""Somebody else is here: no screen goes on showing what was the other's; and what wakes sync."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from coachvision.app.compare.view import CompareView
from coachvision.app.playlists.view import PlaylistsView
from coachvision.app.progress_view import ProgressView
from coachvision.events import MomentsChanged, PlaylistsChanged, SessionAnnotated, SessionDeleted, SessionSaved
from coachvision.library import Library
from tests.app.conftest import PATIENCE_MS, Open
from tests.app.test_account import ANNA, Wait, club, gateway, join, sign_in, wait  # noqa: F401 - fixtures
from tests.support.weeks import keep_weeks

pytestmark = pytest.mark.usefixtures("ring")


def test_no_screen_goes_on_showing_what_was_the_others(
    open_window: Open, qtbot: QtBot, wait: Wait, club: Path, tmp_path: Path  # noqa: F811
) -> None:  # fmt: skip
    ids = keep_weeks(tmp_path / "library", "Kim", (0.31, 0.35))
    with Library.open(tmp_path / "library") as library:
        library.playlists.add("Best of Kim")
    window = open_window()
    progress, playlists, compare = (window.shown(name) for name in ("progress", "playlists", "compare"))
    assert isinstance(progress, ProgressView)
    assert isinstance(playlists, PlaylistsView)
    assert isinstance(compare, CompareView)
    window.go("progress")
    wait(lambda: progress.told is not None)
    window.go("playlists")
    wait(lambda: playlists.chooser.list.count() == 1)
    window.compare(*ids)
    wait(lambda: compare.comparison is not None)
    sign_in(join(window, club, qtbot, wait), ANNA, qtbot, wait)
    wait(lambda: window.library.model.ids == [])
    assert compare.ids == ["", ""]
    assert playlists.chooser.list.count() == 0
    assert not playlists.book.undo.canUndo()
    assert progress.list.count() == 0
    window.go("progress")
    wait(lambda: progress.list.count() == 0 and progress.told is None)
    # Gone back to the guest while a screen is looked at, it shows the guest's without being asked.
    window.account.sign_out()
    wait(lambda: progress.told is not None and progress.told.athlete == "Kim")
    window.go("playlists")
    wait(lambda: playlists.chooser.list.count() == 1)


@pytest.mark.parametrize(
    "event", [SessionSaved("a"), SessionDeleted("a"), MomentsChanged("a"), SessionAnnotated("a"), PlaylistsChanged()]
)
def test_whatever_is_kept_wakes_sync(
    open_window: Open, qtbot: QtBot, wait: Wait, club: Path, event: object  # noqa: F811
) -> None:  # fmt: skip
    window = open_window()
    view = join(window, club, qtbot, wait)
    with qtbot.waitSignal(window.cloud.ran, timeout=PATIENCE_MS):
        sign_in(view, ANNA, qtbot, wait)
    with qtbot.waitSignal(window.cloud.ran, timeout=PATIENCE_MS):
        window.actions_.tell(event)
