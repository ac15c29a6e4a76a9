"""The document that programs read: its published schema, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from pydantic import TypeAdapter, ValidationError

from coachvision.services.document import document
from coachvision.wire.document import Moment
from coachvision.wire.session import FailedRecord, SeriesRecord, SessionDocument, TrackRecord, json_schema
from tests.support import sessions

PUBLISHED = Path(__file__).parents[2] / "docs" / "session.schema.json"


def test_the_published_schema_is_the_one_we_write_by() -> None:
    text = json.dumps(json_schema(), indent=1) + "\n"
    assert PUBLISHED.read_text("utf-8") == text, "docs/session.schema.json is out of date: write json_schema() to it"


@pytest.mark.parametrize("full", [False, True])
def test_what_we_write_obeys_the_published_schema(full: bool) -> None:
    failed = [FailedRecord(path="a.mp4", error="It is empty.", hint="Copy it again.")]
    written = json.loads(document([sessions.whole()], failed, full=full).to_json())
    schema = json.loads(PUBLISHED.read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    assert list(Draft202012Validator(schema).iter_errors(written)) == []


def test_the_short_form_has_every_field_of_the_contract_and_no_bulk() -> None:
    written = json.loads(document([sessions.whole()]).to_json())
    assert written["schema"] == 1
    assert written["failed"] == []
    (session,) = written["sessions"]
    assert set(session) >= {
        "id", "user_id", "athlete", "created", "video", "runs", "subjects", "metrics", "events", "series", "warnings"
    }  # fmt: skip
    assert set(session["video"]) >= {
        "path", "sha256", "width", "height", "frames", "duration_s", "fps", "variable_frame_rate", "rotation", "codec"
    }  # fmt: skip
    assert session["user_id"] is None
    assert session["subjects"] == [
        {"id": 1, "first_s": 0.0, "last_s": pytest.approx(59 / 30, abs=1e-6), "of_interest": True}
    ]
    reps = session["metrics"][0]
    assert (reps["name"], reps["subject"], reps["value"], reps["unit"], reps["uncertainty"], reps["label"]) == (
        "reps.count", 1, 2, "1", 0, "squat"
    )  # fmt: skip
    first = session["events"][0]
    assert (first["kind"], first["start_s"], first["label"]) == (
        "rep",
        pytest.approx(2 / 30, abs=1e-6),
        "squat",
    )  # given to the microsecond
    knee = next(one for one in session["series"] if one["name"] == "angle.left_knee")
    assert knee["samples"] == sessions.FRAMES
    assert "values" not in knee
    assert "tracks" not in session
    assert any("flexion" in text for text in written["conventions"])


def test_the_full_form_has_times_and_null_in_gaps() -> None:
    written = json.loads(document([sessions.whole()], full=True).to_json())
    knee = next(one for one in written["sessions"][0]["series"] if one["name"] == "angle.left_knee")
    assert knee["values"][21] is None
    assert knee["pts_s"][30] == pytest.approx(1.0)
    assert knee["values"][45] == pytest.approx(110.0)


def test_a_later_writers_new_fields_are_no_hindrance() -> None:
    read = SessionDocument.model_validate({"schema": 1, "sessions": [], "failed": [], "weather": "rain"})
    assert read.sessions == []


def test_another_schema_is_refused() -> None:
    with pytest.raises(ValidationError):
        SessionDocument.model_validate({"schema": 2, "sessions": []})


@pytest.mark.parametrize(
    "fields",
    [
        {"samples": 3, "pts_s": [0.0, 0.1], "values": [1.0, 2.0, 3.0]},
        {"samples": 2, "values": [1.0, 2.0]},
    ],
)
def test_a_series_that_contradicts_itself_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match=r"angle\.left_knee"):
        SeriesRecord.model_validate({"name": "angle.left_knee", "subject": 1, "unit": "deg", **fields})


def test_a_track_with_a_missing_landmark_is_refused() -> None:
    with pytest.raises(ValidationError, match="one entry a landmark"):
        TrackRecord(name="pose", subject=1, names=["nose", "left_hip"], pts=[0], points=[[(1, 2)]], confidence=[[1, 1]])


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("2026-05-01T23:30:00-05:00", "2026-05-02T04:30:00+00:00"),
        ("2026-05-01T23:30:00Z", "2026-05-01T23:30:00Z"),
        ("2026-05-01T23:30:00+00:00", "2026-05-01T23:30:00+00:00"),
    ],
)
def test_a_moment_of_another_zone_is_kept_in_utc(told: str, kept: str) -> None:
    assert TypeAdapter(Moment).validate_python(told) == kept


@pytest.mark.parametrize("told", ["2026-05-01T23:30:00", "0001-01-01T00:00:00+14:00", "today"])
def test_what_is_no_moment_is_refused(told: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Moment).validate_python(told)
