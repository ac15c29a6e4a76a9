"""What is drawn on the picture: left from right, sure from unsure, angles where their joints are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from coachvision.core.landmarks import LANDMARKS
from coachvision.core.results import Track
from coachvision.services.export.overlay import HUES, Layer, clock, draw, layers
from tests.support import sessions

WHITE = np.full((720, 960, 3), 255, np.uint8)


def lone_bone(side: str, confidence: float) -> Layer:
    """One upright thigh in the middle of the picture."""
    points = np.full((1, 2, 2), np.nan, np.float32)
    points[0] = [[480, 200], [480, 500]]
    names = (f"{side}_hip", f"{side}_knee")
    track = Track("pose", 1, names, np.array([0], np.int64), points, np.full((1, 2), confidence, np.float32))
    return Layer(track)


def strength(picture: NDArray[np.uint8]) -> int:
    """How far the middle of the bone is from white."""
    return int(255 - picture[230:470, 476:485].min())


def share_in(picture: NDArray[np.uint8], hue: tuple[int, int, int]) -> float:
    """Share of the bone's length that has that hue (to the few levels that blending at its edge may cost)."""
    middle = picture[215:485, 480].astype(int)
    return float(np.mean(np.abs(middle - np.array(hue)).max(axis=1) <= 8))


def test_the_left_is_solid_and_the_right_dashed_each_in_its_hue() -> None:
    left, right = (draw(WHITE, [lone_bone(side, 0.9)], 0, legend=False) for side in ("left", "right"))
    assert share_in(left, HUES["left"]) == 1.0
    assert 0.4 < share_in(right, HUES["right"]) < 0.9
    assert share_in(left, HUES["right"]) == 0


def test_unsure_is_faint_and_unseen_is_not_drawn() -> None:
    sure, unsure, unseen = (strength(draw(WHITE, [lone_bone("left", c)], 0, legend=False)) for c in (0.9, 0.3, 0.05))
    assert sure > 150
    assert 30 < unsure < 0.6 * sure
    assert unseen == 0


def test_the_picture_given_is_left_as_it_was() -> None:
    given = WHITE.copy()
    draw(given, [lone_bone("left", 0.9)], 0, time_s=1.0)
    np.testing.assert_array_equal(given, WHITE)


def test_a_frame_without_a_pose_shows_the_time_alone() -> None:
    drawn = draw(WHITE, layers(sessions.whole()), 7, time_s=0.25, legend=False)
    changed = np.argwhere((drawn != WHITE).any(axis=2))
    assert len(changed)
    # The upper left corner: both ways, where comparing lists would look at the first alone.
    assert (changed.max(axis=0) < [60, 200]).all()


def test_labels_stay_inside_the_picture_and_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    placed: list[tuple[str, float, float]] = []
    monkeypatch.setattr(
        "coachvision.services.export.overlay.plate",
        lambda _canvas, text, origin, _size, _hue: placed.append((text, *origin)),
    )
    whole = sessions.whole()
    drawn = [replace(layer, track=replace(layer.track, points=layer.track.points * 3)) for layer in layers(whole)]
    draw(np.zeros((720, 960, 3), np.uint8), drawn, 15 * sessions.STEP, legend=False)
    texts = {text: (x, y) for text, x, y in placed}
    assert {"L knee 110°", "R knee 109°", "L hip 99°", "R hip 97°", "L elbow 51°", "R elbow 53°"} == set(texts)
    assert all(0 < x < 900 and 10 < y < 720 for x, y in texts.values())
    # The figure is seen from the side: its knees lie on one another, their labels must not.
    assert abs(texts["L knee 110°"][1] - texts["R knee 109°"][1]) > 15


def test_others_than_the_main_athlete_have_no_labels_and_are_paler() -> None:
    whole = sessions.whole()
    (pose,) = (track for _, track in whole.tracks())
    other = replace(pose, subject=2)
    runs = (replace(whole.runs[0], result=replace(whole.runs[0].result, tracks=(pose, other))), whole.runs[1])
    first, second = layers(replace(whole, runs=runs))
    assert (first.track.subject, first.main, first.angles) == (2, False, {})
    assert second.main
    assert set(second.angles) >= {"left_knee", "right_knee"}
    alone = replace(lone_bone("left", 0.9), main=False)
    assert strength(draw(WHITE, [alone], 0)) < strength(draw(WHITE, [lone_bone("left", 0.9)], 0))


def test_points_far_outside_do_no_harm() -> None:
    pose = sessions.pose().tracks[0]
    points = pose.points.copy()
    points[0, LANDMARKS.index("left_knee")] = [1e7, -1e7]
    drawn = draw(WHITE, [Layer(replace(pose, points=points))], 0, legend=False)
    # The leg without that knee is drawn as ever.
    right = [tuple(pose.points[0, LANDMARKS.index(f"right_{joint}")].astype(int)) for joint in ("knee", "ankle")]
    assert all((drawn[y - 3 : y + 4, x - 3 : x + 4] != WHITE[0, 0]).any() for x, y in right)


def test_the_clock_is_exact_to_the_millisecond() -> None:
    assert [clock(t) for t in (0, 1.2345, 59.9996, 61.5, 3600.25)] == [
        "0:00.000", "0:01.234", "1:00.000", "1:01.500", "60:00.250"
    ]  # fmt: skip
