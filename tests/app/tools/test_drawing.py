"""Drawing as the coach does it: take a tool, drag on the video, change, undo, close, reopen."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from coachvision.app import look
from coachvision.core.drawing import KINDS, Drawing, Joint
from coachvision.core.strokes import Words
from tests.app.conftest import PATIENCE_MS
from tests.app.tools.conftest import Easel, Opened

_CTRL, _SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
_LEFT = Qt.MouseButton.LeftButton
# Half a widget pixel of a canvas that shows the video somewhat smaller than it is.
_CLOSE = 2.0


def places(drawing: Drawing) -> list[tuple[float, float]]:
    return [point.place for point in drawing.points]


def near(*expected: tuple[float, float], slack: float = _CLOSE) -> list[object]:
    return [pytest.approx(place, abs=slack) for place in expected]


def words(easel: Easel) -> list[str]:
    """What is written on the frame shown."""
    scene, line = easel.board.scene, easel.board.timeline
    assert scene is not None
    assert line is not None
    shown = scene.shown(int(line.pts[easel.player.index]))
    return [part.text for one in shown for part in one.parts if isinstance(part, Words)]


def test_a_drag_draws_from_where_it_began_to_where_it_ended(easel: Easel) -> None:
    easel.studio.hand.stick(False)
    for number, kind in enumerate(kind for kind, made in KINDS.items() if made.gesture == "drag"):
        easel.board.select("")
        QTest.mouseClick(easel.studio.rail.buttons[kind], _LEFT)
        start, end = (40 + 20 * number, 80), (140 + 20 * number, 160)
        easel.drag(start, end)
        made = easel.board.drawings[-1]
        assert made.kind == kind
        assert places(made) == near(start, end)
        assert easel.board.chosen == made
        # One is drawn, then looked at: the tool is put down.
        assert easel.studio.hand.tool == "select"


@pytest.mark.soak
def test_two_clicks_are_as_good_as_a_drag(easel: Easel) -> None:
    easel.studio.hand.take("line")
    easel.click((100, 80))
    assert easel.board.drawings == ()
    easel.click((220, 90))
    assert places(easel.only) == near((100, 80), (220, 90))


def test_an_angle_on_three_joints_follows_them_and_tells_the_truth(easel: Easel) -> None:
    easel.go(10)
    easel.studio.hand.take("angle")
    for part in ("hip", "knee", "ankle"):
        easel.click(easel.joint(f"right_{part}"))
    # Seen from the side both legs coincide: either may be caught.
    sides = [point.to.landmark.partition("_")[0] for point in easel.only.points if isinstance(point.to, Joint)]
    assert len(sides) == 3
    opened = easel.window.session.opened
    assert opened is not None
    knees = {s.name: s.values for _, s in opened.session.series() if s.name.endswith("_knee")}
    for frame in (10, 30):
        easel.go(frame)
        (told,) = words(easel)
        # Flexion is what is missing to a straight leg.
        assert float(told.rstrip("°")) == pytest.approx(180 - knees["angle.right_knee"][frame], abs=2.5)


@pytest.mark.soak
def test_a_point_is_not_attached_when_the_coach_says_so(easel: Easel) -> None:
    easel.studio.hand.take("marker")
    easel.click(easel.joint("right_knee"))
    assert easel.only.points[0].to is not None
    easel.studio.hand.stick(False)
    easel.click(easel.joint("right_hip"))
    assert easel.board.drawings[-1].points[0].to is None


def test_markers_count_on_and_freehand_follows_the_mouse(easel: Easel) -> None:
    easel.studio.hand.take("marker")
    for x in (60, 120, 180):
        easel.click((x, 60))
    assert [drawing.numbers["number"] for drawing in easel.board.drawings] == [1, 2, 3]
    easel.studio.hand.take("freehand")
    easel.drag((60, 200), (160, 260), steps=20)
    assert len(easel.board.drawings[-1].points) > 10


def test_text_is_typed_where_it_was_clicked_and_undone_as_one(easel: Easel) -> None:
    easel.studio.hand.take("text")
    easel.click((80, 60))
    QTest.keyClicks(easel.studio.strip.text, "Heels down")
    assert words(easel) == ["Heels down"]
    easel.key(Qt.Key.Key_Z, _CTRL)
    assert easel.only.text == ""
    easel.key(Qt.Key.Key_Z, _CTRL)
    assert easel.board.drawings == ()


def test_a_drawing_is_selected_moved_reshaped_restyled_deleted_and_all_of_it_undone(easel: Easel) -> None:
    easel.studio.hand.stick(False)
    easel.studio.hand.take("line")
    easel.drag((100, 80), (200, 80))
    easel.click((500, 20))
    assert easel.board.chosen is None
    easel.drag((150, 80), (150, 120))
    assert places(easel.only) == near((100, 120), (200, 120))
    easel.drag((200, 120), (260, 180))
    assert places(easel.only)[1] == near((260, 180), slack=2 * _CLOSE)[0]
    QTest.mouseClick(easel.studio.strip.colours[1], _LEFT)
    QTest.mouseClick(easel.studio.strip.widths[2], _LEFT)
    assert (easel.only.style.colour, easel.only.style.width) == ("#ff5a4e", 6.0)
    last = easel.only
    easel.key(Qt.Key.Key_Delete)
    assert easel.board.drawings == ()
    easel.key(Qt.Key.Key_Z, _CTRL)
    assert easel.only == last
    while easel.board.undo.canUndo():
        easel.key(Qt.Key.Key_Z, _CTRL)
    assert easel.board.drawings == ()
    while easel.board.undo.canRedo():
        easel.key(Qt.Key.Key_Z, _CTRL | _SHIFT)
    assert easel.board.drawings == ()
    easel.key(Qt.Key.Key_Z, _CTRL)
    assert easel.only == last


def test_a_point_dragged_onto_a_joint_follows_it_and_dragged_off_it_does_not(easel: Easel) -> None:
    easel.go(5)
    easel.studio.hand.take("line")
    easel.drag((60, 60), (120, 60))
    wrist = easel.joint("right_wrist")
    easel.drag((120, 60), wrist)
    assert isinstance(easel.only.points[1].to, Joint)
    easel.drag(wrist, (60, 200))
    assert easel.only.points[1].to is None


def test_keys_take_a_tool_and_put_it_down_step_by_step(easel: Easel) -> None:
    easel.key(Qt.Key.Key_D)
    assert easel.studio.hand.tool == "arrow"
    easel.drag((60, 60), (120, 60))
    easel.key(Qt.Key.Key_D)
    easel.click((60, 100))
    assert easel.studio.layer.busy
    easel.key(Qt.Key.Key_Escape)
    assert not easel.studio.layer.busy
    easel.key(Qt.Key.Key_Escape)
    assert easel.studio.hand.tool == "select"
    assert easel.window.session.isVisible()
    assert len(easel.board.drawings) == 1


def test_what_was_drawn_is_there_next_time_without_a_save_button(easel: Easel, open_easel: Opened) -> None:
    easel.studio.hand.take("rectangle")
    easel.drag((60, 60), (160, 120))
    QTest.keyClicks(easel.studio.page.note, "Watch this")
    easel.studio.hand.take("stopwatch")
    easel.click((300, 40))
    before = easel.board.drawings
    assert before[0].note == "Watch this"
    easel.window.close()
    again = open_easel()
    assert again.board.drawings == before
    assert again.board.undo.count() == 0


def test_the_page_lists_hides_finds_and_deletes(easel: Easel) -> None:
    easel.studio.hand.take("arrow")
    easel.go(12)
    easel.drag((60, 60), (160, 120))
    page = easel.studio.page
    assert page.list.item(0).text() == "Arrow\n0.80 s"
    QTest.mouseClick(page.hide_it, _LEFT)
    assert easel.only.hidden
    assert page.list.item(0).text() == "Arrow\n0.80 s  ·  hidden"
    assert page.hide_it.text() == "Show"
    easel.go(0)
    page.list.itemClicked.emit(page.list.item(0))
    easel.qtbot.waitUntil(lambda: easel.player.index == 12, timeout=PATIENCE_MS)
    QTest.mouseClick(page.delete, _LEFT)
    assert easel.board.drawings == ()
    assert page.list.count() == 0


def test_nothing_is_drawn_while_the_film_plays_and_taking_a_tool_stops_it(easel: Easel) -> None:
    easel.player.play()
    easel.qtbot.waitUntil(lambda: easel.player.index > 1, timeout=PATIENCE_MS)
    easel.drag((100, 100), (150, 150))
    assert easel.board.drawings == ()
    easel.studio.hand.take("line")
    assert not easel.player.playing


def test_a_stopwatch_runs_from_its_frame_to_where_it_is_stopped(easel: Easel) -> None:
    easel.go(6)
    easel.studio.hand.take("stopwatch")
    easel.click((60, 40))
    easel.go(21)
    assert words(easel) == ["1.000 s"]
    QTest.mouseClick(easel.studio.strip.stop, _LEFT)
    easel.go(30)
    assert words(easel) == ["1.000 s"]
    QTest.mouseClick(easel.studio.strip.stop, _LEFT)
    assert words(easel) == ["1.600 s"]


def test_another_theme_reaches_tools_and_numbers_of_the_open_session(easel: Easel) -> None:
    rail, inspector = easel.studio.rail.buttons["line"], easel.window.session.inspector
    before, page = rail.icon().pixmap(24).toImage(), inspector.findChild(QWidget, "body")
    assert page is not None
    gone: list[bool] = []
    page.destroyed.connect(lambda: gone.append(True))
    look.wear("light")
    # The page is made anew, in the other colours, once Qt is through with the old one.
    easel.qtbot.waitUntil(lambda: bool(gone), timeout=PATIENCE_MS)
    assert inspector.findChild(QWidget, "body") is not None
    assert rail.icon().pixmap(24).toImage() != before
