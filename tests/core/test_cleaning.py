"""A track made fit for measuring, step by step."""

from __future__ import annotations

import numpy as np

from coachvision.core.cleaning import AUTOMATIC_HZ, Cleaning, clean

TIMES = np.arange(240) / 60


def _points(noise: float = 0.0) -> np.ndarray:
    """(240, 2, 2): one point that swings, one that rests."""
    swing = np.stack([100 * np.sin(2 * np.pi * TIMES), 50 * np.cos(2 * np.pi * TIMES)], axis=-1)
    truth = np.stack([swing, np.zeros_like(swing)], axis=1)
    return truth + np.random.default_rng(0).normal(0, noise, truth.shape)


def test_doubtful_points_become_gaps_and_short_ones_are_filled() -> None:
    confidence = np.full((240, 2), 0.9)
    confidence[50:54, 0] = 0.1
    confidence[100:140, 0] = 0.1
    found = clean(TIMES, _points(), confidence, Cleaning(low_pass=False))
    assert np.isnan(found.raw[50:54, 0]).all()
    np.testing.assert_allclose(found.values[50:54, 0], _points()[50:54, 0], atol=1.0)  # four frames of a swing
    assert np.isnan(found.values[100:140, 0]).all()
    assert np.isfinite(found.values[:, 1]).all()
    assert np.isnan(found.cutoffs_hz).all()


def test_a_leap_in_one_coordinate_takes_the_point_with_it() -> None:
    points = _points()
    points[80, 0, 1] += 300
    found = clean(TIMES, points, np.ones((240, 2)), Cleaning(low_pass=False, max_gap_s=0.0), floor=2.0)
    assert np.isnan(found.values[80, 0]).all()
    assert points[80, 0, 1] > 200, "what was given is not changed"


def test_points_the_coach_placed_are_believed() -> None:
    points, confidence = _points(), np.ones((240, 2))
    points[80, 0] += 300
    confidence[80, 0] = 0.0
    trusted = np.zeros((240, 2), bool)
    trusted[80, 0] = True
    found = clean(TIMES, points, confidence, Cleaning(low_pass=False), trusted=trusted, floor=2.0)
    assert np.array_equal(found.values[80, 0], points[80, 0])


def test_every_landmark_gets_a_cut_off_of_its_own_and_less_noise() -> None:
    noisy = _points(2.0)
    found = clean(TIMES, noisy, np.ones((240, 2)), Cleaning(), floor=20.0)
    assert ((found.cutoffs_hz >= AUTOMATIC_HZ[0]) & (found.cutoffs_hz <= AUTOMATIC_HZ[1])).all()
    # White noise through 4 Hz of 30: a third is left.
    assert np.std(found.values - _points()) < 0.5 * np.std(noisy - _points())
    given = clean(TIMES, noisy, np.ones((240, 2)), Cleaning(cutoff_hz=10.0), floor=20.0)
    assert (given.cutoffs_hz == 10.0).all()
