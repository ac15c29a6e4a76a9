"""Playlists as a coach uses them: moments of several sessions put together, ordered, played, written as one film."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from coachvision import settings
from coachvision.app.playlists.view import PlaylistsView
from coachvision.app.remembered import Look, keep_look, look_of
from coachvision.app.tasks import Job, State
from coachvision.app.window import Window
from coachvision.core.tagging import Clip, Moment
from coachvision.library import Library
from coachvision.services.import_video import import_video
from coachvision.video.probe import probe_here
from tests.app.conftest import PATIENCE_MS, Open
from tests.support.clips import write_clip

LEFT = Qt.MouseButton.LeftButton
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """A library with two sessions, of 60 and 40 frames, made once; each test gets a copy."""
    folder = tmp_path_factory.mktemp("made")
    with Library.open(folder / "library") as library:
        one = import_video(library, write_clip(folder / "one.mp4", frames=60), athlete="Anna").session_id
        other = import_video(library, write_clip(folder / "two.mp4", frames=40)).session_id
    return folder / "library", one, other


@pytest.fixture
def films(tmp_path: Path, made: tuple[Path, str, str]) -> tuple[str, str]:
    """The two sessions; nothing happens to them by itself."""
    shutil.copytree(made[0], tmp_path / "library")
    settings.save("import.proxy", False)
    settings.save("analysis.auto", False)
    return made[1:]


@pytest.fixture
def playlist(tmp_path: Path, films: tuple[str, str]) -> str:
    with Library.open(tmp_path / "library") as library:
        pts = [library.session_timeline(session).pts for session in films]
        clips = [
            Clip(films[0], int(pts[0][10]), int(pts[0][15]), "Low", "hips back"),
            Clip(films[1], int(pts[1][20]), int(pts[1][24])),
            Clip(films[0], int(pts[0][40]), int(pts[0][44]), "High"),
        ]
        return library.playlists.add("Best of", clips)


def shown(open_window: Open, qtbot: QtBot) -> tuple[Window, PlaylistsView]:
    window = open_window()
    window.go("playlists")
    view = window.shown("playlists")
    assert isinstance(view, PlaylistsView)
    return window, view


def read(view: PlaylistsView, qtbot: QtBot, clips: int) -> None:
    qtbot.waitUntil(lambda: view.clips.count() == clips, timeout=PATIENCE_MS)


def kept(window: Window, qtbot: QtBot, tmp_path: Path) -> list[tuple[str, str, tuple[Clip, ...]]]:
    """What another program sees once this one has nothing left to write."""
    done: list[bool] = []
    window.actions_.run(lambda _library, _job: True, done.append)
    qtbot.waitUntil(lambda: bool(done), timeout=PATIENCE_MS)
    with Library.open(tmp_path / "library") as library:
        return [(row.title, row.note, row.clips) for row in library.playlists.all()]


def click(view: PlaylistsView, qtbot: QtBot, at: int) -> None:
    item = view.clips.item(at)
    qtbot.mouseClick(view.clips.viewport(), LEFT, pos=view.clips.visualItemRect(item).center())


def test_clips_are_shown_titled_ordered_removed_and_all_of_it_undone(
    open_window: Open, qtbot: QtBot, tmp_path: Path, playlist: str
) -> None:
    window, view = shown(open_window, qtbot)
    read(view, qtbot, 3)
    ((_, _, before),) = kept(window, qtbot, tmp_path)
    click(view, qtbot, 1)
    view.fields.title.setFocus()
    qtbot.keyClicks(view.fields.title, "Turn")
    qtbot.keyClick(view.fields.title, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Turn" in view.clips.item(1).text(), timeout=PATIENCE_MS)
    qtbot.mouseClick(view.fields.up, LEFT)
    qtbot.waitUntil(lambda: "Turn" in view.clips.item(0).text(), timeout=PATIENCE_MS)
    view.title.setText("Tuesday")
    view.title.editingFinished.emit()
    read(view, qtbot, 3)
    view.clips.clearSelection()
    view.clips.item(2).setSelected(True)
    qtbot.keyClick(view.clips, Qt.Key.Key_Delete)
    read(view, qtbot, 2)
    ((title, _, clips),) = kept(window, qtbot, tmp_path)
    assert (title, [clip.title for clip in clips]) == ("Tuesday", ["Turn", "Low"])
    for _ in range(4):
        qtbot.keyClick(view.clips, Qt.Key.Key_Z, CTRL)
    read(view, qtbot, 3)
    assert kept(window, qtbot, tmp_path) == [("Best of", "", before)]


def test_a_playlist_is_made_deleted_and_brought_back(
    open_window: Open, qtbot: QtBot, tmp_path: Path, playlist: str
) -> None:
    window, view = shown(open_window, qtbot)
    read(view, qtbot, 3)
    qtbot.mouseClick(view.chooser.new, LEFT)
    qtbot.waitUntil(lambda: view.chooser.list.count() == 2 and view.book.clips == (), timeout=PATIENCE_MS)
    assert not view.play.isEnabled()
    qtbot.mouseClick(view.delete, LEFT)
    qtbot.waitUntil(lambda: view.chooser.list.count() == 1, timeout=PATIENCE_MS)
    read(view, qtbot, 3)
    qtbot.keyClick(view.clips, Qt.Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: view.chooser.list.count() == 2, timeout=PATIENCE_MS)
    qtbot.keyClick(view.clips, Qt.Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: view.chooser.list.count() == 1, timeout=PATIENCE_MS)
    assert [title for title, _, _ in kept(window, qtbot, tmp_path)] == ["Best of"]


def test_all_clips_play_one_after_the_other(open_window: Open, qtbot: QtBot, playlist: str) -> None:
    _, view = shown(open_window, qtbot)
    read(view, qtbot, 3)
    qtbot.mouseClick(view.play, LEFT)
    player, clips = view.player, view.clip_player
    assert player is not None
    assert clips is not None
    seen: list[tuple[int, int]] = []
    ended: list[bool] = []
    player.frame_changed.connect(lambda index, _time_s: seen.append((clips.at, index)))
    clips.ended.connect(lambda: ended.append(True))
    qtbot.waitUntil(lambda: bool(ended), timeout=PATIENCE_MS)
    assert not player.playing
    for at, (first, last) in enumerate(((10, 15), (20, 24), (40, 44))):
        frames = [index for number, index in seen if number == at and index >= first]
        assert frames == sorted(frames)
        assert frames[-1] == last
    assert view.now.text() == "3  High"
    # A click shows a clip without playing it.
    click(view, qtbot, 0)
    qtbot.waitUntil(lambda: player.index == 10, timeout=PATIENCE_MS)
    assert view.under.text() == "Anna · hips back"


def test_each_clip_is_looked_at_as_its_session(
    open_window: Open, qtbot: QtBot, playlist: str, films: tuple[str, str]
) -> None:
    keep_look(films[0], Look(90, mirrored=True))
    _, view = shown(open_window, qtbot)
    read(view, qtbot, 3)
    for at, look in ((0, (90, True)), (1, (0, False)), (2, (90, True))):
        click(view, qtbot, at)
        qtbot.waitUntil(
            lambda: (
                view.player is not None
                and view.player.canvas.picture is not None
                and view.clip_player is not None
                and view.clip_player.at == at  # noqa: B023 - at once
            ),
            timeout=PATIENCE_MS,
        )
        assert view.player is not None
        assert (view.player.canvas.turned, view.player.canvas.mirrored) == look
    view.player.turn(180)
    assert look_of(films[0]) == Look(270, mirrored=True)


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # the offscreen screen says so of menus
def test_moments_of_a_session_go_into_a_playlist(
    open_window: Open, qtbot: QtBot, tmp_path: Path, films: tuple[str, str], playlist: str
) -> None:
    with Library.open(tmp_path / "library") as library:
        pts = library.session_timeline(films[1]).pts
        library.moments.add(films[1], [Moment("Foot down", int(pts[30]))])
    window = open_window()
    qtbot.waitUntil(lambda: bool(window.library.model.cards), timeout=PATIENCE_MS)
    window.open_session(films[1])
    qtbot.waitUntil(
        lambda: window.session.tags is not None and len(window.session.tags.book.rows) == 1, timeout=PATIENCE_MS
    )
    page = window.session.tags.events  # type: ignore[union-attr]  # waited for above
    window.session.inspector.tabs.setCurrentWidget(page)
    page.list.item(0).setSelected(True)
    qtbot.mouseClick(page.to_playlist, LEFT)
    qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), QMenu), timeout=PATIENCE_MS)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert [action.text() for action in menu.actions() if action.text()] == ["Best of", "New playlist"]
    menu.actions()[0].trigger()
    menu.close()
    qtbot.waitUntil(lambda: window.messages.isVisible() and "Best of" in window.messages.text, timeout=PATIENCE_MS)
    ((_, _, clips),) = kept(window, qtbot, tmp_path)
    assert clips[-1] == Clip(films[1], int(pts[0]), int(pts[39]), "Foot down", "")


def begin_export(window: Window, view: PlaylistsView, qtbot: QtBot, target: Path) -> Job:
    read(view, qtbot, 3)
    job = view.export_to(target)
    assert job is not None
    return job


def test_a_playlist_is_exported_as_one_film(open_window: Open, qtbot: QtBot, tmp_path: Path, playlist: str) -> None:
    window, view = shown(open_window, qtbot)
    job = begin_export(window, view, qtbot, tmp_path / "film.mp4")
    qtbot.waitUntil(lambda: job.final, timeout=PATIENCE_MS)
    assert job.state is State.DONE
    assert len(probe_here(tmp_path / "film.mp4").timeline) == 6 + 5 + 5
    qtbot.waitUntil(lambda: "film.mp4 is written" in window.messages.text, timeout=PATIENCE_MS)


def test_an_export_that_is_cancelled_leaves_nothing(
    open_window: Open, qtbot: QtBot, tmp_path: Path, playlist: str
) -> None:
    window, view = shown(open_window, qtbot)
    job = begin_export(window, view, qtbot, tmp_path / "film.mp4")
    job.cancel()
    qtbot.waitUntil(lambda: job.final, timeout=PATIENCE_MS)
    assert job.state is State.CANCELLED
    assert not list(tmp_path.glob("film*"))
    assert not window.messages.isVisible()


def test_an_export_that_fails_says_which_clip_and_why(
    open_window: Open, qtbot: QtBot, tmp_path: Path, playlist: str, films: tuple[str, str]
) -> None:
    window, view = shown(open_window, qtbot)
    read(view, qtbot, 3)
    with Library.open(tmp_path / "library") as library:
        video = library.session(films[1]).video
        assert video is not None
        video.path.unlink()
    job = begin_export(window, view, qtbot, tmp_path / "film.mp4")
    qtbot.waitUntil(lambda: job.state is State.FAILED, timeout=PATIENCE_MS)
    qtbot.waitUntil(window.messages.isVisible, timeout=PATIENCE_MS)
    assert "Clip 2" in window.messages.text
    # Read again, the list says so too, and playing passes it over.
    view.book.read()
    qtbot.waitUntil(lambda: "not at" in view.clips.item(1).text(), timeout=PATIENCE_MS)


@pytest.mark.logs_expected
def test_a_bug_in_an_export_is_told_and_the_screen_goes_on(
    open_window: Open, qtbot: QtBot, tmp_path: Path, playlist: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from coachvision.services import playlists

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(playlists, "export_playlist", broken)
    window, view = shown(open_window, qtbot)
    job = begin_export(window, view, qtbot, tmp_path / "film.mp4")
    qtbot.waitUntil(lambda: job.state is State.FAILED and window.messages.isVisible(), timeout=PATIENCE_MS)
    assert "bug" in window.messages.text
    assert view.clips.count() == 3


def test_a_window_closed_while_exporting_leaves_nothing(
    open_window: Open, qtbot: QtBot, tmp_path: Path, playlist: str
) -> None:
    window, view = shown(open_window, qtbot)
    job = begin_export(window, view, qtbot, tmp_path / "film.mp4")
    qtbot.waitUntil(lambda: job.state is State.RUNNING, timeout=PATIENCE_MS)
    assert not window.close()
    assert window.messages.text.startswith("Not done yet: Exporting Best of.")
    assert not job.cancelled()
    window.messages._act.click()
    assert not window.isVisible()
    assert not list(tmp_path.glob("film*"))


def test_a_window_that_exports_no_more_closes_at_once(
    open_window: Open, qtbot: QtBot, tmp_path: Path, playlist: str
) -> None:
    window, view = shown(open_window, qtbot)
    job = begin_export(window, view, qtbot, tmp_path / "film.mp4")
    qtbot.waitUntil(lambda: job.final, timeout=PATIENCE_MS)
    assert window.close()
    assert (tmp_path / "film.mp4").exists()


def test_a_window_closed_while_clips_play_ends_them(open_window: Open, qtbot: QtBot, playlist: str) -> None:
    window, view = shown(open_window, qtbot)
    read(view, qtbot, 3)
    qtbot.mouseClick(view.play, LEFT)
    qtbot.waitUntil(lambda: view.player is not None and view.player.playing, timeout=PATIENCE_MS)
    window.close()
