"""Flight times of made-up feet that roll, fly and land as feet do."""

from __future__ import annotations

import numpy as np
import pytest

from coachvision.core.flight import flight_times
from coachvision.core.results import Track

FPS = 60
FLOOR_PX = 400.0
PX_PER_M = 200.0
GRAVITY = 9.81
FOOT_M = 0.2
# The landmark of the toe lies so far behind the tip on which the foot rolls.
TIP_M = 0.03


def _flying(flight_s: float, count: int = 240, start_s: float = 2.0, fps: float = FPS) -> np.ndarray:
    """Height in metres of a point that leaves the floor at `start_s` as a stone would."""
    t = np.arange(count) / fps - start_s
    return np.where((t > 0) & (t < flight_s), GRAVITY / 2 * t * (flight_s - t), 0.0)


def _rolling(flight_s: float, count: int = 240, start_s: float = 2.0, fps: float = FPS) -> np.ndarray:
    """Pitch of the foot in degrees: heels rise within 60 ms before take-off and are down 60 ms after landing."""
    t = np.arange(count) / fps - start_s
    return np.interp(t, [-0.06, 0.0, flight_s, flight_s + 0.06], [0.0, 40.0, 40.0, 0.0])


def _track(heights_m: np.ndarray, pitch_deg: np.ndarray, noise_px: float, seed: int = 1) -> Track:
    """Both feet, seen with noise. heights_m: of the tips."""
    chance = np.random.default_rng(seed)
    slope = np.sin(np.radians(pitch_deg))
    toe, heel = heights_m + TIP_M * slope, heights_m + (TIP_M + FOOT_M) * slope
    names = ("left_heel", "left_foot_index", "right_heel", "right_foot_index")
    y = FLOOR_PX - PX_PER_M * np.stack([heel, toe, heel, toe], axis=1)
    y += chance.normal(0, noise_px, y.shape)
    points = np.stack([np.full(y.shape, 300.0), y], axis=-1).astype(np.float32)
    count = len(heights_m)
    return Track("pose", 1, names, np.arange(count, dtype=np.int64), points, np.ones((count, 4), np.float32))


@pytest.mark.parametrize("flight_s", [0.3, 0.45, 0.6])
@pytest.mark.parametrize("fps", [30, 60, 120])
@pytest.mark.parametrize("start_s", [2.0, 2.0041, 2.0083])
def test_flight_is_timed_between_the_frames_though_the_foot_rolls(flight_s: float, fps: float, start_s: float) -> None:
    count = int(4 * fps)
    of = {"count": count, "start_s": start_s, "fps": fps}
    track = _track(_flying(flight_s, **of), _rolling(flight_s, **of), noise_px=0.8)  # type: ignore[arg-type]
    ((start, lasted),) = flight_times(track, np.arange(count) / fps)
    # 0.8 px of noise at the take-off speed of a flight of 0.3 s, 1.5 m/s = 0.3 px/ms, are 3 ms for a single frame; the
    # parabola's ends see some frames each. Of few frames the lowest weigh most: a little more than half a frame at 30.
    assert start == pytest.approx(start_s, abs=max(0.008, 0.3 / fps))
    assert lasted == pytest.approx(flight_s, abs=max(0.012, 0.6 / fps))


def test_one_foot_left_on_the_floor_is_no_flight() -> None:
    flying = _track(_flying(0.5), np.zeros(240), noise_px=0.8)
    points = flying.points.copy()
    points[:, 2:, 1] = FLOOR_PX + np.random.default_rng(2).normal(0, 0.8, (240, 2))
    standing = Track("pose", 1, flying.names, flying.pts, points, flying.confidence)
    assert flight_times(standing, np.arange(240) / FPS) == []


def test_standing_still_is_no_jump() -> None:
    track = _track(np.zeros(240), np.zeros(240), noise_px=1.0)
    assert flight_times(track, np.arange(240) / FPS) == []


def test_rising_on_the_toes_is_no_jump() -> None:
    track = _track(np.zeros(240), _rolling(0.5), noise_px=0.8)
    assert flight_times(track, np.arange(240) / FPS) == []


def test_jump_that_begins_before_the_film_is_not_timed() -> None:
    heights = np.concatenate([_flying(0.5)[135:], _flying(0.5)])
    pitch = np.concatenate([_rolling(0.5)[135:], _rolling(0.5)])
    track = _track(heights, pitch, noise_px=0.5)
    ((start, _),) = flight_times(track, np.arange(len(heights)) / FPS)
    assert start == pytest.approx(2.0 + 105 / FPS, abs=0.008)


def test_feet_never_seen_fly_nowhere() -> None:
    track = _track(np.full(30, np.nan), np.zeros(30), noise_px=0.0)
    assert flight_times(track, np.arange(30) / FPS) == []
