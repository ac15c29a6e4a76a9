"""What is drawn belongs to the frame that is shown, to its side, and says how sure it is."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QTransform

from coachvision.app.player.figures import Figure, JointAngle, Posture
from coachvision.app.player.overlay import Overlay, _free_place
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


def _posture(index: int, *, whole: bool = False, **sure: float) -> Posture:
    made = figure(**sure)
    made.whole = whole
    found = made.posture(index)
    assert found is not None
    return found


def test_each_frame_has_its_own_limbs_and_frames_not_analyzed_have_none() -> None:
    assert figure().posture(1) is None
    assert figure().posture(7) is None
    found = _posture(4)
    lines = [(found.places[a], found.places[b]) for a, b in found.limbs["left", 1.0]]
    assert ((54, 20), (54, 60)) in lines
    assert (54, 60) in [found.places[k] for k in found.joints["left", 1.0]]


def test_a_figure_asked_again_tells_of_the_frame_it_is_asked_for() -> None:
    one = figure()
    for index in (4, 2, 4, 6):
        found = one.posture(index)
        assert found is not None
        assert found.places[LANDMARKS.index("left_knee")] == (50 + 2 * (index - 2), 60)


def test_what_is_only_guessed_is_left_out_and_the_unsure_says_so() -> None:
    assert {side for side, _ in _posture(3, right=0.1).limbs} == {"left"}
    assert _posture(3, right=0.5).limbs.keys() >= {("right", 0.6), ("left", 1.0)}
    assert {sure for _, sure in _posture(3, right=0.5, whole=True).limbs} == {1.0}
    assert {sure for _, sure in _posture(3, right=0.5, whole=True).joints} == {1.0}


def test_a_landmark_without_a_place_has_no_dot_and_no_limb() -> None:
    gone = track()
    gone.points[1, LANDMARKS.index("left_knee"), 1] = np.nan
    found = Figure(_TIMELINE, gone, [series("left")], ("knee",)).posture(3)
    assert found is not None
    assert LANDMARKS.index("left_knee") not in found.joints["left", 1.0]
    assert {side for side, _ in found.limbs} == {"middle", "right"}


def test_angles_stand_at_their_joint_and_gaps_are_not_filled() -> None:
    found = {angle.side: angle for angle in figure().angles(3)}
    assert (found["left"].degrees, found["left"].at) == (20.0, (52.0, 60.0))
    assert found["right"].at == (152.0, 60.0)
    assert not list(figure().angles(4))


def test_trails_end_at_the_frame_shown() -> None:
    (trail,) = figure().trails(5, ["left_ankle"], 0.08)
    assert trail.places == [(52, 100), (54, 100), (56, 100)]


def test_a_fast_cameras_trail_has_no_more_places_than_are_seen_and_they_stay() -> None:
    many = 960
    timeline = Timeline(np.arange(many), Fraction(1, 240))
    points = np.zeros((many, 33, 2), np.float32)
    points[:, :, 0] = np.arange(many)[:, None]
    one = Figure(timeline, Track("pose", 1, LANDMARKS, timeline.pts, points, np.ones((many, 33), np.float32)), [], ())
    (trail,) = one.trails(500, ["left_ankle"], 1.0)
    (later,) = one.trails(501, ["left_ankle"], 1.0)
    assert len(trail.places) <= 42
    assert (trail.places[-1], later.places[-1]) == ((500, 0), (501, 0))
    assert trail.places[0][0] < 268
    assert set(trail.places[1:-1]) <= set(later.places)


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


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize(("left", "right"), [(1.0, 1.0), (0.5, 1.0), (1.0, 0.5), (0.5, 0.5)])
def test_where_joints_coincide_the_same_side_is_seen_in_every_frame(left: float, right: float) -> None:
    one = track(left=left, right=right)
    for joint in ("hip", "knee", "ankle"):
        one.points[:, LANDMARKS.index(f"right_{joint}")] = one.points[:, LANDMARKS.index(f"left_{joint}")]
    overlay = Overlay()
    overlay.show(angles=False, confidence=False)
    overlay.set(_TIMELINE, [one], [])
    seen = _painted(overlay, 2).pixelColor(50, 60)
    assert abs(seen.hue() - QColor(DARK.left).hue()) < 12
    overlay.show(confidence=True)
    seen = _painted(overlay, 2).pixelColor(50, 60)
    assert abs(seen.hue() - QColor(DARK.left).hue()) < 12


@pytest.mark.parametrize("at", [(110.0, 112.0), (110.0, 4.0), (6.0, 60.0), (214.0, 60.0), (214.0, 115.0)])
def test_an_angles_number_is_whole_within_the_picture_at_its_edges_too(at: tuple[float, float]) -> None:
    picture = QRectF(0, 0, 220, 120)
    for above in ((at[0] - 50, at[1]), (at[0] + 50, at[1]), (at[0], at[1] - 50), (at[0], at[1] + 50)):
        angle = JointAngle(at, above, above, None, 90.0, "left", 1.0)
        place = _free_place(QTransform(), angle, 40, 20, [], picture)
        assert place is not None
        assert picture.contains(place)
        # Where all of the joint is out of sight, so is its number.
        assert _free_place(QTransform.fromTranslate(1000, 0), angle, 40, 20, [], picture) is not None
