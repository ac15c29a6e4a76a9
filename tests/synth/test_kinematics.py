"""The athlete's body obeys its own angles: what the truth says is what the drawn joints show."""

from __future__ import annotations

import numpy as np
import pytest

from coachvision.synth import scenes
from coachvision.synth.body import seeded_body
from coachvision.synth.pose import Limbs, Pose, centre_of_mass, joints, standing_on

SCENES = {
    "squats": lambda **more: scenes.squats(3, reps=1, **more),
    "jumps": lambda **more: scenes.jumps(4, heights=(0.3,), **more),
    "walk": lambda **more: scenes.walk(5, **more),
    "ball_throw": lambda **more: scenes.ball_throw(6, **more),
}


def flexion(before: np.ndarray, joint: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Unsigned degrees from straight, of (n, 2) points."""
    a, b = before - joint, after - joint
    cosine = (a * b).sum(axis=1) / np.hypot(*a.T) / np.hypot(*b.T)
    return 180.0 - np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0)))


@pytest.mark.parametrize("name", SCENES)
@pytest.mark.parametrize("facing", [1, -1])
def test_angles_between_the_landmarks_are_the_angles_of_the_truth(name: str, facing: int) -> None:
    truth = SCENES[name](facing=facing).truth
    assert truth.near == ("right" if facing > 0 else "left")
    at = {joint: truth.landmarks[f"{truth.near}_{joint}"] for joint in ("hip", "knee", "ankle")}
    knee = flexion(at["hip"], at["knee"], at["ankle"])
    # Hip and ankle lie in one plane parallel to the picture: the camera changes no angle. Rounding alone remains,
    # which the arc cosine near a straight leg turns into hundredths of a degree.
    np.testing.assert_allclose(knee, truth.angles[f"angle.{truth.near}_knee"], atol=0.05)
    arm = [truth.landmarks[f"{truth.near}_{joint}"] for joint in ("shoulder", "elbow", "wrist")]
    np.testing.assert_allclose(flexion(*arm), truth.angles[f"angle.{truth.near}_elbow"], atol=0.05)


@pytest.mark.parametrize("name", SCENES)
def test_segments_keep_their_length(name: str) -> None:
    truth = SCENES[name]().truth
    for near_or_far in (truth.near, truth.far):
        for start, end in (("hip", "knee"), ("knee", "ankle"), ("shoulder", "elbow"), ("elbow", "wrist")):
            length = np.hypot(*(truth.landmarks[f"{near_or_far}_{start}"] - truth.landmarks[f"{near_or_far}_{end}"]).T)
            assert np.ptp(length) < 1e-6 * length.mean()


def test_hip_flexes_forward_and_ankle_bends_up() -> None:
    body = seeded_body(np.random.default_rng(0))
    pose = Pose(lean=20.0, near=Limbs(hip=50.0, knee=40.0, ankle=10.0))
    at = joints(body, pose, near=True)
    assert at["knee"][0] > at["hip"][0]  # thigh 30 degrees forward of vertical
    assert at["shoulder"][0] > at["hip"][0]
    # Thigh 30 forward, shank 10 back, ankle 10 up: the sole is level.
    assert at["heel"][1] == pytest.approx(at["foot_index"][1])
    assert at["foot_index"][0] > at["heel"][0]


def test_a_squatting_athlete_is_in_balance_on_flat_feet() -> None:
    scene = scenes.squats(8, reps=2)
    for pose in scene.poses[:: len(scene.poses) // 12]:
        at = joints(scene.body, pose, near=True)
        assert at["heel"][1] == pytest.approx(0.0, abs=1e-6)
        assert at["foot_index"][1] == pytest.approx(0.0, abs=1e-6)
        assert at["heel"][0] < centre_of_mass(scene.body, pose)[0] < at["foot_index"][0]


def test_segments_add_up_to_the_height() -> None:
    for seed in range(5):
        body = seeded_body(np.random.default_rng(seed))
        straight = standing_on(body, Pose())
        shoulder = joints(body, straight, near=True)["shoulder"]
        # Drillis and Contini: the shoulder at 0.818 of the height.
        assert shoulder[1] == pytest.approx(0.818 * body.height, rel=1e-6)
        assert 1.58 <= body.height <= 1.95


def test_repetitions_reach_their_depth_and_start_where_they_say() -> None:
    truth = scenes.squats(2, reps=3, fps=120.0).truth
    knee = truth.angles[f"angle.{truth.near}_knee"]
    assert len(truth.reps) == 3
    for rep in truth.reps:
        inside = (truth.timeline.seconds >= rep.start_s) & (truth.timeline.seconds <= rep.end_s)
        # The deepest frame is at most half a frame (4 ms) from the turn, where the knee stands still.
        assert knee[inside].max() == pytest.approx(rep.depth_deg, abs=0.1)
        assert knee[inside][0] < 5.0
