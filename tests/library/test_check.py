"""`doctor` finds what is damaged, tidies what lies about without deleting it, and rebuilds a broken database."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from coachvision.core.calibration import Calibration
from coachvision.core.results import Result
from coachvision.errors import LibraryError
from coachvision.library import Library
from coachvision.library.records import AnnotationChanges, Correction, Drawing, VideoRow
from tests.library.samples import PTS, TIMELINE


@pytest.fixture
def full(library: Library, session: str, result: Result) -> str:
    """A session that has everything."""
    library.save_run(session, "pose", "1", {"people": 2}, result, TIMELINE)
    library.people.join("Änna Müller", "U18")
    marks = AnnotationChanges(
        drawings=(Drawing("a-line", "line", 100, None, {"from": [1, 2]}),),
        calibrations=(Calibration.from_line(2.0, (0, 0), (100, 0), 3),),
        corrected=(Correction("pose", "pose", 2, "left_knee", int(PTS[9]), 1.0, 2.0),),
    )
    library.annotations.save(session, marks)
    return session


def npz(library: Library, session: str) -> Path:
    (path,) = library.folder(session).glob("runs/*.npz")
    return path


def test_a_sound_library_has_no_findings(library: Library, full: str) -> None:
    assert library.check(deep=True) == []


def flip_a_byte(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)


def shorten(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


@pytest.mark.parametrize("harm", [Path.unlink, flip_a_byte, shorten])
@pytest.mark.parametrize("which", ["video", "results"])
def test_a_missing_or_damaged_file_is_named_with_what_to_do(
    library: Library, full: str, video: VideoRow, which: str, harm: Callable[[Path], None]
) -> None:
    path = video.path if which == "video" else npz(library, full)
    harm(path)
    (finding,) = library.check(deep=True)
    assert (finding.severity, finding.path, finding.repaired) == ("error", path, False)
    assert finding.hint


def test_a_damaged_result_is_told_in_plain_words(library: Library, full: str) -> None:
    flip_a_byte(npz(library, full))
    with pytest.raises(LibraryError, match="damaged") as error:
        library.result(full, "pose")
    assert "Analyze the session again" in error.value.hint


def test_what_lies_about_is_moved_to_the_trash_and_never_deleted(library: Library, full: str) -> None:
    strangers = {
        "videos/ab/abcd.mp4": b"a video without a row",
        "sessions/1234/proxy/seg.mp4": b"a proxy of no session",
        f"sessions/{full}/runs/old.npz": b"arrays of no run",
    }
    for name, data in strangers.items():
        path = library.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    assert {f.severity for f in library.check()} == {"info"}
    assert len(library.check()) == 3
    assert all(finding.repaired for finding in library.check(repair=True))
    assert library.check(deep=True) == []
    kept = {path.read_bytes() for path in (library.root / "trash").rglob("*") if path.is_file()}
    assert kept == set(strangers.values())


def test_a_broken_search_index_is_mended(library: Library, full: str) -> None:
    with library._store.db.transaction("test") as db:
        db.execute("DELETE FROM session_fts")
    (finding,) = library.check(repair=True)
    assert finding.repaired
    assert [row.id for row in library.sessions("kniebeuge")] == [full]


def test_a_missing_session_file_is_written_again(library: Library, full: str) -> None:
    path = library.folder(full) / "session.json"
    path.unlink()
    assert [f.severity for f in library.check(repair=True)] == ["info"]
    assert path.is_file()


def test_unfinished_files_of_a_killed_process_go_at_the_next_opening(library: Library, tmp_path: Path) -> None:
    dead = library.root / "tmp" / "dead"
    dead.mkdir()
    (dead / "video.part").write_bytes(b"half")
    mine = library.scratch / "mine.part"
    mine.write_bytes(b"in use")
    with Library.open(tmp_path / "library"):
        assert not dead.exists()
        assert mine.exists()


def damage(root: Path) -> None:
    data = bytearray((root / "library.db").read_bytes())
    data[20:3000] = b"\xaa" * 2980
    (root / "library.db").write_bytes(data)


def test_a_damaged_database_is_rebuilt_from_the_files_and_nothing_is_lost(
    library: Library, full: str, result: Result, video: VideoRow, tmp_path: Path
) -> None:
    root = library.root
    library.trash(library.create_session(video, title="Trashed"))
    gone = library.create_session(None, title="Gone")
    before, listed, trashed = library.session(full), library.sessions("änna"), library.sessions(trashed=True)
    athletes, device = library.people.all("athlete"), library.outbox.device_id
    drawings, corrections = library.annotations.drawings(full), library.annotations.corrections(full)
    calibration = library.annotations.calibration(full)
    (root / "sessions" / gone / "session.json").write_bytes(b"{")
    library.close()
    damage(root)
    with pytest.raises(LibraryError, match="damaged") as error:
        Library.open(root)
    assert "doctor --repair" in error.value.hint

    rebuilt = Library.rebuild(root)
    assert (rebuilt.sessions, rebuilt.videos) == (2, 1)
    assert rebuilt.moved_to is not None
    assert (rebuilt.moved_to / "library.db").read_bytes()[100:200] == b"\xaa" * 100
    (lost,) = rebuilt.lost
    assert gone in lost
    with Library.open(root) as again:
        # NaN is not equal to itself: compared as text.
        assert repr(again.session(full)) == repr(before)
        assert again.sessions("änna") == listed
        assert again.sessions(trashed=True) == trashed
        assert again.people.all("athlete") == athletes
        assert again.outbox.device_id == device
        assert again.annotations.drawings(full) == drawings
        assert again.annotations.corrections(full) == corrections
        assert repr(again.annotations.calibration(full)) == repr(calibration)
        assert again.timeline(video.sha256).pts.tolist() == PTS.tolist()
        assert again.result(full, "pose").metrics[0] == result.metrics[0]
        assert {row.entity_id for row in again.outbox.waiting()} >= {full}
        findings = again.check(deep=True)
    assert [f.severity for f in findings] == ["warning"]


def test_a_missing_database_is_not_replaced_by_an_empty_one(library: Library, full: str) -> None:
    library.close()
    (library.root / "library.db").unlink()
    with pytest.raises(LibraryError, match="missing"):
        Library.open(library.root)
    Library.rebuild(library.root)
    with Library.open(library.root) as again:
        assert [row.id for row in again.sessions()] == [full]


def test_a_library_in_use_is_not_rebuilt(library: Library, full: str) -> None:
    with pytest.raises(LibraryError, match="open in another program"):
        Library.rebuild(library.root)


def test_a_deleted_session_does_not_come_back_by_rebuilding(library: Library, full: str) -> None:
    saved = (library.folder(full) / "session.json").read_bytes()
    library.trash(full)
    library.purge_trash(older_than_days=-1)
    folder = library.root / "sessions" / full
    folder.mkdir()
    (folder / "session.json").write_bytes(saved)
    library.close()
    assert Library.rebuild(library.root).sessions == 0


def test_an_athlete_deleted_for_good_is_not_told_as_lost(library: Library, full: str) -> None:
    (athlete,) = library.people.all("athlete")
    library.people.trash("athlete", athlete.id)
    library.purge_trash(older_than_days=-1)
    library.close()
    rebuilt = Library.rebuild(library.root)
    assert (rebuilt.sessions, rebuilt.lost) == (1, ())
    with Library.open(library.root) as again:
        assert again.session(full).athlete is None


def test_a_session_is_rebuilt_without_the_run_whose_file_is_damaged(
    library: Library, full: str, result: Result
) -> None:
    library.save_run(full, "angles", "1", {}, result, TIMELINE)
    damaged, whole = (library.folder(full) / run.file for run in library.session(full).runs)
    damaged.write_bytes(damaged.read_bytes()[: damaged.stat().st_size // 2])
    library.close()
    rebuilt = Library.rebuild(library.root)
    assert rebuilt.sessions == 1
    (lost,) = rebuilt.lost
    assert damaged.name in lost
    with Library.open(library.root) as again:
        (run,) = again.session(full).runs
        assert (run.analyzer, run.file) == ("angles", f"runs/{whole.name}")
        assert len(again.session(full).metrics) == len(result.metrics)
