"""The analyzer that CoachVision loads: from each athlete's pose track to angles, their extremes and asymmetry.

Where a scale is given, places and speeds in metres as well.
"""

from __future__ import annotations

from collections.abc import Mapping

from coachvision.plugins.api import Metric, Parameters, Result, Series, Track, Video, cleaning
from coachvision_angles.body import Body
from coachvision_angles.measures import asymmetries, extremes, too_unsure
from coachvision_angles.places import places
from coachvision_angles.series import joint_series, segment_series
from coachvision_angles.viewing import judge

_FEWEST_SAMPLES = 3


class AnglesAnalyzer:
    """Angles of every athlete that the `pose` analyzer found."""

    def compute(self, results: Mapping[str, Result], video: Video, params: Parameters) -> Result:
        """Series `angle.<side>_<joint>` and `segment.<name>` in degrees, with a scale those of `places`."""
        settings = cleaning.Cleaning(
            min_confidence=float(params["min_confidence"]),
            max_gap_s=float(params["max_gap_s"]),
            low_pass=bool(params["filter"]),
            cutoff_hz=float(params["cutoff_hz"]),
        )
        in_space = params["source"] == "world"
        series: list[Series] = []
        metrics: list[Metric] = []
        warnings: list[str] = []
        pose = results.get("pose", Result())
        tracks = [track for track in pose.tracks if track.name == "pose"]
        if not tracks:
            warnings.append("No athlete's pose was found, so there are no angles.")
        for track in tracks:
            if len(track.pts) < _FEWEST_SAMPLES:
                continue
            if in_space and track.world is None:
                warnings.append(f"Athlete {track.subject}: the pose has no depth, so angles are those of the picture.")
            of_one = _athlete(track, video, settings, in_space=in_space and track.world is not None)
            series.extend(of_one.series)
            metrics.extend(of_one.metrics)
            warnings.extend(of_one.warnings)
        return Result(series=tuple(series), metrics=tuple(metrics), warnings=tuple(warnings))


def _athlete(track: Track, video: Video, settings: cleaning.Cleaning, *, in_space: bool) -> Result:
    body = Body.from_track(track, video, settings, in_space=in_space)
    joints = joint_series(body)
    view = judge(body, joints)
    measured = [(angle, extremes(body, angle, view)) for angle in joints]
    vague = [f"{angle.side} {angle.joint}" for angle, found in measured if too_unsure(found)]
    metrics = [metric for _, found in measured if not too_unsure(found) for metric in found]
    warnings = view.warnings
    if vague:
        said = f"Athlete {track.subject}: {', '.join(vague)} too small or too unsteady in the picture to be measured."
        warnings = (*warnings, said)
    lengths = places(body, video)
    return Result(
        series=(*(angle.series for angle in joints), *segment_series(body), *lengths.series),
        metrics=(*metrics, *asymmetries(metrics), *lengths.metrics),
        warnings=warnings,
    )
