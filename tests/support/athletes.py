"""A synthetic athlete's session with the truth as its pose, in a library: a real film, no network to run."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from coachvision.core.landmarks import LANDMARKS
from coachvision.core.results import Result, Series, Subject, Track
from coachvision.library import Library
from coachvision.synth.render import render
from coachvision.synth.scene import AthleteScene
from coachvision.video.facts import VideoFacts
from coachvision.video.probe import probe_here


def true_pose(scene: AthleteScene, facts: VideoFacts) -> Result:
    """The scene's own landmarks as the pose analyzer would give them; what the truth does not know stays unseen."""
    truth = scene.truth
    points = np.full((len(facts.timeline), len(LANDMARKS), 2), np.nan, np.float32)
    sure = np.zeros((len(facts.timeline), len(LANDMARKS)), np.float32)
    for name, places in truth.landmarks.items():
        points[:, LANDMARKS.index(name)] = places
        sure[:, LANDMARKS.index(name)] = 0.95
    pts = facts.timeline.pts
    subject = Subject(1, int(pts[0]), int(pts[-1]), of_interest=True)
    return Result(tracks=(Track("pose", 1, LANDMARKS, pts, points, sure),), subjects=(subject,))


def keep(library: Library, scene: AthleteScene, film: Path, title: str = "Squats") -> str:
    """Film the scene and keep it as a session with its true pose and angles; returns the session's id."""
    render(scene, film)
    facts = probe_here(film)
    session = library.create_session(library.add_video(film, facts), athlete="Anna Müller", title=title)
    library.save_run(session, "pose", "1.0.0", {}, true_pose(scene, facts), facts.timeline)
    angles = Result(
        series=tuple(
            Series(name, 1, "deg", facts.timeline.pts, np.asarray(values, np.float64))
            for name, values in scene.truth.angles.items()
        )
    )
    library.save_run(session, "angles", "1.0.0", {}, angles, facts.timeline)
    return session
