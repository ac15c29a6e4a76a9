"""Scenes are the same for the same seed, other for another, and reach a file frame for frame."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import numpy as np

from coachvision.synth import scenes
from coachvision.synth.render import render
from coachvision.video.probe import probe_here
from coachvision.video.reader import VideoReader

SMALL = {"size": (320, 240), "fps": 15.0}


def test_equal_seeds_give_equal_frames() -> None:
    one = list(islice(scenes.walk(5, **SMALL).frames(), 6))
    again = list(islice(scenes.walk(5, **SMALL).frames(), 6))
    other = list(islice(scenes.walk(6, **SMALL).frames(), 6))
    for (pts, picture), (pts_again, picture_again) in zip(one, again, strict=True):
        assert pts == pts_again
        np.testing.assert_array_equal(picture, picture_again)
    assert any(not np.array_equal(a[1], b[1]) for a, b in zip(one, other, strict=True))


def test_a_scene_can_be_filmed_twice() -> None:
    scene = scenes.squats(1, reps=1, **SMALL)
    first, second = (list(islice(scene.frames(), 3)) for _ in range(2))
    for (_, a), (_, b) in zip(first, second, strict=True):
        np.testing.assert_array_equal(a, b)


def test_the_body_is_where_the_truth_says() -> None:
    """Without noise, what differs between two far-apart postures lies around the landmarks and nowhere else."""
    scene = scenes.squats(4, reps=1, noise=0.0, size=(640, 480), fps=10.0)
    frames = [picture for _, picture in scene.frames()]
    deepest = int(np.argmax(scene.truth.angles["angle.right_knee"]))
    changed = np.abs(frames[0].astype(int) - frames[deepest]).max(axis=2) > 24
    rows, columns = np.nonzero(changed)
    points = np.concatenate([track[[0, deepest]] for track in scene.truth.landmarks.values()])
    reach = 0.12 * scene.truth.height_m * scene.truth.px_per_m  # half a trunk, a hand beyond its last landmark
    assert columns.min() > points[:, 0].min() - reach
    assert columns.max() < points[:, 0].max() + reach
    assert rows.min() > points[:, 1].min() - reach
    assert rows.max() < points[:, 1].max() + reach
    assert changed.sum() > 3000


def test_facing_left_is_the_mirror_image() -> None:
    right = scenes.squats(2, reps=1, **SMALL).truth
    left = scenes.squats(2, reps=1, facing=-1, **SMALL).truth
    for name in ("hip", "knee", "wrist"):
        mirrored = 319.0 - right.landmarks[f"right_{name}"][:, 0]
        np.testing.assert_allclose(left.landmarks[f"left_{name}"][:, 0], mirrored, atol=1e-9)
    np.testing.assert_allclose(left.angles["angle.left_knee"], right.angles["angle.right_knee"])


def test_variable_rate_means_unequal_intervals_and_truth_at_the_same_times() -> None:
    scene = scenes.jumps(3, heights=(0.3,), variable=True, size=(320, 240))
    assert scene.timeline.variable
    assert len(scene.truth.angles["angle.left_knee"]) == scene.frame_count == len(scene.poses)
    assert [pts for pts, _ in scene.frames()] == scene.timeline.pts.tolist()


def test_a_rendered_file_has_every_frame_at_its_time(tmp_path: Path) -> None:
    scene = scenes.squats(3, reps=1, variable=True, **SMALL)
    seen: list[float] = []
    path = render(scene, tmp_path / "squats.mp4", seen.append)
    assert seen[-1] == 1.0
    assert seen == sorted(seen)
    facts = probe_here(path)
    assert (facts.width, facts.height) == (320, 240)
    assert len(facts.timeline) == scene.frame_count
    # The file may count in other ticks than the scene: times agree within one tick of 90 kHz.
    np.testing.assert_allclose(facts.timeline.seconds, scene.timeline.seconds, atol=1.2e-5)
    with VideoReader(path, facts) as reader:
        filmed = [frame.rgb for frame in reader.frames(0, 2)]
    drawn = [picture for _, picture in islice(scene.frames(), len(filmed))]
    # Lossy compression: on the average within a few of 255 levels.
    assert np.abs(filmed[0].astype(int) - drawn[0]).mean() < 6.0
