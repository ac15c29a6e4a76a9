"""From everyone followed to the analyzer's `Result`. For `analyzer`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from coachvision.plugins.api import LANDMARKS, Metric, Result, Subject, Track, Video
from coachvision_pose.crew import Crew
from coachvision_pose.interest import most_interesting
from coachvision_pose.sides import exchanged
from coachvision_pose.strays import trimmed
from coachvision_pose.tracking import SURE_SCORE, Athlete

# People are seen with a score near 1 and stay; furniture and reflections score lower and flicker.
_LEAST_SIGHTS = 5
# Of the sights of somebody doubtful, in which the trunk is in the picture.
_TRUNK_SHARE = 0.5


def build(crew: Crew, times: Sequence[tuple[int, int]], video: Video, *, repair_sides: bool) -> Result:
    """times: index and pts of every frame seen, in order."""
    athletes = _lasting(crew.everyone, crew.chosen, video)
    if not athletes:
        return Result(warnings=("No athlete in view",))
    star = star_of(crew, video)
    tracks, metrics, subjects = [], [], []
    for athlete in athletes:
        athlete.sights = trimmed(athlete.sights)
    for number, athlete in enumerate(athletes, start=1):
        tracks.append(_track(athlete, number, times, repair_sides=repair_sides))
        first, last = athlete.sights[0].pts, athlete.sights[-1].pts
        subjects.append(Subject(number, first, last, of_interest=athlete is star))
        metrics += _counts(athlete, number)
    in_vain = crew.chosen is not None and not crew.chosen.sights
    warnings = ("No athlete was found in the box; the athlete was chosen automatically",) if in_vain else ()
    return Result(tracks=tuple(tracks), metrics=tuple(metrics), subjects=tuple(subjects), warnings=warnings)


def star_of(crew: Crew, video: Video) -> Athlete | None:
    """The athlete of interest: the coach's own if found, else the most interesting one; None with nobody in view."""
    athletes = _lasting(crew.everyone, crew.chosen, video)
    if crew.chosen in athletes:
        return crew.chosen
    return most_interesting(athletes, video) if athletes else None


def _lasting(athletes: Sequence[Athlete], chosen: Athlete | None, video: Video) -> list[Athlete]:
    """Those who were surely there; if nobody was, the one seen longest, if a trunk was seen; the coach's own always."""
    seen = [athlete for athlete in athletes if athlete.sights]
    sure = [athlete for athlete in seen if athlete is chosen or _is_sure(athlete)]
    bodies = [athlete for athlete in seen if _trunk_in_view(athlete, video)]
    return sure or sorted(bodies, key=lambda athlete: -len(athlete.sights))[:1]


def _trunk_in_view(athlete: Athlete, video: Video) -> bool:
    """Whether hips and shoulders lie within the picture in most sights.

    To a hand that reaches in the network adds an arm, and beyond the picture's edge a body that nobody sees.
    """
    trunks = np.array([sight.pose.trunk for sight in athlete.sights])
    inside = ((trunks >= 0) & (trunks <= [video.width, video.height])).all(axis=(1, 2))
    return bool(np.mean(inside) >= _TRUNK_SHARE)


def _is_sure(athlete: Athlete) -> bool:
    scores = [sight.pose.score for sight in athlete.sights]
    return len(scores) >= _LEAST_SIGHTS and float(np.median(scores)) >= SURE_SCORE


def _track(athlete: Athlete, number: int, times: Sequence[tuple[int, int]], *, repair_sides: bool) -> Track:
    """From the first to the last sight, with gaps where the athlete was out of view."""
    sights = athlete.sights
    span = [(index, pts) for index, pts in times if sights[0].index <= index <= sights[-1].index]
    row = {index: i for i, (index, _) in enumerate(span)}
    shape = (len(span), len(LANDMARKS))
    points = np.full((*shape, 2), np.nan, np.float32)
    world = np.full((*shape, 3), np.nan, np.float32)
    confidence = np.zeros(shape, np.float32)
    sizes = np.ones(len(span))
    seconds = np.zeros(len(span))
    for sight in sights:
        at = row[sight.index]
        points[at], world[at], confidence[at] = sight.pose.points, sight.pose.world, sight.pose.confidence
        sizes[at], seconds[at] = max(sight.size, 1.0), sight.time_s
    if repair_sides:
        for part in _runs(np.isfinite(points[:, 0, 0])):
            order = exchanged(points[part], confidence[part], sizes[part], seconds[part])
            rows = np.arange(len(order))[:, None]
            for values in (points, world, confidence):
                values[part] = values[part][rows, order]
    pts = np.array([pts for _, pts in span], np.int64)
    return Track("pose", number, LANDMARKS, pts, points, confidence, world)


def _runs(seen: NDArray[np.bool_]) -> list[slice]:
    """The stretches without a gap: across one, motion tells nothing of sides."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], seen.astype(np.int8), [0]])))
    return [slice(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True)]


def _counts(athlete: Athlete, number: int) -> list[Metric]:
    return [
        Metric("pose.frames", number, len(athlete.sights), "1", 0.0, "frames in view", "Frames in view"),
        Metric(
            "pose.network_calls",
            number,
            athlete.calls,
            "1",
            0.0,
            "runs of the landmark network: one for each frame in view and one for each loss",
            "Landmark-network calls",
        ),
    ]
