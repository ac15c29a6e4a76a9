"""One pass over frames, forward or backward: looks for people, asks the landmark network, tells the crew.

The landmark network works in a thread of its own while the next frame is being decoded: its answers about a frame are
taken when the next one comes. Cutting out the regions stays in the caller's thread, to which the frame belongs.
For `analyzer` and `rewind`.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor

from coachvision.plugins.api import Frame, Region
from coachvision_pose.choice import find_chosen
from coachvision_pose.crew import Answer, Crew
from coachvision_pose.cuts import CutFinder
from coachvision_pose.detector import Detection
from coachvision_pose.landmarker import INPUT, Landmarker, Pose
from coachvision_pose.roi import CutOut
from coachvision_pose.search import Search
from coachvision_pose.tracking import Athlete, Sight

# With room for more people, the whole frame is searched this often while somebody is followed: more often while people
# come and go, and for so long after the last of them came.
_SEARCH_EVERY_S = 0.2
_SEARCH_SELDOM_S = 0.5
_COMING_S = 2.0
# With nobody in view, every so many frames one tile is searched as well.
_TILE_EVERY = 4

# Around the place of a loss, a square of so many body sizes is searched.
_NEAR_LOSS = 2.5

_Look = tuple[Athlete, CutOut]


class Follower:
    """Feed it frames in order (rising or falling), then close it. far: search tile by tile while nobody is in view."""

    def __init__(self, crew: Crew, search: Search, landmarker: Landmarker, *, far: bool) -> None:
        self._crew = crew
        self._search = search
        self._landmarker = landmarker
        self._far = far
        self._cuts = CutFinder()
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="pose")
        self._asked: tuple[Frame, list[_Look], Future[list[Pose]]] | None = None
        self._searched_s: float | None = None
        self._came_s: float | None = None
        self._frames = 0
        self._searching = True

    def frame(self, frame: Frame, region: Region | None = None, *, search: bool = True) -> None:
        """region: the coach's box on this very frame. search: whether people may be looked for."""
        self._frames += 1
        self._searching = search
        self._take_answers()
        if self._cuts.is_cut(frame):
            self._crew.cut()
        if region is not None:
            self._crew.choose(*find_chosen(region, frame, self._search, self._crew.active))
        elif search:
            self._look_for_people(frame)
        self._ask(frame)

    def close(self) -> None:
        """Take the last answers and end the thread."""
        self._take_answers()
        self._worker.shutdown()

    def _look_for_people(self, frame: Frame) -> None:
        crew = self._crew
        if crew.active:
            if crew.has_room and self._search_is_due(frame.time_s):
                self._searched_s = frame.time_s
                before = len(crew.active)
                crew.admit([*self._near_loss(frame), *self._search.whole(frame)])
                if len(crew.active) > before:
                    self._came_s = frame.time_s
            return
        self._searched_s = frame.time_s
        found = self._search.whole(frame) or self._near_loss(frame)
        if not found and self._far and self._frames % _TILE_EVERY == 0:
            found = self._search.next_tile(frame)
        crew.admit(found)

    def _search_is_due(self, time_s: float) -> bool:
        if self._came_s is None:
            self._came_s = time_s
        if self._searched_s is None:
            return True
        busy = abs(time_s - self._came_s) < _COMING_S or self._crew.missed(time_s) is not None
        return abs(time_s - self._searched_s) >= (_SEARCH_EVERY_S if busy else _SEARCH_SELDOM_S)

    def _near_loss(self, frame: Frame) -> list[Detection]:
        """People near where somebody was lost just now, seen larger than in the whole frame."""
        missed = self._crew.missed(frame.time_s)
        if missed is None:
            return []
        x, y = missed.expected(frame.time_s)
        side = _NEAR_LOSS * missed.last.size
        return self._search.square(frame, x - side / 2, y - side / 2, side)

    def _ask(self, frame: Frame) -> None:
        looks = self._looks(frame, self._crew.active)
        if looks:
            self._asked = (frame, looks, self._worker.submit(self._answer, looks))

    def _take_answers(self) -> None:
        if self._asked is None:
            return
        (frame, looks, future), self._asked = self._asked, None
        self._crew.receive(_answers(frame, looks, future.result()))
        if self._searching and len(self._crew.active) < len(looks):
            # Somebody's region lost its body: search that same frame, so that no frame is missed by a slip.
            followed = list(self._crew.active)
            self._crew.admit(self._near_loss(frame))
            again = self._looks(frame, [athlete for athlete in self._crew.active if athlete not in followed])
            self._crew.receive(_answers(frame, again, self._answer(again)))

    @staticmethod
    def _looks(frame: Frame, athletes: Iterable[Athlete]) -> list[_Look]:
        at = [(athlete, athlete.roi) for athlete in athletes]
        size = (INPUT, INPUT)
        return [(who, CutOut(roi, frame.sample(roi.to_frame(INPUT), size))) for who, roi in at if roi is not None]

    def _answer(self, looks: list[_Look]) -> list[Pose]:
        return [self._landmarker.find(cut.picture, cut.roi) for _, cut in looks]


def _answers(frame: Frame, looks: list[_Look], poses: list[Pose]) -> list[Answer]:
    return [
        Answer(athlete, Sight(frame.index, frame.pts, frame.time_s, pose), cut)
        for (athlete, cut), pose in zip(looks, poses, strict=True)
    ]
