"""The tour in two acts, each a process of its own: a coach works until the laptop dies, then opens the app again.

`python -m tests.tour.acts first FOLDER VIDEO ANOTHER` ends by waiting to be killed, after `FOLDER/told.json` says what
must be there; `second FOLDER` opens the app again and looks. Screenshots go to `FOLDER/looks`. For `test_tour`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu

from coachvision.app.capture_view import CaptureView
from coachvision.app.compare.view import CompareView
from coachvision.app.playlists.view import PlaylistsView
from coachvision.core.drawing import Joint
from coachvision.library import Library
from coachvision.video.probe import probe_here
from tests.support.mjpeg_server import MjpegServer
from tests.tour.hands import CTRL, SHIFT, Hands

_KEY = Qt.Key
# UX.md: a crash loses nothing older than two seconds.
AUTOSAVE_S = 2.0


def first(folder: Path, video: Path, another: Path) -> None:
    """Everything a coach does in an afternoon."""
    hands = Hands(folder / "library", folder / "looks")
    hands.until(lambda: hands.window.library.settled, "the library to be read")
    hands.look("empty-library")
    _drop(hands, another)
    _drop(hands, video)
    hands.look("dropped-and-analyzed")
    _play_and_scrub(hands)
    _tag(hands)
    _draw(hands)
    _correct(hands)
    _take_everything_back(hands)
    _playlist(hands, folder / "playlist.mp4")
    _compare(hands)
    hands.open_card(video.name)
    told = _told(hands)
    _capture(hands)
    hands.rest(AUTOSAVE_S)
    (folder / "told.json.part").write_text(json.dumps(told), "utf-8")
    (folder / "told.json.part").replace(folder / "told.json")
    while True:
        hands.rest(1.0)


def second(folder: Path) -> None:
    """The morning after: nothing is lost."""
    told = json.loads((folder / "told.json").read_text("utf-8"))
    hands = Hands(folder / "library", folder / "looks-after")
    hands.until(lambda: len(hands.window.library.model.cards) == 3, "all sessions' cards")
    hands.look("library")
    hands.window.open_session(told["session"])
    hands.film_shown()
    hands.until(lambda: len(hands.tags.book.rows) == len(told["moments"]), "the moments")
    hands.until(lambda: len(hands.studio.board.drawings) == len(told["drawings"]), "the drawings")
    hands.go(told["frame"])
    hands.look("session")
    found = _told(hands)
    assert found == told, f"after the kill: {found}\nbefore: {told}"
    hands.leave()
    with Library.open(folder / "library") as library:
        assert library.check() == []


def _drop(hands: Hands, video: Path) -> None:
    hands.drop(video)
    hands.until(lambda: hands.title == video.name, f"{video.name} to open")
    hands.film_shown()
    hands.work_done()
    hands.until(lambda: bool(hands.session.opened and hands.session.opened.numbers), "the numbers")


def _play_and_scrub(hands: Hands) -> None:
    hands.key(_KEY.Key_Space)
    hands.until(lambda: hands.player.index > 20, "the film to play")
    hands.look("playing")
    hands.key(_KEY.Key_Space)
    hands.until(lambda: not hands.player.playing, "the film to stand")
    at = hands.player.index
    for _ in range(3):
        hands.key(_KEY.Key_Right)
    hands.key(_KEY.Key_Right, SHIFT)
    hands.until(lambda: hands.player.index == at + 13, "three frames and ten")
    chart = hands.session.chart
    assert chart is not None
    hands.go(len(_line(hands)) // 2)
    hands.look("scrubbed")


def _tag(hands: Hands) -> None:
    count = len(_line(hands))
    hands.go(count // 3)
    hands.key(_KEY.Key_1)
    hands.key(_KEY.Key_M)
    hands.go(count // 2)
    hands.key(_KEY.Key_3)
    hands.go(count // 2 + 15)
    hands.key(_KEY.Key_3)
    hands.until(lambda: len(hands.tags.book.rows) == 3, "three moments")
    hands.look("tagged")


def _draw(hands: Hands) -> None:
    """An angle on the knee that follows it."""
    hands.key(_KEY.Key_D)
    hands.press(hands.studio.rail.buttons["angle"])
    for part in ("hip", "knee", "ankle"):
        hands.click(hands.joint(f"right_{part}"))
    (angle,) = hands.studio.board.drawings
    joints = [point.to for point in angle.points]
    assert all(isinstance(joint, Joint) for joint in joints), joints
    hands.look("angle-on-the-knee")
    hands.key(_KEY.Key_Escape)


def _correct(hands: Hands) -> None:
    """A joint that the network put beside itself is dragged to its place, and the angle follows."""
    before = hands.joint("right_elbow")
    hands.drag([before, (before[0] + 15, before[1] + 5), (before[0] + 30, before[1] + 10)])
    hands.until(lambda: bool(hands.studio.board.corrections), "the correction")
    hands.work_done()
    hands.look("elbow-corrected")


def _take_everything_back(hands: Hands) -> None:
    """Undo to the beginning, then do it all again."""
    steps = hands.session.undo.count()
    assert steps >= 5, steps
    for _ in range(steps):
        hands.key(_KEY.Key_Z, CTRL)
    hands.until(lambda: not hands.tags.book.rows and not hands.studio.board.drawings, "everything undone")
    assert not hands.studio.board.corrections
    hands.look("all-undone")
    for _ in range(steps):
        hands.key(_KEY.Key_Z, CTRL | SHIFT)
    hands.until(lambda: len(hands.tags.book.rows) == 3, "everything done again")
    assert len(hands.studio.board.drawings) == 1
    hands.work_done()


def _playlist(hands: Hands, film: Path) -> None:
    """The moments become clips, the clips one film."""
    hands.session.inspector.tabs.setCurrentWidget(hands.tags.events)
    hands.tags.events.list.selectAll()
    # The menu runs a loop of its own until something in it is chosen.
    hands.press(hands.tags.events.to_playlist)
    hands.until(lambda: isinstance(hands.application.activePopupWidget(), QMenu), "the menu of playlists")
    menu = hands.application.activePopupWidget()
    assert isinstance(menu, QMenu)
    next(action for action in menu.actions() if action.text() == "New playlist").trigger()
    menu.close()
    hands.window.go("playlists")
    view = hands.window.shown("playlists")
    assert isinstance(view, PlaylistsView)
    hands.until(lambda: view.clips.count() > 0, "the clips")
    hands.rest(0.5)
    hands.look("playlist")
    view.export_to(film)
    hands.work_done()
    assert probe_here(film).duration_s > 1
    hands.look("playlist-exported")


def _compare(hands: Hands) -> None:
    """Two sessions side by side, made the same moment where the coach says so, played together."""
    hands.window.go("library")
    library = hands.window.library
    hands.until(lambda: len(library.model.cards) == 2, "both cards")
    library.list.selectAll()
    hands.press(library.selection.compare)
    view = hands.window.shown("compare")
    assert isinstance(view, CompareView)
    hands.until(lambda: view.comparison is not None, "the comparison")
    hands.until(lambda: all(side.player.canvas.picture is not None for side in view.sides), "both films")
    if view.link.linked:
        hands.press(view.bar.linked)
    a, b = (side.player for side in view.sides)
    a.seek(40)
    b.seek(30)
    hands.until(lambda: (a.index, b.index) == (40, 30), "both frames")
    hands.key(_KEY.Key_F8, widget=b)
    assert view.link.linked
    hands.press(view.bar.play)
    hands.until(lambda: a.index > 50 and b.index > 38, "both to play")
    hands.press(view.bar.play)
    hands.until(lambda: not (a.playing or b.playing), "both to stand")
    hands.look("compared")
    hands.press(view.bar.over)
    hands.rest(0.5)
    hands.look("superposed")


def _capture(hands: Hands) -> None:
    """A network camera with a delayed view, recorded, taken in and analyzed by itself."""
    with MjpegServer() as camera:
        hands.window.go("capture")
        screen = hands.window.shown("capture")
        assert isinstance(screen, CaptureView)
        screen.connect_to(camera.address)
        hands.until(lambda: screen.stage.live, "the camera")
        screen.delay.setValue(1)
        hands.rest(1.5)
        hands.look("capture-live")
        hands.press(screen.record)
        hands.until(lambda: screen.recording, "the recording to begin")
        hands.rest(2.0)
        hands.look("capture-recording")
        hands.press(screen.record)
        hands.until(lambda: not screen.recording, "the recording to end")
        hands.window.go("library")
        hands.until(lambda: len(hands.window.library.model.cards) == 3, "the recording's card")
        hands.work_done()
        # Taken in once, though the screen was left while the recording was on its way.
        assert "not found" not in hands.window.messages.text, hands.window.messages.text
    hands.look("library")


def _told(hands: Hands) -> dict[str, Any]:
    """What is on the session's screen, as it must be found again."""
    board, opened = hands.studio.board, hands.session.opened
    assert opened is not None
    return {
        "session": hands.session.session,
        "frame": hands.player.index,
        "moments": sorted(
            [row.moment.category, row.moment.start_pts, row.moment.end_pts] for row in hands.tags.book.rows
        ),
        "drawings": sorted(drawing.kind for drawing in board.drawings),
        "corrections": sorted([str(key), *map(float, place)] for key, place in board.corrections.items()),
        "numbers": [[card.title, *(figure.value for figure in card.figures)] for card in opened.numbers],
    }


def _line(hands: Hands) -> Any:
    assert hands.session.opened is not None
    assert hands.session.opened.film is not None
    return hands.session.opened.film.facts.timeline.pts


if __name__ == "__main__":
    {"first": first, "second": second}[sys.argv[1]](*(Path(name) for name in sys.argv[2:]))
