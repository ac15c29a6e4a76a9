"""The pose analyzer that CoachVision loads: landmarks of every athlete in every frame, forward and back from a box."""

from __future__ import annotations

from coachvision.plugins.api import Frame, Parameters, Result, Video
from coachvision_pose.crew import Crew
from coachvision_pose.follower import Follower
from coachvision_pose.landmarker import Landmarker
from coachvision_pose.outcome import build, star_of
from coachvision_pose.rewind import Rewind
from coachvision_pose.search import Search


class PoseAnalyzer:
    """Track `pose` of every subject: 33 landmarks, confidence, world; subjects; counts of frames and network calls."""

    def start(self, video: Video, params: Parameters) -> None:
        self._video = video
        self._people = int(params["people"])
        self._far = bool(params["far"])
        self._repair_sides = bool(params["repair_sides"])
        self._search = Search()
        self._landmarker = Landmarker()
        self._crew = Crew(self._people, float(params["min_confidence"]))
        self._follower = Follower(self._crew, self._search, self._landmarker, far=self._far)
        self._regions = {region.index: region for region in video.regions}
        self._first_region = min(self._regions, default=video.first)
        self._times: list[tuple[int, int]] = []
        self._rewind: Rewind | None = None

    def frame(self, frame: Frame) -> None:
        self._times.append((frame.index, frame.pts))
        # Whoever alone is wanted and boxed later is found backward from the box, not by a guess before it.
        search = self._people > 1 or frame.index >= self._first_region
        self._follower.frame(frame, self._regions.get(frame.index), search=search)

    def backward_from(self) -> int | None:
        """The first frame in which the athlete of interest was seen, if that is not the first of all.

        The coach's own is looked for all the way back. Any other is followed back from where the search, which looks at
        the whole frame only now and then, came upon it.
        """
        self._follower.close()
        star = star_of(self._crew, self._video)
        if star is None or star.sights[0].index <= self._video.first:
            return None
        patient = star is self._crew.chosen
        self._rewind = Rewind(star, self._crew, self._search, self._landmarker, patient=patient)
        return star.sights[0].index

    def backward(self, frame: Frame) -> bool:
        return self._rewind is not None and self._rewind.frame(frame)

    def finish(self) -> Result:
        self._follower.close()
        if self._rewind is not None:
            self._rewind.join(self._crew.everyone)
        return build(self._crew, self._times, self._video, repair_sides=self._repair_sides)
