"""From pixels to metres, and how far to trust it."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coachvision.core.calibration import Calibration
from coachvision.core.landmarks import LANDMARKS
from coachvision.core.results import Track
from coachvision.core.time import Timeline

COURT = np.array([[0.0, 0.0], [9.0, 0.0], [9.0, 18.0], [0.0, 18.0]])


def _camera(tilt: float, pan: float, distance: float) -> np.ndarray:
    """(3, 3) plane metres to pixels: a camera above the ground that looks down by `tilt` and to the side by `pan`."""
    t, p = np.radians(tilt), np.radians(pan)
    right = np.array([np.cos(p), -np.sin(p)])
    ahead = np.array([np.sin(p), np.cos(p)])
    matrix = np.zeros((3, 3))
    height = 6.0
    matrix[0] = [*right, -right @ [4.5, 9.0]]
    depth = np.array(
        [*(ahead * np.cos(t)), -ahead @ [4.5, 9.0] * np.cos(t) + distance * np.cos(t) + height * np.sin(t)]
    )
    down = np.array([*(-ahead * np.sin(t)), ahead @ [4.5, 9.0] * np.sin(t) - distance * np.sin(t) + height * np.cos(t)])
    matrix[1], matrix[2] = down, depth
    return np.array([[1000.0, 0, 960], [0, 1000.0, 540], [0, 0, 1]]) @ matrix


def _seen(camera: np.ndarray, points: np.ndarray) -> np.ndarray:
    image = np.column_stack([points, np.ones(len(points))]) @ camera.T
    assert np.all(image[:, 2] > 1.0), "the camera must see all of it"
    return image[:, :2] / image[:, 2:]


@given(st.floats(5, 80), st.floats(-60, 60), st.floats(15, 40), st.integers(0, 1000))
def test_a_court_seen_from_anywhere_gives_true_places(tilt: float, pan: float, distance: float, seed: int) -> None:
    camera = _camera(tilt, pan, distance)
    inside = np.random.default_rng(seed).uniform([0, 0], [9, 18], (20, 2))
    corners, places = _seen(camera, COURT), _seen(camera, inside)
    found = Calibration.from_rectangle(9.0, 18.0, corners)
    np.testing.assert_allclose(found.to_metres(places), inside, atol=1e-6)
    np.testing.assert_allclose(found.to_pixels(inside), places, atol=1e-5)


def test_more_than_four_points_average_their_clicks() -> None:
    camera = _camera(30.0, 10.0, 25.0)
    grid = np.stack(np.meshgrid(np.linspace(0, 9, 4), np.linspace(0, 18, 7)), -1).reshape(-1, 2)
    rng = np.random.default_rng(0)
    errors: dict[str, list[float]] = {"four": [], "all": []}
    for _ in range(30):
        clicks = _seen(camera, grid) + rng.normal(0, 1, grid.shape)
        corners = [0, 3, 27, 24]
        for name, chosen in (("four", corners), ("all", list(range(28)))):
            found = Calibration.from_plane(clicks[chosen], grid[chosen])
            errors[name].append(float(np.abs(found.to_metres(_seen(camera, grid)) - grid).mean()))
    assert np.mean(errors["all"]) < np.mean(errors["four"])


def test_stated_uncertainty_of_a_plane_is_what_clicking_again_gives() -> None:
    camera = _camera(30.0, 0.0, 25.0)
    corners = _seen(camera, COURT)
    stated = Calibration.from_plane(corners, COURT).relative_uncertainty
    rng = np.random.default_rng(1)
    diagonals = []
    for _ in range(300):
        a, b = Calibration.from_plane(corners + rng.normal(0, 1, (4, 2)), COURT).to_metres(corners[[0, 2]])
        diagonals.append(np.hypot(*(b - a)))
    # The standard deviation of 300 draws is known to 4 %; the formula is first order.
    assert np.std(diagonals) / np.hypot(9, 18) == pytest.approx(stated, rel=0.2)


@pytest.mark.parametrize(
    "corners",
    [
        [[0, 0], [10, 0], [20, 0], [0, 10]],
        [[0, 0], [10, 0], [10, 0], [0, 10]],
        [[5, 5], [5, 5], [5, 5], [5, 5]],
        [[0, 0], [10, 10], [10, 0], [0, 10]],  # the order is that of a bow tie
    ],
)
def test_points_that_fix_no_plane_are_refused(corners: list[list[float]]) -> None:
    with pytest.raises(ValueError, match="plane"):
        Calibration.from_rectangle(9.0, 18.0, np.array(corners, float))


def test_too_few_points_are_refused() -> None:
    with pytest.raises(ValueError, match="four points"):
        Calibration.from_plane(np.zeros((3, 2)), np.zeros((3, 2)))


def test_a_line_scales_lengths_and_turns_y_up() -> None:
    found = Calibration.from_line(2.0, (100.0, 500.0), (500.0, 500.0))
    assert found.to_metres(np.array([200.0, -100.0])).tolist() == pytest.approx([1.0, 0.5])
    assert found.metres_per_pixel((0.0, 0.0)) == pytest.approx(0.005)
    length, doubt = found.length((0.0, 0.0), (0.0, 200.0), jitter_px=2.0)
    assert length == pytest.approx(1.0)
    # Scale: sqrt(2) px in 400; ends: two pixels of 5 mm each.
    assert doubt == pytest.approx(np.hypot(np.sqrt(2) / 400, np.sqrt(2) * 0.01))
    assert found.uncertainty_at((0.0, 0.0), 2.0) == pytest.approx(0.01)
    times = np.arange(5) / 10
    pixels = np.stack([100 * times, -200 * times], axis=-1)
    np.testing.assert_allclose(found.velocities(times, pixels), [[0.5, 1.0]] * 5)


def test_far_corners_of_a_court_are_known_less_well_than_near_ones() -> None:
    found = Calibration.from_plane(_seen(_camera(20.0, 0.0, 25.0), COURT), COURT)
    near, far = found.to_pixels(COURT[[0, 2]])
    assert found.uncertainty_at(tuple(far)) > 1.5 * found.uncertainty_at(tuple(near))


def test_each_kind_says_in_which_plane_it_holds() -> None:
    plane = Calibration.from_plane(_seen(_camera(20.0, 0.0, 25.0), COURT), COURT)
    line = Calibration.from_line(1.0, (0, 0), (100, 0))
    assert "marked points" in plane.holds_in
    assert "line" in line.holds_in


def _athlete(height_m: float, px_per_m: float, knee_deg: np.ndarray, *, confidence: float = 0.9) -> Track:
    """Seen from the side: thighs and shanks of a quarter of the stature, bent knees, trunk upright."""
    bend = np.radians(knee_deg) / 2
    n = len(knee_deg)
    zero = np.zeros(n)
    leg = 0.245 * height_m
    ankle = np.stack([zero, zero - 0.039 * height_m], -1)
    knee = ankle + np.stack([leg * np.sin(bend), -leg * np.cos(bend)], -1)
    hip = knee + np.stack([-leg * np.sin(bend), -leg * np.cos(bend)], -1)
    eye = hip + np.array([0.02, -(0.936 - 0.039 - 0.49) * height_m])
    parts = {"ankle": ankle, "knee": knee, "hip": hip, "eye": eye}
    points = np.zeros((n, len(LANDMARKS), 2))
    for at, name in enumerate(LANDMARKS):
        part = next((p for p in parts if name.endswith(p)), "hip")
        points[:, at] = parts[part] * px_per_m + [500, 900]
    sure = np.full((n, len(LANDMARKS)), confidence, np.float32)
    return Track("pose", 1, LANDMARKS, np.arange(n) * 3000, points.astype(np.float32), sure)


@given(st.floats(1.2, 2.2), st.floats(50, 800))
def test_the_athletes_height_gives_the_scale_from_upright_frames_alone(height_m: float, px_per_m: float) -> None:
    knee = np.concatenate([np.linspace(0, 100, 40), np.full(60, 100.0)])
    track = _athlete(height_m, px_per_m, knee)
    found = Calibration.from_height(height_m, track, Timeline(track.pts, Fraction(1, 90000)))
    # Frames count as straight up to a bend that shortens the way by 3 %, of which the straighter half is taken.
    assert found.metres_per_pixel((0, 0)) == pytest.approx(1 / px_per_m, rel=0.01)
    assert 0.015 <= found.relative_uncertainty < 0.03
    assert found.index < 40, "taken while standing"
    assert "athlete" in found.holds_in


def test_an_athlete_who_never_stands_gives_no_scale() -> None:
    timeline = Timeline(np.arange(50) * 3000, Fraction(1, 90000))
    with pytest.raises(ValueError, match="stands straight"):
        Calibration.from_height(1.8, _athlete(1.8, 300, np.full(50, 90.0)), timeline)
    with pytest.raises(ValueError, match="stands straight"):
        Calibration.from_height(1.8, _athlete(1.8, 300, np.zeros(50), confidence=0.2), timeline)
    with pytest.raises(ValueError, match="height"):
        Calibration.from_height(180, _athlete(1.8, 300, np.zeros(50)), timeline)
