"""A ball is clicked, followed, corrected and followed on; drawings and speed hang on it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from coachvision.core.drawing import Tracked
from coachvision.core.strokes import Words
from coachvision.library import Library
from coachvision.synth import scenes
from tests.app.conftest import PATIENCE_MS, Open
from tests.app.tools.conftest import Easel, Place
from tests.support import athletes

_CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def thrown(open_window: Open, qtbot: QtBot, tmp_path: Path) -> tuple[Easel, list[Place], int]:
    """A thrown ball's session; where the ball is on each frame; the first frame of its flight."""
    scene = scenes.ball_throw(2, size=(640, 360), fps=30.0)
    with Library.open(tmp_path / "library") as library:
        session = athletes.keep(library, scene, tmp_path / "throw.mp4", "Throw")
    window = open_window()
    qtbot.waitUntil(lambda: bool(window.library.model.cards), timeout=PATIENCE_MS)
    window.open_session(session)
    qtbot.waitUntil(
        lambda: window.session.player is not None and window.session.player.canvas.picture is not None,
        timeout=PATIENCE_MS,
    )
    truth, throw = scene.truth.ball_px, scene.truth.throw
    assert truth is not None
    assert throw is not None
    start = int(np.searchsorted(scene.truth.timeline.seconds, throw.release_s)) + 2
    easel = Easel(window, qtbot, session)
    easel.player.setFocus()
    return easel, [(float(x), float(y)) for x, y in truth], start


def test_a_ball_is_followed_corrected_and_followed_on(thrown: tuple[Easel, list[Place], int]) -> None:
    easel, truth, start = thrown
    easel.go(start)
    easel.studio.hand.take("track")
    easel.click(truth[start])
    assert easel.studio.tracking.busy
    easel.qtbot.waitUntil(lambda: bool(easel.board.drawings), timeout=PATIENCE_MS)
    track = easel.only
    line = easel.board.timeline
    assert line is not None
    for seen in track.path:
        x, y = truth[line.index_of(seen.pts)]
        assert np.hypot(seen.x - x, seen.y - y) < 2.5
    # The window goes along, and ends where the track does.
    last = line.index_of(track.path[-1].pts)
    assert len(track.path) > 0.8 * (len(line) - start)
    easel.qtbot.waitUntil(lambda: easel.player.index == last, timeout=PATIENCE_MS)

    # Corrected half way: what follows is found anew, in one step that undo takes back.
    middle = (start + last) // 2
    easel.go(middle)
    easel.click((truth[middle][0] + 2, truth[middle][1]))
    easel.qtbot.waitUntil(lambda: not easel.studio.tracking.busy and easel.only != track, timeout=PATIENCE_MS)
    again = easel.only
    assert again.id == track.id
    assert [seen for seen in again.path if seen.pts < line.pts[middle]] == list(track.path[: middle - start])
    easel.key(Qt.Key.Key_Z, _CTRL)
    assert easel.only == track

    # A text on the ball follows it; its speed is the ball's.
    easel.go(middle)
    easel.studio.hand.take("text")
    easel.click(truth[middle])
    assert easel.board.drawings[-1].points[0].to == Tracked(track.id)
    scene = easel.board.scene
    assert scene is not None
    frame = (start + last) // 2 + 3
    shown = {one.drawing.id: one for one in scene.shown(int(line.pts[frame]))}
    assert shown[easel.board.drawings[-1].id].points[0] == pytest.approx(truth[frame], abs=2.5)
    told = [part.text for part in shown[track.id].parts if isinstance(part, Words)]
    step = np.hypot(*(np.array(truth[frame + 1]) - np.array(truth[frame - 1]))) / 2 * line.fps
    assert float(told[0].removesuffix(" px/s")) == pytest.approx(step, rel=0.1)


def test_a_point_on_a_plain_wall_is_refused_and_leaves_nothing(thrown: tuple[Easel, list[Place], int]) -> None:
    easel, _, _ = thrown
    easel.go(0)
    easel.studio.hand.take("track")
    easel.click((3, 3))
    easel.qtbot.waitUntil(lambda: "cannot be followed" in easel.window.messages.text, timeout=PATIENCE_MS)
    assert easel.board.drawings == ()
    assert not easel.studio.tracking.busy


@pytest.mark.soak
def test_following_is_stopped_by_esc_and_what_was_found_stays(thrown: tuple[Easel, list[Place], int]) -> None:
    easel, truth, start = thrown
    easel.go(start)
    easel.studio.hand.take("track")
    easel.click(truth[start])
    easel.qtbot.waitUntil(lambda: len(easel.studio.tracking._found) > 1, timeout=PATIENCE_MS)
    easel.key(Qt.Key.Key_Escape)
    easel.qtbot.waitUntil(lambda: not easel.studio.tracking.busy, timeout=PATIENCE_MS)
    assert len(easel.only.path) > 1


def test_a_window_closed_while_following_leaves_no_process(thrown: tuple[Easel, list[Place], int]) -> None:
    easel, truth, start = thrown
    easel.go(start)
    easel.studio.hand.take("track")
    easel.click(truth[start])
    # The floor under all tests fails this one if the child is still there.
    easel.window.close()
