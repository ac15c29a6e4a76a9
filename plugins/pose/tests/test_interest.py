"""The athlete of interest is the large, central, active one who stays; and furniture is nobody."""

from __future__ import annotations

import numpy as np
import pytest

from coachvision.plugins.testing import make_video
from coachvision_pose.crew import Crew
from coachvision_pose.interest import activity, most_interesting
from coachvision_pose.landmarker import Pose
from coachvision_pose.outcome import build
from coachvision_pose.roi import Roi
from coachvision_pose.tracking import Athlete, Sight

VIDEO = make_video(60, 640, 480)


def athlete(
    x: float = 320, size: float = 200, move: float = 2.0, frames: range = range(60), score: float = 1.0
) -> Athlete:
    """Hips at x; all landmarks go up and down by `move` pixels a frame."""
    one = Athlete(Roi(x, 240, size))
    for i in frames:
        centre = np.array([x, 240 + move * (i % 2)], np.float32)
        alignment = np.stack([centre, centre - (0, size / 2)]).astype(np.float32)
        sure = np.full(33, 0.9, np.float32)
        found = Pose.of(np.tile(centre, (33, 1)), sure, np.zeros((33, 3), np.float32), alignment, score)
        one.sights.append(Sight(i, int(VIDEO.timeline.pts[i]), float(VIDEO.timeline.seconds[i]), found))
    one.calls = len(one.sights)
    return one


@pytest.mark.parametrize(
    "other",
    [athlete(size=90), athlete(x=20), athlete(move=0.0), athlete(frames=range(20))],
    ids=["smaller", "at the edge", "standing still", "leaving soon"],
)
def test_the_athlete_of_interest(other: Athlete) -> None:
    star = athlete()
    assert most_interesting([other, star], VIDEO) is star


def test_activity_is_in_body_sizes_a_second() -> None:
    assert activity(athlete(move=2.0, size=200)) == pytest.approx(2.0 / 200 * 30, rel=1e-3)
    assert activity(athlete(frames=range(1))) == 0.0


def crew_of(*people: Athlete) -> Crew:
    crew = Crew(4, 0.5)
    crew.everyone = list(people)
    return crew


def times() -> list[tuple[int, int]]:
    return [(i, int(pts)) for i, pts in enumerate(VIDEO.timeline.pts)]


def test_nobody_gives_a_warning_and_nothing_else() -> None:
    result = build(crew_of(), times(), VIDEO, repair_sides=True)
    assert result.warnings == ("No athlete in view",)
    assert result.subjects == ()


def test_furniture_beside_a_person_is_left_out() -> None:
    chair, short = athlete(x=100, score=0.8), athlete(x=500, frames=range(3))
    result = build(crew_of(chair, athlete(), short), times(), VIDEO, repair_sides=False)
    assert [subject.of_interest for subject in result.subjects] == [True]
    assert result.tracks[0].points[0, 0, 0] == pytest.approx(320)


def test_someone_doubtful_is_better_than_nobody() -> None:
    result = build(crew_of(athlete(score=0.8)), times(), VIDEO, repair_sides=False)
    assert len(result.subjects) == 1


def test_a_gap_in_view_is_a_gap_in_the_track() -> None:
    gone = athlete(frames=range(10, 20))
    gone.sights += athlete(frames=range(30, 40)).sights
    gone.calls = 21
    result = build(crew_of(gone), times(), VIDEO, repair_sides=True)
    track = result.track("pose", 1)
    assert len(track.pts) == 30
    assert np.isnan(track.points[10:20]).all()
    assert not np.isnan(track.points[:10]).any()
    assert (track.confidence[10:20] == 0).all()
    assert {metric.name: metric.value for metric in result.metrics} == {"pose.frames": 20, "pose.network_calls": 21}
    assert (result.subjects[0].first_pts, result.subjects[0].last_pts) == (track.pts[0], track.pts[-1])


def test_a_hand_that_reaches_into_the_picture_is_no_athlete() -> None:
    """The network adds the body that it has to belong to, beyond the edge."""
    hand = athlete(x=-15, score=0.7)
    nobody = build(crew_of(hand), times(), VIDEO, repair_sides=True)
    assert (nobody.tracks, nobody.warnings) == ((), ("No athlete in view",))
    # Doubtful, but with a trunk in the picture: better than nobody.
    assert build(crew_of(athlete(x=15, score=0.7)), times(), VIDEO, repair_sides=True).tracks
