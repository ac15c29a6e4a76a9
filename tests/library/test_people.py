"""Athletes, teams and tags, and what the coach adds on the picture."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from coachvision.core.calibration import Calibration
from coachvision.core.results import Result
from coachvision.errors import UsageError
from coachvision.library import Library
from coachvision.library.records import AnnotationChanges, Correction, Drawing
from tests.library.samples import PTS, TIMELINE


def test_a_name_in_another_spelling_is_the_same_athlete(library: Library, session: str) -> None:
    library.create_session(None, athlete="  änna  MÜLLER ")
    assert [row.name for row in library.people.all("athlete")] == ["Änna Müller"]
    assert [row.name for row in library.people.all("athlete", prefix="än")] == ["Änna Müller"]
    assert library.people.all("athlete", prefix="b") == []


def test_a_trashed_athlete_leaves_the_sessions_and_comes_back(library: Library, session: str) -> None:
    (athlete,) = library.people.all("athlete")
    library.people.trash("athlete", athlete.id)
    assert library.session(session).athlete is None
    assert library.people.all("athlete") == []
    assert [row.id for row in library.people.all("athlete", trashed=True)] == [athlete.id]
    library.people.untrash("athlete", athlete.id)
    assert library.session(session).athlete == "Änna Müller"


def test_height_note_and_teams_of_an_athlete(library: Library) -> None:
    athlete = library.people.add("athlete", "Ben")
    library.people.change("athlete", athlete, note="left-footed", height_m=1.81)
    library.people.join("Ben", "U18")
    library.people.join(athlete, "Club")
    (row,) = library.people.all("athlete")
    assert (row.note, row.height_m, row.teams) == ("left-footed", 1.81, ("Club", "U18"))
    library.people.leave("Ben", "Club")
    assert library.people.all("athlete")[0].teams == ("U18",)


def test_a_name_cannot_be_empty(library: Library) -> None:
    with pytest.raises(UsageError, match="needs a name"):
        library.people.add("tag", " \t ")


def test_a_corrected_joint_is_kept_beside_the_original(library: Library, session: str, result: Result) -> None:
    library.save_run(session, "pose", "1", {}, result, TIMELINE)
    moved = Correction("pose", "pose", 2, "left_ankle", int(PTS[20]), 12.5, 600.0)
    library.annotations.save(session, AnnotationChanges(corrected=(moved,)))
    first, second = library.tracks(session)
    assert first.corrected is None
    assert second.corrected is not None
    assert np.argwhere(second.corrected).tolist() == [[15, 1]]
    assert second.points[15, 1].tolist() == [12.5, 600.0]
    np.testing.assert_array_equal(library.result(session, "pose").tracks[1].points, result.tracks[1].points)
    assert library.result(session, "pose", corrected=True).tracks[1].points[15, 1].tolist() == [12.5, 600.0]
    # A new analysis keeps it; taking it back shows the analyzer's own point again.
    library.save_run(session, "pose", "2", {}, result, TIMELINE)
    assert library.tracks(session)[1].points[15, 1].tolist() == [12.5, 600.0]
    library.annotations.save(session, AnnotationChanges(uncorrected=(moved,)))
    assert library.annotations.corrections(session) == ()
    np.testing.assert_array_equal(library.tracks(session)[1].points, result.tracks[1].points)


def test_drawings_come_back_in_order_of_time(library: Library, session: str) -> None:
    late = Drawing("late", "line", 900, 1200, {"from": [1, 2], "to": [3, 4]})
    early = Drawing("early", "angle", 100, None, {"at": [5, 6]})
    library.annotations.save(session, AnnotationChanges(drawings=(late, early)))
    assert library.annotations.drawings(session) == (early, late)
    other = replace(early, shape={"at": [7, 8]})
    changed = library.annotations.save(session, AnnotationChanges(drawings=(other,), trashed=("late",)))
    assert (changed.sessions, changed.drawings) == ((session,), ("early", "late"))
    assert library.annotations.drawings(session) == (other,)
    library.annotations.save(session, AnnotationChanges(drawings=(late,)))
    assert library.annotations.drawings(session) == (other, late)


def test_the_newest_calibration_counts(library: Library, session: str) -> None:
    assert library.annotations.calibration(session) is None
    for length, end, frame in ((2.0, 100, 3), (1.0, 200, 8)):
        line = Calibration.from_line(length, (0, 0), (end, 0), frame)
        library.annotations.save(session, AnnotationChanges(calibrations=(line,)))
    found = library.annotations.calibration(session)
    assert found is not None
    assert (found.kind, found.index) == ("line", 8)
    assert found.to_metres(np.array([[200.0, 0.0]])).tolist() == [[1.0, 0.0]]
    library.annotations.save(session, AnnotationChanges(calibrations=(None,)))
    assert library.annotations.calibration(session) is None


def test_every_change_is_in_the_outbox_with_its_revision(library: Library, session: str) -> None:
    library.people.tag(session, "race")
    rows = [(row.entity, row.operation, row.rev) for row in library.outbox.waiting()]
    assert rows == [
        ("athlete", "put", 1),
        ("tag", "put", 1),
        ("session", "put", 1),
        ("tag", "put", 1),
        ("session", "put", 2),
    ]
    assert {row.device_id for row in library.outbox.waiting()} == {library.outbox.device_id}
    library.outbox.confirm(library.outbox.waiting()[2].seq)
    assert [row.entity for row in library.outbox.waiting()] == ["tag", "session"]
