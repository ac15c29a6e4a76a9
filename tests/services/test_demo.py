"""What the demo counts and times, on made-up feet and knees; the whole demo is a long test."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from coachvision.core.results import Track
from coachvision.library import Library
from coachvision.services.demo import demo, flight_times

FPS = 60
FLOOR_PX = 400.0
PX_PER_M = 200.0
GRAVITY = 9.81


def _toe(heights_m: np.ndarray, noise_px: float) -> tuple[Track, np.ndarray]:
    """A left toe at those heights above the floor, seen with noise."""
    count = len(heights_m)
    chance = np.random.default_rng(1)
    y = FLOOR_PX - heights_m * PX_PER_M + chance.normal(0, noise_px, count)
    points = np.stack([np.full(count, 300.0), y], axis=-1)[:, None].astype(np.float32)
    pts = np.arange(count, dtype=np.int64)
    return Track("pose", 1, ("left_foot_index",), pts, points, np.ones((count, 1), np.float32)), pts / FPS


def _jump(flight_s: float, count: int = 240) -> np.ndarray:
    """Standing, one jump from second 2, standing: the height of a point that flies as a stone would."""
    t = np.arange(count) / FPS - 2.0
    return np.where((t > 0) & (t < flight_s), GRAVITY / 2 * t * (flight_s - t), 0.0)


@pytest.mark.parametrize("flight_s", [0.3, 0.5, 0.6])
def test_flight_is_timed_between_the_frames(flight_s: float) -> None:
    track, seconds = _toe(_jump(flight_s), noise_px=0.8)
    ((start, lasted),) = flight_times(track, "left", seconds)
    # The toe passes five deviations (4 px = 2 cm) some 15 ms after take-off at this speed; a frame is 17 ms.
    assert start == pytest.approx(2.0, abs=0.025)
    assert lasted == pytest.approx(flight_s, abs=0.05)


def test_standing_still_is_no_jump() -> None:
    track, seconds = _toe(np.zeros(240), noise_px=1.0)
    assert flight_times(track, "left", seconds) == []


def test_jump_that_begins_before_the_film_is_not_timed() -> None:
    heights = np.concatenate([_jump(0.5)[135:], _jump(0.5)])
    track, seconds = _toe(heights, noise_px=0.5)
    assert len(flight_times(track, "left", seconds)) == 1


@pytest.mark.soak
def test_demo_prints_measured_against_true_and_writes_a_report(tmp_path: Path) -> None:
    with Library.open(tmp_path / "library") as library:
        shown = demo(library, tmp_path / "out")
        assert library.session(shown.session).athlete == "Demo athlete"
    rows = {row.what: row for row in shown.rows}
    assert (rows["squats"].measured, rows["jumps"].measured) == (4, 2)
    # The issue's own bound for the near side of a drawn athlete.
    assert max(shown.errors.values()) < 6.0
    assert re.search(r"measured\s+true\s+error", shown.table)
    assert "<svg" in shown.report.read_text("utf-8")
