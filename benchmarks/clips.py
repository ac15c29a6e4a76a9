"""The real clips the benchmarks run on; they are not part of the repository."""

from __future__ import annotations

import os
from pathlib import Path

# All that show somebody whole: what the pose stage is for.
_WITH_PEOPLE = (
    "reps/lateral_raise_front.mp4", "reps/air_squat_cuts.mp4", "reps/hand_wave.mp4",
    "gait/sports2d_demo_two_persons.mp4", "gait/run_side_fence_480.mp4", "jump/landing_from_table_deep.mp4",
    "pose_video/balance_cam_a.mp4", "pose_video/balance_cam_c.mp4", "pose_video/balance_with_second_person_a.mp4",
    "track_object/tennis_player.mp4", "track_object/walker_behind_tree.mp4",
    "persons/three_on_treadmills.mp4", "persons/one_by_one_six_people.mp4",
)  # fmt: skip


def data() -> Path:
    """`../shared/data` beside the repository, or `COACHVISION_TEST_DATA`. Raises FileNotFoundError."""
    named = os.environ.get("COACHVISION_TEST_DATA")
    folder = Path(named) if named else Path(__file__).parents[2] / "shared" / "data"
    if not (folder / "INDEX.json").is_file():
        raise FileNotFoundError(f"the test videos are not at {folder}; COACHVISION_TEST_DATA names another place")
    return folder


def clips_with_people() -> list[Path]:
    """Those clips, in a fixed order."""
    return [data() / name for name in _WITH_PEOPLE]
