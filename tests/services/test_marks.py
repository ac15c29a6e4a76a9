"""What the coach drew is kept whole, changed, taken back, and a newer version's drawings are left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from coachvision.core.calibration import Calibration
from coachvision.core.drawing import Anchor, Drawing, Joint
from coachvision.errors import LibraryError
from coachvision.library import Library
from coachvision.library.records import AnnotationChanges
from coachvision.library.records import Drawing as Row
from coachvision.services.marks import MarkChanges, read_marks, save_marks, scene_of
from coachvision.services.session import read_session
from tests.support import sessions

LINE = Drawing("line", "line", (Anchor(1, 2), Anchor(3, 4, Joint(1, "left_knee"))), 512)
GRID = Drawing("grid", "grid", (Anchor(1, 2), Anchor(30, 40)), 0, whole=True)
KEY = ("pose", "pose", 1, "left_knee", 512)


def test_marks_are_kept_changed_taken_back_and_there_next_time(tmp_path: Path) -> None:
    scale = Calibration.from_line(2.0, (0, 0), (100, 0), 3)
    with Library.open(tmp_path / "library") as library:
        session = sessions.keep(library, tmp_path / "film.mp4")
        before = library.outbox.waiting()[-1].rev
        line = sessions.timeline()
        changes = MarkChanges({"line": LINE, "grid": GRID}, {KEY: (11.0, 12.0)}, (scale,))
        save_marks(library, session, changes, line)
        # One change for sync, however much is in it.
        assert library.outbox.waiting()[-1].rev == before + 1
        marks = read_marks(library, session)
        assert {drawing.id: drawing for drawing in marks.drawings} == {"line": LINE, "grid": GRID}
        assert marks.corrections == {KEY: (11.0, 12.0)}
        assert [name for name, _ in marks.originals] == ["pose"]
        ends = {row.id: (row.start_pts, row.end_pts) for row in library.annotations.drawings(session)}
        assert ends == {"line": (512, None), "grid": (0, int(line.pts[-1]))}
        save_marks(library, session, MarkChanges({"line": None}, {KEY: None}, (None,)), line)
    with Library.open(tmp_path / "library") as library:
        marks = read_marks(library, session)
        assert (marks.drawings, marks.corrections, marks.calibration) == ((GRID,), {}, None)
        # Undone: back from the trash.
        save_marks(library, session, MarkChanges({"line": LINE}, {}, (scale,)), line)
        marks = read_marks(library, session)
        assert {drawing.id: drawing for drawing in marks.drawings} == {"line": LINE, "grid": GRID}
        assert marks.calibration is not None
        assert marks.calibration.length((0, 0), (50, 0))[0] == pytest.approx(1.0)
        scene = scene_of(library, read_session(library, session))
        assert [shown.drawing.id for shown in scene.shown(512)] == ["grid", "line"]


def test_a_newer_versions_drawing_is_kept_and_not_shown(tmp_path: Path) -> None:
    with Library.open(tmp_path / "library") as library:
        session = sessions.keep(library, tmp_path / "film.mp4")
        row = Row("future", "hologram", 0, None, {"version": 9})
        library.annotations.save(session, AnnotationChanges(drawings=(row,)))
        marks = read_marks(library, session)
        assert (marks.drawings, marks.foreign) == ((), ("future",))
        save_marks(library, session, MarkChanges({"line": LINE}), sessions.timeline())
        assert [row.id for row in library.annotations.drawings(session)] == ["future", "line"]


def test_later_changes_win_over_earlier_ones() -> None:
    first = MarkChanges({"a": LINE, "b": LINE}, {KEY: (1.0, 2.0)}, (None,))
    both = first.then(MarkChanges({"a": None}, {KEY: None}))
    assert both == MarkChanges({"a": None, "b": LINE}, {KEY: None}, (None,))
    assert not MarkChanges()


def test_marks_of_a_session_that_is_not_there_are_refused(tmp_path: Path) -> None:
    with Library.open(tmp_path / "library") as library, pytest.raises(LibraryError, match="No such session"):
        read_marks(library, "0123456789")
