"""Looking at the video: turned, mirrored, moved, pinched, alone on the screen, and gone to by what is written."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMainWindow, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from coachvision.app.player.canvas import VideoCanvas
from coachvision.app.player.overlay import Shown
from coachvision.app.player.spotlight import Spotlight
from coachvision.app.player.view_menu import ViewMenu
from coachvision.app.player.where import Where, frame_meant
from coachvision.core.time import Timeline
from coachvision.video.frame_server_desk import Desk
from coachvision.video.frame_server_slots import Picture
from coachvision.video.frame_server_talk import View
from tests.app.conftest import PATIENCE_MS

# Frames 40 ms apart, three minutes.
_TIMELINE = Timeline(np.arange(4500) * 40, Fraction(1, 1000))


@pytest.fixture
def canvas(qtbot: QtBot) -> VideoCanvas:
    """Shows a picture of 320 x 180 whose left half is red."""
    made = VideoCanvas()
    qtbot.addWidget(made)
    made.resize(640, 360)
    made.show()
    made.open(320, 180)
    pixels = np.zeros((180, 320, 4), np.uint8)
    pixels[:, :, 3] = 255
    pixels[:, :160, 2] = 255
    made.show_picture(Picture(1, 7, True, pixels))
    qtbot.waitExposed(made, timeout=PATIENCE_MS)
    return made


def _red(canvas: VideoCanvas, x: float, y: float) -> bool:
    """Whether that part (0..1) of the widget shows the red half."""
    image = canvas.grab().toImage()
    return bool(image.pixelColor(round(x * (image.width() - 1)), round(y * (image.height() - 1))).red() > 128)


def test_mirrored_the_left_is_on_the_right_and_the_mouse_knows(canvas: VideoCanvas) -> None:
    assert _red(canvas, 0.2, 0.5)
    canvas.mirror()
    assert not _red(canvas, 0.2, 0.5)
    assert _red(canvas, 0.8, 0.5)
    place = canvas.to_widget().map(QPointF(0, 90))
    assert (round(place.x()), round(place.y())) == (640, 180)


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("room", [(960, 641), (961, 640), (641, 361), (1103, 721), (500, 720), (853, 479)])
@pytest.mark.parametrize("video", [(1920, 1080), (1080, 1920), (1919, 1079)])
def test_moving_pictures_are_of_the_size_and_on_the_pixels_that_they_stand_on(
    canvas: VideoCanvas, video: tuple[int, int], room: tuple[int, int], turned: bool
) -> None:
    desk = Desk(np.arange(10) / 30)
    canvas.view_changed.connect(lambda size: desk.put(View(size.width(), size.height())))
    canvas.resize(*room)
    canvas.open(*video)
    if turned:
        canvas.turn(90)
    place = canvas.target()
    assert all(side == int(side) for side in (place.x(), place.y(), place.width(), place.height()))
    width, height = desk.fitted(*video)
    assert (width, height) == ((place.height(), place.width()) if turned else (place.width(), place.height()))
    # FFmpeg's scaler leaves out a column of a picture that is an odd number of pixels wide.
    assert (width % 2, height % 2) == (0, 0)
    assert width / video[0] == pytest.approx(height / video[1], abs=2 / min(video))
    # As large as the window allows, but for what makes it even.
    assert room[0] - place.width() < 2 or room[1] - place.height() < 2


def test_turned_by_a_quarter_the_left_is_on_top(canvas: VideoCanvas) -> None:
    canvas.turn(90)
    # 180 across and 320 down, as high as the widget: 202 px wide.
    assert _red(canvas, 0.5, 0.2)
    assert not _red(canvas, 0.5, 0.8)
    top_left = canvas.to_widget().map(QPointF(0, 180))
    assert (round(top_left.x()), round(top_left.y())) == (219, 0)
    assert (canvas.view_size().width(), canvas.view_size().height()) == (360, 202)
    canvas.mirror()
    assert _red(canvas, 0.5, 0.2)
    canvas.turn(270)
    assert canvas.turned == 0


def test_zoomed_to_a_part_that_part_fills_the_view_turned_or_not(canvas: VideoCanvas) -> None:
    from PySide6.QtCore import QRectF

    for degrees in (0, 90, 180):
        canvas.open(320, 180)
        canvas.show_picture(Picture(1, 7, True, np.zeros((180, 320, 4), np.uint8)))
        canvas.turn(degrees)
        canvas.zoom_to(QRectF(100, 60, 60, 40))
        seen = canvas.to_widget().mapRect(QRectF(100, 60, 60, 40))
        assert max(seen.width() / 640, seen.height() / 360) == pytest.approx(1, abs=0.01)
        assert (seen.center().x(), seen.center().y()) == pytest.approx((320, 180), abs=1)


@pytest.mark.parametrize("button", [Qt.MouseButton.MiddleButton, Qt.MouseButton.LeftButton])
def test_a_drag_moves_the_picture_and_is_no_click(qtbot: QtBot, canvas: VideoCanvas, button: Qt.MouseButton) -> None:
    clicked: list[QPointF] = []
    canvas.clicked.connect(clicked.append)
    canvas.zoom_at(4.0, QPointF(320, 180))
    before = canvas.to_widget().map(QPointF(160, 90))
    qtbot.mousePress(canvas, button, pos=QPoint(300, 200))
    for x in (310, 330, 350):
        qtbot.mouseMove(canvas, QPoint(x, 210))
    qtbot.mouseRelease(canvas, button, pos=QPoint(350, 210))
    after = canvas.to_widget().map(QPointF(160, 90))
    assert (after.x() - before.x(), after.y() - before.y()) == pytest.approx((50, 10), abs=0.5)
    assert not clicked
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
    assert len(clicked) == 1


def test_two_fingers_zoom_around_where_they_are(qtbot: QtBot, canvas: VideoCanvas) -> None:
    finger = QTest.createTouchDevice()
    clicked: list[QPointF] = []
    canvas.clicked.connect(clicked.append)
    QTest.touchEvent(canvas, finger, False).press(0, QPoint(300, 180)).press(1, QPoint(340, 180)).commit()
    for apart in (40, 60, 80, 100, 120):
        left, right = QPoint(320 - apart, 180), QPoint(320 + apart, 180)
        QTest.touchEvent(canvas, finger, False).move(0, left).move(1, right).commit()
    QTest.touchEvent(canvas, finger, False).release(0, QPoint(200, 180)).release(1, QPoint(440, 180)).commit()
    QApplication.processEvents()
    # The fingers end six times as far apart.
    assert canvas.zoom == pytest.approx(6, abs=0.1)
    middle = canvas.to_widget().map(QPointF(160, 90))
    # The test's screen places fingers to 2 px; six times as close that is 10.
    assert (middle.x(), middle.y()) == pytest.approx((320, 180), abs=12)
    assert not clicked


def test_one_finger_taps_and_drags_as_the_mouse_does(qtbot: QtBot, canvas: VideoCanvas) -> None:
    finger = QTest.createTouchDevice()
    clicked: list[QPointF] = []
    canvas.clicked.connect(clicked.append)
    QTest.touchEvent(canvas, finger, False).press(0, QPoint(100, 100)).commit()
    QTest.touchEvent(canvas, finger, False).release(0, QPoint(100, 100)).commit()
    assert (clicked[0].x(), clicked[0].y()) == pytest.approx((50, 50), abs=1)
    canvas.zoom_at(4.0, QPointF(320, 180))
    before = canvas.to_widget().map(QPointF(160, 90))
    QTest.touchEvent(canvas, finger, False).press(0, QPoint(100, 100)).commit()
    QTest.touchEvent(canvas, finger, False).move(0, QPoint(130, 120)).commit()
    QTest.touchEvent(canvas, finger, False).release(0, QPoint(130, 120)).commit()
    after = canvas.to_widget().map(QPointF(160, 90))
    assert (after.x() - before.x(), after.y() - before.y()) == pytest.approx((30, 20), abs=2)
    assert len(clicked) == 1


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("120", 119), ("#120", 119), ("0", 0), ("99999", 4499), ("1:23.5", 2087), ("83.5", 2087), ("83,5 s", 2087),
        ("2 s", 50), ("0:02", 50), ("1:00:00", 4499), (".04", 1), ("", None), ("x9", None), ("1:2:3:4", None),
    ],
)  # fmt: skip
def test_what_is_written_is_a_time_or_a_frame(text: str, index: int | None) -> None:
    assert frame_meant(text, _TIMELINE) == index


def test_where_is_asked_in_place_and_nonsense_is_said_to_be_so(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    where = Where(window)
    window.show()
    where.set_open(_TIMELINE)
    told: list[int] = []
    where.told.connect(told.append)
    qtbot.mouseClick(where.time, Qt.MouseButton.LeftButton)
    qtbot.keyClicks(where.field, "soon")
    qtbot.keyClick(where.field, Qt.Key.Key_Return)
    assert where.advice.isVisible()
    assert not told
    qtbot.keyClicks(where.field, "0:02")
    assert not where.advice.isVisible()
    qtbot.keyClick(where.field, Qt.Key.Key_Return)
    assert told == [50]
    assert where.time.isVisible()
    assert not where.field.isVisible()
    where.ask()
    qtbot.keyClick(where.field, Qt.Key.Key_Escape)
    assert where.time.isVisible()
    assert told == [50]


def test_the_view_menu_says_what_is_drawn_and_switches_it(qtbot: QtBot) -> None:
    menu = ViewMenu()
    qtbot.addWidget(menu)
    changed: list[tuple[str, bool]] = []
    menu.shown_changed.connect(lambda part, on: changed.append((part, on)))
    menu.set_shown(Shown(trails=True, angles=False))
    by_title = {action.text(): action for action in menu.actions()}
    assert [by_title[t].isChecked() for t in ("Skeleton", "Angles", "Trails", "Unsure parts faint")] == [
        True, False, True, True,
    ]  # fmt: skip
    by_title["Angles"].trigger()
    by_title["Skeleton"].trigger()
    assert changed == [("angles", True), ("skeleton", False)]
    menu.set_turned(180, mirrored=True)
    assert by_title["Mirrored"].isChecked()
    menu.aboutToShow.emit()
    assert by_title["Turn the picture"].text() == "Turn the picture (180°)\tShift + R"


def test_full_screen_shows_the_video_alone_and_everything_comes_back(qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    page = QWidget()
    column = QVBoxLayout(page)
    above, stage, never = QWidget(), QWidget(), QWidget()
    inner = QVBoxLayout(stage)
    video, below = QWidget(), QWidget()
    for widget in (above, stage, never):
        column.addWidget(widget)
    for widget in (video, below):
        inner.addWidget(widget)
    never.hide()
    window.setCentralWidget(page)
    window.show()
    spotlight = Spotlight(window)
    spotlight.light(video)
    assert window.isFullScreen()
    assert [w.isVisible() for w in (above, below, never, video)] == [False, False, False, True]
    # The system takes it out of full screen by itself.
    window.setWindowState(Qt.WindowState.WindowNoState)
    qtbot.waitUntil(lambda: not spotlight.on, timeout=PATIENCE_MS)
    assert [w.isVisible() for w in (above, below, never, video)] == [True, True, False, True]
