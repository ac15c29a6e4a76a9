"""Which numbers come first: the joints that the movement shows in, told surely before guessed."""

from __future__ import annotations

from coachvision.core.results import Metric
from coachvision.services.export.numbers import _most_moved


def extent(side: str, joint: str, degrees: float, uncertainty: float | None = 5.0) -> Metric:
    return Metric(f"angle.{side}_{joint}.range", 1, degrees, "deg", uncertainty, "", "")


def test_the_joint_that_moved_most_leads_and_guessed_ones_come_last() -> None:
    metrics = (
        extent("left", "knee", 9.0),
        extent("right", "knee", 7.0),
        extent("left", "shoulder", 92.0),
        extent("right", "shoulder", 91.0),
        extent("left", "ankle", 120.0, None),  # out of the picture plane: nobody can say how far off
        extent("left", "elbow", 150.0),  # hidden most of the time
        extent("right", "hip", 30.0),
    )
    sure = {"angle.left_elbow": 0.2}
    found = _most_moved({metric.name: metric for metric in metrics}, sure)
    assert found == ["shoulder", "hip", "knee", "elbow", "ankle"]


def test_a_side_that_is_seen_speaks_for_its_joint() -> None:
    metrics = (extent("left", "knee", 40.0), extent("right", "knee", 130.0), extent("left", "hip", 60.0))
    assert _most_moved({m.name: m for m in metrics}, {"angle.right_knee": 0.1}) == ["hip", "knee"]
