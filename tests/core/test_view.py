"""Which way the athlete faces, from feet, head and trunk."""

from __future__ import annotations

import numpy as np
import pytest

from coachvision.core.landmarks import LANDMARKS
from coachvision.core.results import Track
from coachvision.core.view import facing, side_score


def _athlete(yaw_deg: np.ndarray, *, world: bool = True, confidence: float = 0.9) -> Track:
    """A standing athlete, turned by yaw: 0 faces right, 90 the camera, 180 left, 270 away."""
    places = {  # ahead, up, to the left, in metres
        "nose": (0.12, 0.7, 0.0), "ear": (0.0, 0.7, 0.08), "shoulder": (0.0, 0.5, 0.2), "hip": (0.0, 0.0, 0.15),
        "knee": (0.02, -0.42, 0.15), "ankle": (0.0, -0.83, 0.15), "heel": (-0.05, -0.9, 0.15),
        "foot_index": (0.15, -0.92, 0.17),
    }  # fmt: skip
    yaw = np.radians(np.asarray(yaw_deg, dtype=float))
    space = np.zeros((len(yaw), len(LANDMARKS), 3))
    for at, name in enumerate(LANDMARKS):
        ahead, up, left = next((place for part, place in places.items() if name.endswith(part)), (0.0, 0.3, 0.2))
        left = -left if "right" in name else left
        space[:, at] = np.stack(
            [
                ahead * np.cos(yaw) + left * np.sin(yaw),
                np.full(len(yaw), -up),
                left * np.cos(yaw) - ahead * np.sin(yaw),
            ],
            axis=-1,
        )
    points = (space[..., :2] * 200 + 400).astype(np.float32)
    sure = np.full(points.shape[:2], confidence, np.float32)
    return Track("pose", 1, LANDMARKS, np.arange(len(yaw)), points, sure, space.astype(np.float32) if world else None)


def _facing(track: Track, rate: float = 30.0) -> np.ndarray:
    return facing(np.arange(len(track.pts)) / rate, side_score(track))


@pytest.mark.parametrize("world", [True, False])
@pytest.mark.parametrize(
    ("yaw", "side"), [(0, 1), (35, 1), (-40, 1), (180, -1), (145, -1), (220, -1), (90, 0), (270, 0)]
)
def test_side_is_told_from_any_quarter(yaw: float, side: int, world: bool) -> None:
    assert (_facing(_athlete(np.full(60, yaw), world=world)) == side).all()


@pytest.mark.parametrize("turn", [90.0, 180.0, 270.0])
@pytest.mark.parametrize(("yaw", "side"), [(0, 1), (180, -1), (90, 0)])
def test_lying_down_and_upside_down_the_side_is_that_of_the_picture_turned_upright(
    turn: float, yaw: float, side: int
) -> None:
    track = _athlete(np.full(60, yaw))
    assert track.world is not None
    c, s = np.cos(np.radians(turn)), np.sin(np.radians(turn))
    spin = np.array([[c, -s], [s, c]])
    track.points[:] = (track.points - 400) @ spin.T + 400
    track.world[..., :2] = track.world[..., :2] @ spin.T
    assert (_facing(track) == side).all()


def test_bent_knees_tell_the_side_where_feet_are_hidden() -> None:
    track = _athlete(np.zeros(60), world=False)
    for name in LANDMARKS:
        at = LANDMARKS.index(name)
        if any(part in name for part in ("heel", "foot", "ear", "nose")):
            track.confidence[:, at] = 0.0
        elif "ankle" in name:
            track.points[:, at] = track.points[:, LANDMARKS.index(name.replace("ankle", "knee"))] + [-60, 50]
    assert (_facing(track) == 1).all()


def test_a_few_frames_of_swapped_feet_do_not_turn_the_athlete_round() -> None:
    track = _athlete(np.zeros(120))
    for part in ("heel", "foot_index"):
        for side in ("left", "right"):
            at = LANDMARKS.index(f"{side}_{part}")
            track.points[50:58, at, 0] = 800 - track.points[50:58, at, 0]
    assert (_facing(track) == 1).all()


def test_a_walker_who_turns_back_changes_sides_once() -> None:
    yaw = np.concatenate([np.zeros(60), np.linspace(0, 180, 30), np.full(60, 180.0)])
    found = _facing(_athlete(yaw))
    assert (found[:60] == 1).all()
    assert (found[-55:] == -1).all()
    assert np.count_nonzero(np.diff(found)) <= 2, "by way of the front view at most"


def test_nothing_seen_means_no_side() -> None:
    track = _athlete(np.zeros(30), confidence=0.0)
    assert np.isnan(side_score(track)).all()
    assert (_facing(track) == 0).all()


def test_gaps_take_the_answer_of_their_neighbours() -> None:
    track = _athlete(np.full(90, 180.0))
    track.confidence[30:60] = 0.0
    assert (_facing(track) == -1).all()
