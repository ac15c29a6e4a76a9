"""A coach's sessions come back as they were stored, with exact times and everything that the analyzers found."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from coachvision.core.results import Result
from coachvision.core.time import Timeline
from coachvision.errors import LibraryError
from coachvision.library import Library
from coachvision.library.records import Run, VideoRow
from tests.library.samples import FACTS, FRAMES, PTS, TIMELINE, example_result


def test_a_session_is_listed_with_its_athlete_video_tags_and_analyzers(
    library: Library, session: str, result: Result
) -> None:
    library.save_run(session, "pose", "1.0.0", {}, result, TIMELINE)
    (row,) = library.sessions()
    assert (row.id, row.athlete, row.title) == (session, "Änna Müller", "Kniebeuge")
    assert row.source_name == "Squat Anna.MP4"
    assert (row.duration_s, row.tags, row.analyzers) == (FACTS.duration_s, ("technique",), ("pose",))


def test_a_run_comes_back_whole_after_the_library_was_closed(
    library: Library, session: str, result: Result, tmp_path: Path
) -> None:
    library.save_run(session, "pose", "1.2.3", {"people": 4, "mode": "full"}, result, TIMELINE)
    library.close()
    with Library.open(tmp_path / "library") as again:
        found = again.result(session, "pose")
        opened = again.session(session)
    for mine, theirs in zip(result.tracks, found.tracks, strict=True):
        np.testing.assert_array_equal(mine.pts, theirs.pts)
        np.testing.assert_array_equal(mine.points, theirs.points)
        np.testing.assert_array_equal(mine.confidence, theirs.confidence)
        assert (mine.name, mine.subject, mine.names) == (theirs.name, theirs.subject, theirs.names)
    first, second = found.tracks
    np.testing.assert_array_equal(first.world, result.tracks[0].world)
    assert second.world is None
    np.testing.assert_array_equal(found.series[0].raw, result.series[0].raw)
    assert found.series[1].raw is None
    assert found.subjects == result.subjects
    assert found.events[1] == result.events[1]
    assert found.metrics[0] == result.metrics[0]
    (run,) = opened.runs
    assert (run.analyzer, run.version, run.parameters) == ("pose", "1.2.3", {"people": 4, "mode": "full"})
    assert run.warnings == result.warnings


def test_times_are_kept_as_ticks_and_as_real_seconds(library: Library, session: str, result: Result) -> None:
    library.save_run(session, "reps", "1", {}, result, TIMELINE)
    opened = library.session(session)
    contact, rep = opened.events
    assert (rep.start_pts, rep.end_pts) == (PTS[10], PTS[40])
    assert rep.start_s == TIMELINE.seconds[10]
    assert rep.end_s == TIMELINE.seconds[40]
    assert contact.end_s is None
    assert rep.values["depth_deg"] == 95.5
    assert math.isnan(rep.values["lost"])
    assert opened.subjects[1].first_s == TIMELINE.seconds[5]
    assert opened.metrics[0].value == 112.5
    assert math.isnan(opened.metrics[1].value)
    assert [(s.name, s.subject, s.samples) for s in opened.series] == [
        ("angle.left_knee", 1, FRAMES),
        ("angle.left_knee", 2, FRAMES - 5),
    ]


def test_slow_motion_keeps_its_own_time_scale(library: Library, session: str, video: VideoRow, result: Result) -> None:
    slow = Timeline(PTS, TIMELINE.time_base, 1 / 8)
    library.save_run(session, "reps", "1", {}, result, slow)
    assert library.session(session).events[1].start_s == pytest.approx(TIMELINE.seconds[10] / 8)
    assert library.session_timeline(session).time_scale == 1 / 8
    assert library.sessions()[0].duration_s == pytest.approx(video.duration_s / 8)
    assert library.timeline(video.sha256).time_scale == 1.0
    np.testing.assert_array_equal(library.timeline(video.sha256).pts, PTS)
    assert library.timeline(video.sha256).time_base == TIMELINE.time_base


def test_a_series_without_a_subject_is_that_of_the_athlete_of_interest(
    library: Library, session: str, result: Result
) -> None:
    library.save_run(session, "angles", "1", {}, result, TIMELINE)
    assert library.series(session, "angle.left_knee").subject == 2
    np.testing.assert_array_equal(library.series(session, "angle.left_knee", 1).values, result.series[0].values)
    with pytest.raises(LibraryError) as error:
        library.series(session, "angle.left_elbow")
    assert "angle.left_knee" in error.value.hint


def test_a_second_run_of_an_analyzer_replaces_the_first(library: Library, session: str, result: Result) -> None:
    library.save_run(session, "angles", "1", {}, result, TIMELINE)
    library.save_run(session, "pose", "1", {}, replace(result, series=()), TIMELINE)
    library.save_run(session, "angles", "2", {}, example_result(90.0), TIMELINE)
    opened = library.session(session)
    assert sorted((run.analyzer, run.version) for run in opened.runs) == [("angles", "2"), ("pose", "1")]
    assert library.series(session, "angle.left_knee", 1).values[-1] == 90.0
    assert len(list(library.folder(session).glob("runs/*.npz"))) == 2


def test_a_session_stored_in_one_step_has_everything_and_a_failed_one_leaves_nothing(
    library: Library, video: VideoRow, result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = [Run("pose", "1", {}, result), Run("angles", "1", {}, Result(), error="it hung")]
    with monkeypatch.context() as patch:
        patch.setattr("coachvision.library.search.index", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            library.create_session(video, runs=runs, timeline=TIMELINE)
    assert library.sessions() == []
    assert library.check(deep=True) == []
    proxy = library.scratch / "proxy"
    proxy.mkdir()
    (proxy / "0.mp4").write_bytes(b"picture")
    made = library.create_session(
        video, runs=runs, timeline=TIMELINE, warnings=["dark"], files={"proxy": proxy}, options={"start_s": 1.5}
    )
    session = library.session(made)
    assert [(run.analyzer, run.error) for run in session.runs] == [("pose", None), ("angles", "it hung")]
    assert (session.rev, session.warnings, session.options) == (1, ("dark",), {"start_s": 1.5})
    assert (library.folder(made) / "proxy" / "0.mp4").read_bytes() == b"picture"
    assert library.check(deep=True) == []


def test_a_session_is_found_by_the_start_of_its_id(library: Library, session: str, video: VideoRow) -> None:
    assert library.session(session[:6]).id == session
    for wrong, words in ((session[:5], "too short"), ("ffffffffff", "No such session")):
        with pytest.raises(LibraryError, match=words):
            library.session(wrong)


def test_an_unknown_run_names_those_there_are(library: Library, session: str, result: Result) -> None:
    library.save_run(session, "pose", "1", {}, result, TIMELINE)
    with pytest.raises(LibraryError, match="it has pose"):
        library.result(session, "angles")


def test_title_note_and_athlete_can_be_changed(library: Library, session: str) -> None:
    before = library.session(session)
    changed = library.update_session(session, title="Squat", note="hips first", athlete="Ben")
    after = library.session(session)
    assert changed.sessions == (session,)
    assert (after.title, after.note, after.athlete) == ("Squat", "hips first", "Ben")
    assert after.warnings == before.warnings == ("dark",)
    assert after.rev == before.rev + 1
    library.update_session(session, athlete="")
    assert library.session(session).athlete is None


def test_a_page_of_many_sessions_comes_newest_first(library: Library, video: VideoRow) -> None:
    made = [library.create_session(video, title=str(number)) for number in range(7)]
    assert [row.id for row in library.sessions(limit=3)] == made[:-4:-1]
    assert [row.id for row in library.sessions(limit=3, offset=3)] == made[3:0:-1]
