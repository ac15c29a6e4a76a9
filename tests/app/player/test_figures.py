"""What is drawn belongs to the frame that is shown, to its side, and says how sure it is."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QPainter, QTransform

from coachvision.app.player.figures import Figure
from coachvision.app.player.overlay import Overlay
from coachvision.app.theme import DARK
from coachvision.core.landmarks import LANDMARKS
from coachvision.core.results import Series, Track
from coachvision.core.time import Timeline

_TIMELINE = Timeline(np.arange(10) * 40, Fraction(1, 1000))
# The analysis saw frames 2 to 6 alone.
_SEEN = np.arange(2, 7) * 40


def track(**sure: float) -> Track:
    """A leg on each side: hip above knee above ankle, right 100 px beside left; all move 2 px a frame to the right."""
    points = np.full((5, 33, 2), np.nan, np.float32)
    confidence = np.zeros((5, 33), np.float32)
    for side, x in (("left", 50), ("right", 150)):
        for joint, y in (("hip", 20), ("knee", 60), ("ankle", 100)):
            k = LANDMARKS.index(f"{side}_{joint}")
            points[:, k] = [[x + 2 * row, y] for row in range(5)]
            confidence[:, k] = sure.get(side, 1.0)
    return Track("pose", 1, LANDMARKS, _SEEN, points, confidence)


def series(side: str) -> Series:
    return Series(f"angle.{side}_knee", 1, "deg", _SEEN, np.array([10.0, 20, np.nan, 40, 50]))


def figure(**sure: float) -> Figure:
    return Figure(_TIMELINE, track(**sure), [series("left"), series("right")], ("knee",))


def test_each_frame_has_its_own_limbs_and_frames_not_analyzed_have_none() -> None:
    assert not list(figure().limbs(1))
    assert not list(figure().limbs(7))
    (left,) = (marks for marks in figure().limbs(4) if marks.side == "left")
    assert [54, 20, 54, 60] in left.places.tolist()
    assert [54, 60] in next(marks for marks in figure().joints(4) if marks.side == "left").places.tolist()


def test_what_is_only_guessed_is_left_out_and_the_unsure_says_so() -> None:
    assert {marks.side for marks in figure(right=0.1).limbs(3)} == {"left"}
    assert {(marks.side, marks.sure) for marks in figure(right=0.5).limbs(3)} >= {("right", 0.6), ("left", 1.0)}
    unsure = figure(right=0.5)
    unsure.whole = True
    assert {marks.sure for marks in unsure.limbs(3)} == {1.0}


def test_angles_stand_at_their_joint_and_gaps_are_not_filled() -> None:
    found = {angle.side: angle for angle in figure().angles(3)}
    assert (found["left"].degrees, found["left"].at) == (20.0, (52.0, 60.0))
    assert found["right"].at == (152.0, 60.0)
    assert not list(figure().angles(4))


def test_trails_end_at_the_frame_shown() -> None:
    (trail,) = figure().trails(5, ["left_ankle"], 0.08)
    assert trail.points.tolist() == [[52, 100], [54, 100], [56, 100]]


def test_the_box_holds_both_legs() -> None:
    assert figure().box(2) == (50.0, 20.0, 150.0, 100.0)
    assert figure().box(0) is None


def _painted(overlay: Overlay, index: int) -> QImage:
    image = QImage(220, 120, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.black)
    painter = QPainter(image)
    overlay.paint(painter, QTransform(), index)
    painter.end()
    return image


def _near(image: QImage, x: int, colour: str) -> int:
    """Pixels of about that colour in the columns around x between hip and knee."""
    wanted = QColor(colour)
    return sum(
        abs(image.pixelColor(c, y).hue() - wanted.hue()) < 12 and image.pixelColor(c, y).value() > 120
        for c in range(x - 2, x + 3)
        for y in range(27, 53)
    )


@pytest.mark.usefixtures("qapp")
def test_left_and_right_differ_by_hue_and_by_line_and_the_unsure_are_fainter() -> None:
    overlay = Overlay()
    overlay.show(angles=False)
    overlay.set(_TIMELINE, [track()], [])
    sure = _painted(overlay, 2)
    left, right = _near(sure, 50, DARK.left), _near(sure, 150, DARK.right)
    assert left > 60
    # Broken, not whole: the gaps are about as long as the dashes.
    assert 0.2 * left < right < 0.85 * left
    overlay.set(_TIMELINE, [track(left=0.3)], [])
    assert _painted(overlay, 2).pixelColor(50, 40).value() < sure.pixelColor(50, 40).value()


@pytest.mark.usefixtures("qapp")
def test_each_part_can_be_switched_off() -> None:
    overlay = Overlay()
    overlay.set(_TIMELINE, [track()], [series("left")])
    overlay.show(skeleton=False, angles=False)
    empty = _painted(overlay, 3)
    assert all(empty.pixelColor(x, y).value() == 0 for x in range(0, 220, 3) for y in range(0, 120, 3))
    overlay.show(angles=True)
    assert _painted(overlay, 3) != empty
