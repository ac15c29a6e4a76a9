"""A moved joint is in the angles at once, and taken back out again; a plugin that misbehaves costs itself alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import psutil
import pytest

from coachvision import paths
from coachvision.core.calibration import Calibration
from coachvision.errors import Cancelled, CoachVisionError
from coachvision.library import Library
from coachvision.library.records import AnnotationChanges, Correction
from coachvision.services.marks import MarkChanges, read_marks, save_marks
from coachvision.services.recompute import Worker, fingerprint, needs_it, recompute, recompute_session
from coachvision.services.session import read_session
from tests.support import sessions
from tests.support.plugins import write_pose_plugin

FRAME = 30


@pytest.fixture
def kept(tmp_path: Path) -> tuple[Library, str]:
    """A library with the drawn squat; closed by its own test's end."""
    library = Library.open(tmp_path / "library")
    return library, sessions.keep(library, tmp_path / "film.mp4")


def test_a_moved_knee_changes_the_knees_angle_there_and_back(kept: tuple[Library, str]) -> None:
    library, session = kept
    with library:
        recompute_all(library, session)
        before = library.series(session, "angle.left_knee", 1).values.copy()
        pts = int(sessions.timeline().pts[FRAME])
        knee = library.tracks(session, "pose")[0].point("left_knee")[FRAME]
        # The knee moved by 25 pixels of a thigh and shin of 55: some tens of degrees.
        moved = Correction("pose", "pose", 1, "left_knee", pts, float(knee[0]) + 25, float(knee[1]))
        library.annotations.save(session, AnnotationChanges(corrected=(moved,)))
        assert recompute_session(library, session)
        after = library.series(session, "angle.left_knee", 1).values
        assert abs(after[FRAME] - before[FRAME]) > 10
        # Elsewhere nothing changed but what the filter carries over.
        assert np.nanmax(np.abs(after[:15] - before[:15])) < 1.0
        assert not recompute_session(library, session)
        library.annotations.save(session, AnnotationChanges(uncorrected=(moved,)))
        assert recompute_session(library, session)
        assert library.series(session, "angle.left_knee", 1).values == pytest.approx(before, nan_ok=True)
        # The analyzer's own pose was never touched.
        assert library.result(session, "pose").tracks[0].corrected is None


def recompute_all(library: Library, session: str) -> None:
    """The drawn squat's angles are made up: the real ones in their place, as after an analysis."""
    options = {**library.session(session).options, "numbers_made_with": "something else"}
    library.update_session(session, options=options)
    assert recompute_session(library, session)


def test_the_scale_reaches_the_analyzers(kept: tuple[Library, str]) -> None:
    library, session = kept
    with library:
        write_pose_plugin(
            paths.plugin_dir(), "scaled",
            "Result(metrics=(Metric('scaled.frames', 1, video.calibration.metres_per_pixel((0, 0)) if video.calibration"
            " else 0.0, 'm', None, 'told'),))",
        )  # fmt: skip
        whole, worker = read_session(library, session), Worker()
        library.save_run(session, "scaled", "1.0.0", {}, whole.runs[0].result, whole.film.timeline)
        try:
            whole = read_session(library, session)
            scale = Calibration.from_line(2.0, (0, 0), (100, 0))
            tracks = [track for _, track in whole.tracks()]
            assert metric(recompute(whole, tracks, scale, worker)) == pytest.approx(0.02)
            assert metric(recompute(whole, tracks, None, worker)) == 0.0
        finally:
            worker.close()


def metric(runs: tuple[object, ...]) -> float:
    for run in runs:
        for one in run.result.metrics:  # type: ignore[attr-defined]  # a run of the library
            if one.name == "scaled.frames":
                return float(one.value)
    raise AssertionError("the analyzer gave nothing")


@pytest.mark.parametrize("what", ["1 / 0", "__import__('os')._exit(1)", "exit(3)"])
def test_a_plugin_that_misbehaves_costs_itself_alone(kept: tuple[Library, str], what: str) -> None:
    library, session = kept
    with library:
        write_pose_plugin(paths.plugin_dir(), "bad", what)
        whole, worker = read_session(library, session), Worker()
        library.save_run(session, "bad", "1.0.0", {}, whole.runs[0].result, whole.film.timeline)
        try:
            whole = read_session(library, session)
            tracks = [track for _, track in whole.tracks()]
            if "_exit" in what:
                with pytest.raises(CoachVisionError, match="could not be computed"):
                    recompute(whole, tracks, None, worker)
                return
            runs = {run.analyzer: run for run in recompute(whole, tracks, None, worker)}
            assert runs["bad"].error
            assert runs["angles"].error is None
            assert len(runs["angles"].result.series) > 4
        finally:
            worker.close()


def test_cancelling_ends_the_child(kept: tuple[Library, str]) -> None:
    library, session = kept
    with library:
        whole, worker = read_session(library, session), Worker()
        with pytest.raises(Cancelled):
            recompute(whole, [], None, worker, cancelled=lambda: True)
        assert not [child for child in psutil.Process().children() if "analysis.again" in " ".join(child.cmdline())]


def test_a_crash_between_correction_and_numbers_is_noticed(kept: tuple[Library, str]) -> None:
    library, session = kept
    with library:
        assert not needs_it(library, session, read_marks(library, session))
        key = ("pose", "pose", 1, "left_knee", 0)
        save_marks(library, session, MarkChanges(corrections={key: (1.0, 2.0)}), sessions.timeline())
        assert needs_it(library, session, read_marks(library, session))
        assert fingerprint({key: (1.0, 2.0)}, None) != fingerprint({key: (1.0, 2.5)}, None)
