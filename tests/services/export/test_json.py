"""Out of one library and into another: nothing is lost on the way."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from jsonschema import Draft202012Validator

from coachvision.core.calibration import Calibration
from coachvision.core.drawing import Anchor, Drawing, Joint, Seen, Tracked
from coachvision.core.results import Result
from coachvision.core.tagging import Moment
from coachvision.errors import CoachVisionError, LibraryError
from coachvision.library import Library
from coachvision.library.records import AnnotationChanges
from coachvision.library.records import Drawing as Row
from coachvision.services.export.html import export_html
from coachvision.services.export.json import export_json
from coachvision.services.marks import MarkChanges, read_marks, save_marks
from coachvision.services.reimport import import_document
from coachvision.services.session import read_session
from tests.support import sessions

PUBLISHED = Path(__file__).parents[3] / "docs" / "session.schema.json"


def assert_same(a: Result, b: Result) -> None:
    assert a.events == b.events
    assert a.metrics == b.metrics
    assert a.warnings == b.warnings
    assert [(s.name, s.subject, s.unit, s.label) for s in a.series] == [
        (s.name, s.subject, s.unit, s.label) for s in b.series
    ]
    for one, other in zip(a.series, b.series, strict=True):
        np.testing.assert_array_equal(one.pts, other.pts)
        np.testing.assert_array_equal(one.values, other.values)
    for mine, theirs in zip(a.tracks, b.tracks, strict=True):
        assert (mine.name, mine.subject, mine.names) == (theirs.name, theirs.subject, theirs.names)
        np.testing.assert_array_equal(mine.points, theirs.points)
        np.testing.assert_array_equal(mine.confidence, theirs.confidence)


def test_another_library_gets_the_very_same_session(tmp_path: Path) -> None:
    with Library.open(tmp_path / "one") as library:
        session = sessions.keep(library, tmp_path / "squat.mp4")
        export_json(library, session, tmp_path / "out.json")
        before = read_session(library, session)
    with Library.open(tmp_path / "two") as library:
        (taken,) = import_document(library, tmp_path / "out.json")
        after = read_session(library, taken.session_id)
        export_json(library, taken.session_id, tmp_path / "again.json")
    assert not taken.with_video
    assert "squat.mp4 is not in this library" in taken.warnings[0]
    assert (after.athlete, after.title, after.notes, after.tags, after.exercise, after.warnings) == (
        "Anna Müller", "Squats, heavy", "Left foot first.", ("strength",), "squat", ("The film is short.",)
    )  # fmt: skip
    assert (after.film.name, after.film.width, after.film.sha256) == ("squat.mp4", 320, before.film.sha256)
    np.testing.assert_array_equal(after.film.timeline.pts, before.film.timeline.pts)
    assert after.subjects == before.subjects
    for mine, theirs in zip(before.runs, after.runs, strict=True):
        assert (mine.analyzer, mine.version, dict(mine.parameters)) == (
            theirs.analyzer, theirs.version, dict(theirs.parameters)
        )  # fmt: skip
        assert_same(mine.result, theirs.result)
    first, second = (
        json.loads((tmp_path / name).read_text("utf-8"))["sessions"][0] for name in ("out.json", "again.json")
    )
    for field in ("runs", "subjects", "metrics", "events", "series", "tracks"):
        assert first[field] == second[field]


LINE = Drawing("line", "line", (Anchor(1, 2), Anchor(3, 4, Joint(1, "left_knee"))), 512)
TRACK = Drawing("ball", "track", (), 0, whole=True, path=(Seen(0, 1.0, 2.0), Seen(512, 3.0, 4.0, 0.5)))
NOTE = Drawing("note", "text", (Anchor(5, 6, Tracked("ball")),), 0, text="the ball")
KNEE = ("pose", "pose", 1, "left_knee", 512)


@pytest.mark.parametrize("same_library", [True, False])
def test_drawings_scale_and_moved_joints_come_along_and_can_still_be_taken_back(
    tmp_path: Path, same_library: bool
) -> None:
    scale = Calibration.from_line(2.0, (0, 0), (100, 0), 3)
    with Library.open(tmp_path / "one") as library:
        session = sessions.keep(library, tmp_path / "squat.mp4")
        own = read_marks(library, session).originals[0][1]
        drawn = {one.id: one for one in (LINE, TRACK, NOTE)}
        save_marks(library, session, MarkChanges(drawn, {KNEE: (11.0, 12.0)}, (scale,)), sessions.timeline())
        library.annotations.save(session, AnnotationChanges(drawings=(Row("x", "hologram", 0, None, {"version": 9}),)))
        export_json(library, session, tmp_path / "out.json")
    with Library.open(tmp_path / ("one" if same_library else "two")) as library:
        (taken,) = import_document(library, tmp_path / "out.json")
        marks = read_marks(library, taken.session_id)
        pose = read_session(library, taken.session_id).pose(1)
        rows = {row.kind: row for row in library.annotations.drawings(taken.session_id)}
        if same_library:
            # The session that was exported keeps its own.
            assert {one.id for one in read_marks(library, session).drawings} == set(drawn)
    by_kind = {one.kind: one for one in marks.drawings}
    assert replace(by_kind["line"], id="line") == LINE
    assert replace(by_kind["track"], id="ball") == TRACK
    # The words follow the ball that came with them, not one of another session.
    assert by_kind["text"].points[0].to == Tracked(by_kind["track"].id)
    assert not {one.id for one in marks.drawings} & set(drawn)
    assert (rows["hologram"].shape, len(marks.foreign)) == ({"version": 9}, 1)
    assert marks.calibration is not None
    np.testing.assert_array_equal(marks.calibration.homography, scale.homography)
    assert (marks.calibration.kind, marks.calibration.index) == ("line", 3)
    assert marks.corrections == {KNEE: (11.0, 12.0)}
    np.testing.assert_array_equal(marks.originals[0][1].points, own.points)
    assert pose is not None
    row = int(np.searchsorted(pose.pts, 512))
    assert pose.points[row, pose.names.index("left_knee")].tolist() == [11.0, 12.0]


SEEN = Moment("Squat", 512, 2048, "#d55e00", ("deep", "knees in"), "left foot first", lead_s=0.5, lag_s=0.25)
MARK = Moment("Marker", 5120, None, "#f0e442")


@pytest.mark.parametrize("same_library", [True, False])
def test_what_was_tagged_in_the_film_comes_along(tmp_path: Path, same_library: bool) -> None:
    with Library.open(tmp_path / "one") as library:
        session = sessions.keep(library, tmp_path / "squat.mp4")
        _, _, gone = library.moments.add(session, [MARK, SEEN, Moment("Mistake", 0)])
        library.moments.trash([gone])
        export_json(library, session, tmp_path / "out.json")
    written = json.loads((tmp_path / "out.json").read_text("utf-8"))
    schema = json.loads(PUBLISHED.read_text("utf-8"))
    assert list(Draft202012Validator(schema).iter_errors(written)) == []
    told = written["sessions"][0]["moments"]
    # For other programs in seconds, too: the film has 15,360 ticks a second.
    assert [(one["start_s"], one["end_s"]) for one in told] == [
        (pytest.approx(512 / 15_360, abs=1e-6), pytest.approx(2048 / 15_360, abs=1e-6)),
        (pytest.approx(1 / 3, abs=1e-6), None),
    ]
    with Library.open(tmp_path / ("one" if same_library else "two")) as library:
        (taken,) = import_document(library, tmp_path / "out.json")
        assert [row.moment for row in library.moments.all(taken.session_id)] == [SEEN, MARK]
        if same_library:
            assert [row.moment for row in library.moments.all(session)] == [SEEN, MARK]


def test_moments_of_another_program_need_only_seconds_and_are_put_on_frames(tmp_path: Path) -> None:
    with Library.open(tmp_path / "one") as library:
        export_json(library, sessions.keep(library, tmp_path / "squat.mp4"), tmp_path / "out.json")
    document = json.loads((tmp_path / "out.json").read_text("utf-8"))
    document["sessions"][0]["moments"] = [
        {"category": "Jump", "start_s": 0.51, "end_s": 1.02}, {"category": "Land", "start_s": 99.0}
    ]  # fmt: skip
    (tmp_path / "out.json").write_text(json.dumps(document), "utf-8")
    with Library.open(tmp_path / "two") as library:
        (taken,) = import_document(library, tmp_path / "out.json")
        jump, land = (row.moment for row in library.moments.all(taken.session_id))
    # 0.51 s lies between frames 15 and 16, 1.02 s between 30 and 31; beyond the end is the last frame.
    assert (jump.start_pts, jump.end_pts) == (15 * sessions.STEP, 31 * sessions.STEP)
    assert (land.start_pts, land.end_pts) == ((sessions.FRAMES - 1) * sessions.STEP, None)


@pytest.mark.parametrize(
    "moment",
    [{"category": "Jump", "start_s": 1e300}, {"category": "Jump", "start_s": 0.1, "colour": "red"}],
)
def test_a_moment_that_cannot_be_leaves_nothing_in_the_library(tmp_path: Path, moment: dict[str, Any]) -> None:
    with Library.open(tmp_path / "one") as library:
        export_json(library, sessions.keep(library, tmp_path / "squat.mp4"), tmp_path / "out.json")
    document = json.loads((tmp_path / "out.json").read_text("utf-8"))
    document["sessions"][0]["moments"] = [moment]
    (tmp_path / "out.json").write_text(json.dumps(document), "utf-8")
    with Library.open(tmp_path / "two") as library:
        with pytest.raises(CoachVisionError):
            import_document(library, tmp_path / "out.json")
        assert library.sessions() == []


def test_a_scale_that_is_none_leaves_nothing_in_the_library(tmp_path: Path) -> None:
    with Library.open(tmp_path / "one") as library:
        export_json(library, sessions.keep(library, tmp_path / "squat.mp4"), tmp_path / "out.json")
    document = json.loads((tmp_path / "out.json").read_text("utf-8"))
    document["sessions"][0]["calibration"] = {
        "kind": "line", "homography": [[1, 0, 0], [1, 0, 0], [0, 0, 1]], "relative_uncertainty": 0.01
    }  # fmt: skip
    (tmp_path / "out.json").write_text(json.dumps(document), "utf-8")
    with Library.open(tmp_path / "two") as library:
        with pytest.raises(CoachVisionError, match="maps the picture to a line"):
            import_document(library, tmp_path / "out.json")
        assert library.sessions() == []


def test_a_library_that_has_the_film_joins_it_to_the_numbers(tmp_path: Path) -> None:
    with Library.open(tmp_path / "one") as library:
        session = sessions.keep(library, tmp_path / "squat.mp4")
        export_json(library, session, tmp_path / "out.json")
        (taken,) = import_document(library, tmp_path / "out.json")
        assert taken.with_video
        assert taken.session_id != session
        assert read_session(library, taken.session_id).film.path is not None


def changed(path: Path, **video: object) -> None:
    """Rewrite the film's record in a document."""
    document = json.loads(path.read_text("utf-8"))
    document["sessions"][0]["video"] |= video
    path.write_text(json.dumps(document), "utf-8")


def test_a_document_never_changes_the_frame_times_of_a_film_that_is_there(tmp_path: Path) -> None:
    with Library.open(tmp_path / "one") as library:
        session = sessions.keep(library, tmp_path / "squat.mp4")
        before = library.session_timeline(session)
        export_json(library, session, tmp_path / "out.json")
        changed(tmp_path / "out.json", pts=(before.pts + 1).tolist())
        (taken,) = import_document(library, tmp_path / "out.json")
        after = library.session_timeline(session)
        film = read_session(library, taken.session_id).film
    np.testing.assert_array_equal(after.pts, before.pts)
    np.testing.assert_array_equal(film.timeline.pts, before.pts + 1)
    assert not taken.with_video
    assert "has other frame times in this library" in taken.warnings[0]


def test_a_document_with_seconds_alone_takes_the_times_of_the_film_that_is_there(tmp_path: Path) -> None:
    with Library.open(tmp_path / "one") as library:
        session = sessions.keep(library, tmp_path / "squat.mp4")
        before = library.session_timeline(session)
        sha256 = read_session(library, session).film.sha256
        document = {
            "schema": 1,
            "sessions": [
                {
                    "id": "x", "created": "2026-01-31T12:00:00Z",
                    "video": {"path": "squat.mp4", "sha256": sha256, "width": 320, "height": 240,
                              "frames": len(before), "duration_s": 1.0, "fps": 30},
                    "runs": [{"analyzer": "other"}],
                    "series": [{"name": "bar.height", "subject": 1, "unit": "px", "samples": 2,
                                "pts_s": [round(before.seconds[3], 3), round(before.seconds[9], 3)],
                                "values": [1, 2]}],
                }
            ],
        }  # fmt: skip
        (tmp_path / "other.json").write_text(json.dumps(document))
        (taken,) = import_document(library, tmp_path / "other.json")
        after = read_session(library, taken.session_id)
    assert taken.with_video
    np.testing.assert_array_equal(after.film.timeline.pts, before.pts)
    # Milliseconds in the document: within half of one, and a tick of rounding.
    seconds = [before.seconds_of(int(pts)) for pts in after.runs[0].result.series[0].pts]
    assert seconds == pytest.approx([before.seconds[3], before.seconds[9]], abs=0.0005 + before.tick_s)


def test_a_document_of_two_sessions_is_taken_in_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Library.open(tmp_path / "one") as library:
        export_json(library, sessions.keep(library, tmp_path / "squat.mp4"), tmp_path / "out.json")
    document = json.loads((tmp_path / "out.json").read_text("utf-8"))
    document["sessions"] *= 2
    (tmp_path / "out.json").write_text(json.dumps(document), "utf-8")
    with Library.open(tmp_path / "two") as library:
        create = library.create_session
        made: list[str] = []

        def full(*args: Any, **options: Any) -> str:
            if made:
                raise LibraryError("The disk is full")
            made.append(create(*args, **options))
            return made[0]

        monkeypatch.setattr(library, "create_session", full)
        with pytest.raises(LibraryError, match="disk is full"):
            import_document(library, tmp_path / "out.json")
        assert library.sessions() == []


def test_numbers_of_another_program_need_only_seconds(tmp_path: Path) -> None:
    document = {
        "schema": 1,
        "sessions": [
            {
                "id": "x", "created": "2026-01-31T12:00:00Z", "athlete": "Ben",
                "video": {"path": "C:/clips/run.mp4", "sha256": "", "width": 640, "height": 360, "frames": 3,
                          "duration_s": 0.3, "fps": 10},
                "runs": [{"analyzer": "other"}],
                "metrics": [{"name": "gait.steps", "subject": 1, "value": 2, "unit": "1"}],
                "events": [{"kind": "contact", "subject": 1, "start_s": 0.1, "end_s": 0.2}],
                "series": [{"name": "angle.left_knee", "subject": 1, "unit": "deg", "samples": 3,
                            "pts_s": [0.0, 0.1, 0.2], "values": [1, None, 3]}],
            }
        ],
    }  # fmt: skip
    (tmp_path / "other.json").write_text(json.dumps(document))
    with Library.open(tmp_path / "lib") as library:
        (taken,) = import_document(library, tmp_path / "other.json")
        whole = read_session(library, taken.session_id)
    series = whole.runs[0].result.series[0]
    assert [whole.film.timeline.seconds_of(int(pts)) for pts in series.pts] == pytest.approx([0, 0.1, 0.2])
    np.testing.assert_array_equal(series.values, [1, np.nan, 3])
    event = whole.runs[0].result.events[0]
    assert whole.film.timeline.seconds_of(event.start_pts) == pytest.approx(0.1)


def test_measurements_that_name_no_run_are_not_lost(tmp_path: Path) -> None:
    with Library.open(tmp_path / "one") as library:
        export_json(library, sessions.keep(library, tmp_path / "squat.mp4"), tmp_path / "out.json")
    document = json.loads((tmp_path / "out.json").read_text("utf-8"))
    before = document["sessions"][0]
    # As some editors on Windows write it: with a byte order mark.
    (tmp_path / "bare.json").write_text(json.dumps({**document, "sessions": [{**before, "runs": []}]}), "utf-8-sig")
    with Library.open(tmp_path / "two") as library:
        (taken,) = import_document(library, tmp_path / "bare.json")
        export_json(library, taken.session_id, tmp_path / "again.json")
    after = json.loads((tmp_path / "again.json").read_text("utf-8"))["sessions"][0]
    for field in ("metrics", "events", "series", "tracks", "subjects"):
        assert sorted(map(str, after[field])) == sorted(map(str, before[field]))


@pytest.mark.parametrize(
    "film",
    [{"time_scale": 1e-320}, {"time_scale": float("inf")}, {"time_scale": 1e300, "time_base": "9999999999/1"},
     {"fps": float("nan")}, {"duration_s": float("inf")}, {"recorded": "last week"},
     {"recorded": "0001-01-01T00:00:00"}],
)  # fmt: skip
def test_a_film_that_cannot_be_is_refused_and_nothing_kept(tmp_path: Path, film: dict[str, Any]) -> None:
    with Library.open(tmp_path / "one") as library:
        export_json(library, sessions.keep(library, tmp_path / "squat.mp4"), tmp_path / "out.json")
    changed(tmp_path / "out.json", **film)
    with Library.open(tmp_path / "two") as library:
        with pytest.raises(CoachVisionError, match="not a session document"):
            import_document(library, tmp_path / "out.json")
        assert library.sessions() == []


def test_a_document_without_frame_times_and_with_infinite_values_can_be_reported(tmp_path: Path) -> None:
    with Library.open(tmp_path / "one") as library:
        export_json(library, sessions.keep(library, tmp_path / "squat.mp4"), tmp_path / "out.json")
    document = json.loads((tmp_path / "out.json").read_text("utf-8"))
    document["sessions"][0]["video"]["pts"] = []
    document["sessions"][0]["series"][0]["values"][0] = float("inf")
    (tmp_path / "out.json").write_text(json.dumps(document))
    with Library.open(tmp_path / "two") as library:
        (taken,) = import_document(library, tmp_path / "out.json")
        export_html(library, taken.session_id, tmp_path / "out.html")
        _, first = next(read_session(library, taken.session_id).series())
    assert np.isnan(first.values[0])


def test_a_place_beyond_what_is_kept_is_refused(tmp_path: Path) -> None:
    with Library.open(tmp_path / "one") as library:
        export_json(library, sessions.keep(library, tmp_path / "squat.mp4"), tmp_path / "out.json")
    document = json.loads((tmp_path / "out.json").read_text("utf-8"))
    document["sessions"][0]["tracks"][0]["points"][0][0] = [1e300, 0.0]
    (tmp_path / "out.json").write_text(json.dumps(document))
    with Library.open(tmp_path / "two") as library, pytest.raises(CoachVisionError, match="too large"):
        import_document(library, tmp_path / "out.json")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "not a session document"),
        ("not json", "not a session document"),
        ('{"schema": 7, "sessions": []}', "newer CoachVision"),
        ('{"schema": 1, "sessions": []}', "no sessions"),
        ('{"schema": 1, "sessions": [{"id": "x"}]}', "created"),
    ],
)
def test_what_is_not_a_document_is_refused_in_plain_words(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "x.json").write_text(text)
    with Library.open(tmp_path / "lib") as library:
        with pytest.raises(CoachVisionError, match=told):
            import_document(library, tmp_path / "x.json")
        assert library.sessions() == []


def test_a_document_whose_times_fall_leaves_nothing_in_the_library(tmp_path: Path) -> None:
    with Library.open(tmp_path / "one") as library:
        export_json(library, sessions.keep(library, tmp_path / "squat.mp4"), tmp_path / "out.json")
    document = json.loads((tmp_path / "out.json").read_text("utf-8"))
    document["sessions"][0]["series"][0]["pts"][5] = 0
    (tmp_path / "out.json").write_text(json.dumps(document))
    with Library.open(tmp_path / "two") as library:
        with pytest.raises(CoachVisionError, match="times must rise"):
            import_document(library, tmp_path / "out.json")
        assert library.sessions() == []


def test_a_summary_is_not_taken_for_a_session(tmp_path: Path) -> None:
    from coachvision.services.document import document

    (tmp_path / "short.json").write_text(document([sessions.whole()]).to_json(), "utf-8")
    with Library.open(tmp_path / "lib") as library, pytest.raises(CoachVisionError, match="holds no values"):
        import_document(library, tmp_path / "short.json")


def test_a_missing_file_is_told_plainly(tmp_path: Path) -> None:
    with Library.open(tmp_path / "lib") as library, pytest.raises(CoachVisionError, match="cannot be read"):
        import_document(library, tmp_path / "nowhere.json")
