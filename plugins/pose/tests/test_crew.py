"""Who is who, on made-up people: crossings, losses, returns, cuts, furniture."""

from __future__ import annotations

import numpy as np
import pytest

from coachvision_pose import identity
from coachvision_pose.crew import Answer, Crew
from coachvision_pose.detector import Detection
from coachvision_pose.landmarker import Pose
from coachvision_pose.roi import CutOut, Roi
from coachvision_pose.tracking import Athlete, Sight

FPS = 30
SIZE = 200.0  # body circle, pixels
RED, BLUE, GREEN = (200, 20, 20), (20, 40, 200), (20, 180, 40)


def pose(x: float, y: float = 300.0, *, size: float = SIZE, score: float = 1.0) -> Pose:
    """A standing figure: hips at (x, y), shoulders a quarter of the body above."""
    points = np.tile(np.array([x, y], np.float32), (33, 1))
    points[[11, 12], 1] -= size / 4
    points[25:, 1] += size / 4
    alignment = np.array([[x, y], [x, y - size / 2]], np.float32)
    sure = np.full(33, 0.9, np.float32)
    return Pose.of(points, sure, np.zeros((33, 3), np.float32), alignment, score)


def cut_of(x: float, colour: tuple[int, int, int]) -> CutOut:
    return CutOut(Roi(x, 300, SIZE * 1.25), np.full((256, 256, 3), colour, np.uint8))


def detection(x: float, y: float = 300.0, *, size: float = SIZE) -> Detection:
    points = np.array([[x, y], [x, y - size / 2], [x, y - size / 4], [x, y - size / 3]], np.float32)
    return Detection(np.array([x - 20, y - 100, x + 20, y - 60], np.float32), points, 0.9)


class Stage:
    """Feeds a crew with people whose true places are given as (x, colour); all are detected when looked for."""

    def __init__(self, people: int = 4) -> None:
        self.crew = Crew(people, 0.5)
        self.index = 0

    def show(self, *there: tuple[float, tuple[int, int, int]], search: bool = True, sure: float = 1.0) -> list[Athlete]:
        """One frame; each region sees the person nearest to it, or nobody beyond half a body. sure: the score."""
        crew = self.crew
        if search:
            crew.admit([detection(x) for x, _ in there])
        answers = []
        for athlete in list(crew.active):
            assert athlete.roi is not None
            place = athlete.roi.x
            x, colour = min(there, key=lambda one: abs(one[0] - place), default=(place, RED))
            score = sure if there and abs(x - place) < SIZE / 2 else 0.1
            cut = cut_of(x, colour)
            sight = Sight(self.index, self.index * 100, self.index / FPS, pose(x, score=score))
            answers.append(Answer(athlete, sight, cut))
        crew.receive(answers)
        self.index += 1
        return crew.active

    def wait(self, seconds: float) -> None:
        for _ in range(round(seconds * FPS)):
            self.show()


def places(athlete: Athlete) -> list[float]:
    return [float(sight.hips[0]) for sight in athlete.sights]


def test_no_more_people_than_wanted_are_followed() -> None:
    stage = Stage(people=2)
    assert len(stage.show((100, RED), (400, BLUE), (700, GREEN))) == 2


def test_somebody_followed_already_is_not_taken_for_another() -> None:
    stage = Stage()
    for i in range(20):
        stage.show((100 + 5 * i, RED))
    assert len(stage.crew.everyone) == 1
    assert stage.crew.everyone[0].calls == 20


def test_one_person_detected_twice_in_a_frame_is_taken_in_once() -> None:
    crew = Crew(4, 0.5)
    crew.admit([detection(100), detection(108, size=1.1 * SIZE), detection(400)])
    assert len(crew.active) == 2


def test_two_side_by_side_are_two() -> None:
    stage = Stage()
    stage.show((100, RED), (100 + 0.35 * SIZE, BLUE))  # shoulder to shoulder
    assert len(stage.crew.active) == 2


def test_identities_survive_a_crossing() -> None:
    stage = Stage()
    for i in range(61):
        stage.show((100 + 8 * i, RED), (580 - 8 * i, BLUE), search=i % 6 == 0)
    red, blue = stage.crew.everyone
    assert len(stage.crew.everyone) == 2
    assert places(red)[0] == pytest.approx(100)
    assert places(red)[-1] == pytest.approx(580)
    assert places(blue)[0] == pytest.approx(580)
    assert places(blue)[-1] == pytest.approx(100)


def test_who_comes_out_from_behind_a_tree_is_recognized_once_seen_whole() -> None:
    stage = Stage()
    for i in range(30):
        stage.show((300 + 2 * i, RED))
    stage.wait(0.2)
    # Half of the body, and the clothes are the tree's.
    for i in range(4):
        stage.show((380 + 2 * i, GREEN), sure=0.75)
    for i in range(20):
        stage.show((388 + 2 * i, RED))
    (athlete,) = stage.crew.everyone
    assert len(athlete.sights) == athlete.calls - 1 == 54


def test_somebody_else_who_comes_out_from_behind_the_tree_stays_another() -> None:
    stage = Stage()
    for i in range(30):
        stage.show((300 + 2 * i, RED))
    stage.wait(0.2)
    for i in range(4):
        stage.show((380 + 2 * i, GREEN), sure=0.75)
    for i in range(20):
        stage.show((388 + 2 * i, BLUE))
    assert [len(one.sights) for one in stage.crew.everyone] == [30, 24]


def test_who_was_seen_beside_the_lost_one_is_not_that_one() -> None:
    """Alike, and badly seen at first, but both in view at once."""
    stage = Stage()
    for _ in range(10):
        stage.show((300, RED))
    for _ in range(4):
        stage.show((300, RED), (420, RED), sure=0.75)
    # The first leaves; the other is seen well only now.
    for _ in range(10):
        stage.show((420, RED))
    assert len(stage.crew.everyone) == 2


def test_who_is_hidden_for_a_second_comes_back_as_the_same() -> None:
    stage = Stage()
    for i in range(30):
        stage.show((100 + 2 * i, RED))
    stage.wait(1.0)
    for i in range(30):
        stage.show((200 + 2 * i, RED))
    assert len(stage.crew.everyone) == 1
    assert len(stage.crew.everyone[0].sights) == 60


@pytest.mark.parametrize(("seconds", "x", "colour"), [(1.0, 110, BLUE), (1.0, 800, RED), (5.0, 110, RED)])
def test_another_shirt_a_far_place_or_a_long_time_means_somebody_else(
    seconds: float, x: float, colour: tuple[int, int, int]
) -> None:
    stage = Stage()
    for _ in range(10):
        stage.show((100, RED))
    stage.wait(seconds)
    stage.show((x, colour))
    assert len(stage.crew.everyone) == 2


@pytest.mark.parametrize(("colour", "people"), [(RED, 1), (BLUE, 2)])
def test_a_cut_carries_an_identity_only_with_the_same_clothes(colour: tuple[int, int, int], people: int) -> None:
    stage = Stage()
    for _ in range(10):
        stage.show((100, RED))
    stage.crew.cut()
    stage.show((100, colour))
    assert len(stage.crew.everyone) == people


def test_a_region_that_found_nobody_never_becomes_a_person() -> None:
    stage = Stage()
    stage.crew.admit([detection(500)])
    stage.show(search=False)
    assert stage.crew.everyone == []
    assert stage.crew.active == []


def test_who_was_lost_just_now_is_missed_and_after_a_second_no_more() -> None:
    stage = Stage()
    for _ in range(10):
        stage.show((100, RED))
    stage.show()
    missed = stage.crew.missed(stage.index / FPS)
    assert missed is stage.crew.everyone[0]
    assert stage.crew.missed(stage.index / FPS + 1.1) is None


def test_the_body_belongs_to_the_one_expected_there_in_those_clothes() -> None:
    looks = {colour: identity_look(colour) for colour in (RED, BLUE)}
    near, far = Athlete(Roi(0, 0, 1)), Athlete(Roi(0, 0, 1))
    for athlete, x, colour in ((near, 100, RED), (far, 160, BLUE)):
        athlete.sights = [Sight(0, 0, 0.0, pose(x))]
        athlete.looks = looks[colour]
    here = Sight(1, 100, 1 / FPS, pose(105))
    assert identity.owner([far, near], [here, here], [looks[RED], looks[RED]]) == 1


def identity_look(colour: tuple[int, int, int]) -> np.ndarray:
    athlete = Athlete(Roi(0, 0, 1))
    athlete.see(Sight(0, 0, 0.0, pose(100)), cut_of(100, colour))
    assert athlete.looks is not None
    return athlete.looks


def test_an_answer_about_somebody_dismissed_meanwhile_is_ignored() -> None:
    stage = Stage()
    stage.show((100, RED), (500, BLUE))
    red, blue = stage.crew.everyone
    stage.crew.dismiss_all_but(red)
    sight = Sight(1, 100, 1 / FPS, pose(500))
    stage.crew.receive([Answer(blue, sight, cut_of(500, BLUE))])
    assert stage.crew.active == [red]
    assert blue.calls == 1  # that of the first frame


def test_the_coachs_box_moves_the_athlete_and_makes_room() -> None:
    stage = Stage(people=2)
    stage.show((100, RED), (400, BLUE))
    stage.crew.choose(Roi(700, 300, SIZE * 1.25), None)
    chosen = stage.crew.chosen
    assert chosen is not None
    assert stage.crew.active[0] is chosen
    assert len(stage.crew.active) == 2
    stage.show((700, GREEN), (100, RED), search=False)
    assert places(chosen) == [pytest.approx(700)]
    stage.crew.choose(Roi(200, 300, SIZE * 1.25), None)  # a second box corrects the first
    assert stage.crew.chosen is chosen
    assert chosen.roi == Roi(200, 300, SIZE * 1.25)
