"""A real walk with published angles: reader, pose network and angles together."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.signal import find_peaks

import coachvision_angles
import coachvision_pose
from coachvision.core.calibration import Calibration
from coachvision.plugins.api import Video, view
from coachvision.plugins.manifest import read_manifest
from coachvision.video.probe import probe_here
from coachvision.video.reader import VideoReader
from coachvision_angles.analyzer import AnglesAnalyzer
from coachvision_pose.analyzer import PoseAnalyzer

# Time in seconds and filtered left knee flexion that Sports2D publishes for this clip (another network, a 6 Hz filter).
PUBLISHED = [(3.58, 72.4), (4.79, 72.3), (6.06, 82.3)]


def _defaults(package: object) -> dict[str, object]:
    manifest = read_manifest(Path(str(package.__file__)).parent / "coachvision.toml")
    return {name: parameter.default for name, parameter in manifest.parameters.items()}


@pytest.mark.soak
def test_a_walkers_knee_and_scale_are_those_that_were_published(shared_data: Path) -> None:
    path = shared_data / "gait" / "sports2d_demo_two_persons.mp4"
    facts = probe_here(path)
    video = Video(facts.width, facts.height, facts.timeline, 0, len(facts.timeline) - 1)
    pose = PoseAnalyzer()
    pose.start(video, _defaults(coachvision_pose))
    with VideoReader(path, facts) as reader:
        for frame in reader.frames():
            pose.frame(frame)
    found = pose.finish()
    angles = AnglesAnalyzer().compute({"pose": found}, video, _defaults(coachvision_angles))
    knees = [one for one in angles.series if one.name == "angle.left_knee"]
    first = int(facts.timeline.pts[0])
    # She alone faces left for good: the man on the box waves at the camera, jumps down and runs out to the right.
    walker = min(found.tracks, key=lambda track: float(np.nanmedian(view.side_score(track)))).subject
    knee = next(one for one in knees if one.subject == walker)
    times = (knee.pts - first) * facts.timeline.tick_s
    tops, _ = find_peaks(np.nan_to_num(knee.values), height=50, prominence=20)
    for second, degrees in PUBLISHED:
        nearest = min(tops, key=lambda top: abs(times[top] - second))
        assert times[nearest] == pytest.approx(second, abs=0.1)
        # Two networks, each good to about 7 degrees: the difference to about 10.
        assert knee.values[nearest] == pytest.approx(degrees, abs=10.0)
    assert not any(f"Athlete {walker}:" in warning and "knee" in warning for warning in angles.warnings), "a side view"
    track = found.track("pose", walker)
    scale = Calibration.from_height(1.65, track, facts.timeline)
    # About 252 px/m by the published camera calibration; the scale says itself how far it may be off.
    pixels = 1.0 / scale.metres_per_pixel((0.0, 0.0))
    assert pixels == pytest.approx(252.0, rel=2.5 * scale.relative_uncertainty)
    assert scale.relative_uncertainty < 0.05
