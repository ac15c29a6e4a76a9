"""What the disk and other programs do: plain words, and nothing half-written."""

from __future__ import annotations

import errno
import os
import re
import resource
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

import pytest
import sqlite_utils
from sqlite_utils import Migrations

from coachvision.core.results import Result
from coachvision.core.tagging import DEFAULT_BOARD, Moment
from coachvision.errors import LibraryError
from coachvision.library import Library, arrays, schema
from coachvision.library.database import Database
from coachvision.library.records import VideoRow
from tests.library.samples import FACTS, TIMELINE, example_result

V1 = Path(__file__).with_name("v1.sql")


@pytest.fixture
def writer(library: Library) -> Iterator[sqlite3.Connection]:
    """Another program in the middle of a write."""
    with closing(sqlite3.connect(library.root / "library.db", isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield connection


def test_a_busy_library_says_so_and_can_be_read_meanwhile(
    library: Library, session: str, writer: sqlite3.Connection, tmp_path: Path
) -> None:
    with Library.open(tmp_path / "library", busy_timeout_s=0.05) as second:
        assert [row.id for row in second.sessions()] == [session]
        with pytest.raises(LibraryError, match="busy") as error:
            second.update_session(session, title="changed")
        assert error.value.retryable
        with pytest.raises(LibraryError, match="busy"):
            second.save_run(session, "pose", "1", {}, example_result(), TIMELINE)
        writer.execute("ROLLBACK")
        second.update_session(session, title="changed")
        assert second.check() == []
    assert library.session(session).title == "changed"


def test_several_processes_and_threads_write_at_once(library: Library, session: str) -> None:
    script = (
        "import sys, pathlib\n"
        "from coachvision.library import Library\n"
        "with Library.open(pathlib.Path(sys.argv[1])) as library:\n"
        "    for number in range(10):\n"
        "        library.people.tag(sys.argv[2], f'{sys.argv[3]}-{number}')\n"
    )
    command = [sys.executable, "-c", script, str(library.root), session]
    others = [subprocess.Popen([*command, name]) for name in ("one", "two")]
    threads = [
        threading.Thread(target=lambda name=name: [library.people.tag(session, f"{name}-{n}") for n in range(10)])
        for name in ("three", "four")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [other.wait(timeout=60) for other in others] == [0, 0]
    assert len(library.session(session).tags) == 41
    assert library.session(session).rev == 41
    assert library.check(deep=True) == []


def full_disk(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_while_arrays_are_written_keeps_the_session_as_it_was(
    library: Library, session: str, result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.save_run(session, "pose", "1", {}, result, TIMELINE)
    write = arrays.write

    def half(file: BinaryIO, result: Result, timeline: object) -> None:
        file.write(b"half of it")
        full_disk()

    monkeypatch.setattr(arrays, "write", half)
    with pytest.raises(LibraryError, match="The disk is full"):
        library.save_run(session, "pose", "2", {}, result, TIMELINE)
    monkeypatch.setattr(arrays, "write", write)
    assert [run.version for run in library.session(session).runs] == ["1"]
    assert [path.name for path in library.scratch.iterdir()] == ["lock"]
    assert library.check(deep=True) == []


def test_a_database_that_cannot_grow_takes_back_the_file_it_was_to_name(library: Library, session: str) -> None:
    pages = library._store.db.conn.execute("PRAGMA page_count").fetchone()[0]
    library._store.db.conn.execute(f"PRAGMA max_page_count = {pages + 1}")
    big = example_result()
    many = Result(events=big.events * 3000)
    with pytest.raises(LibraryError, match="The disk is full"):
        library.save_run(session, "pose", "1", {}, many, TIMELINE)
    library._store.db.conn.execute("PRAGMA max_page_count = 1000000")
    assert list(library.folder(session).glob("runs/*")) == []
    assert library.check(deep=True) == []
    library.save_run(session, "pose", "1", {}, many, TIMELINE)
    assert len(library.session(session).events) == 6000


def test_a_real_write_limit_in_a_separate_process_leaves_nothing_half_written(tmp_path: Path) -> None:
    source = tmp_path / "long.mp4"
    source.write_bytes(os.urandom(1 << 20))
    script = (
        "import resource, signal, sys, pathlib\n"
        "from coachvision.errors import LibraryError\n"
        "from coachvision.library import Library\n"
        "from tests.library.samples import FACTS\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "with Library.open(pathlib.Path(sys.argv[1])) as library:\n"
        "    resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, 500_000))\n"
        "    try:\n"
        "        library.add_video(pathlib.Path(sys.argv[2]), FACTS)\n"
        "    except LibraryError as error:\n"
        "        sys.exit(error.title)\n"
    )
    assert resource.RLIMIT_FSIZE is not None
    done = subprocess.run(
        [sys.executable, "-c", script, tmp_path / "library", source],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert (done.returncode, done.stderr.strip()) == (1, "The disk is full")
    with Library.open(tmp_path / "library") as library:
        assert library.check(deep=True) == []
        assert list(library.root.glob("videos/*/*")) == []
        library.add_video(source, FACTS)


@pytest.mark.logs_expected
def test_a_change_is_kept_where_the_file_beside_it_cannot_be_written_and_the_next_opening_writes_it(
    library: Library, session: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("coachvision.library.mirror.write_json", full_disk)
        library.update_session(session, title="kept")
    assert library.session(session).title == "kept"
    assert [f.severity for f in library.check()] == ["info"]
    with Library.open(tmp_path / "library") as again:
        assert again.check(deep=True) == []
    assert '"kept"' in (library.folder(session) / "session.json").read_text()


def test_a_folder_that_may_not_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(LibraryError) as error:
        Library.open(tmp_path / "file" / "library")
    assert str(tmp_path / "file") in str(error.value)
    assert error.value.hint


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "library.db").write_text("this is a text file, not a database" * 100)
    with pytest.raises(LibraryError, match="damaged"):
        Library.open(tmp_path / "library")


def old_library(root: Path) -> None:
    """A library as the first release left it."""
    root.mkdir()
    with closing(sqlite3.connect(root / "library.db")) as connection:
        connection.executescript(V1.read_text(encoding="utf-8"))


def test_a_library_of_the_first_release_opens_with_everything_in_it(tmp_path: Path) -> None:
    old_library(tmp_path / "library")
    with Library.open(tmp_path / "library") as library:
        (row,) = library.sessions("first")
        assert (row.athlete, row.tags, row.analyzers) == ("Änna", ("technique",), ("reps",))
        session = library.session(row.id)
        assert [(m.name, m.value) for m in session.metrics] == [("reps.count", 9.0)]
        assert [(e.kind, e.start_s) for e in session.events] == [("rep", 1.02)]
        assert library.outbox.device_id == "11111111-1111-4111-8111-111111111111"
        assert library.timeline("ab" * 32).pts.tolist() == [0, 20, 41]
        # Its files are not in the fixture: the video and the results are missing.
        assert sorted(f.severity for f in library.check()) == ["error", "error", "info", "info"]


def test_the_first_migration_still_makes_what_the_first_release_made(tmp_path: Path) -> None:
    old_library(tmp_path / "old")
    sql = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'session_fts_%' ORDER BY name"
    first = Migrations("library")
    first()(schema.m001_first)
    new = Database(tmp_path / "new.db")
    new.migrate(tmp_path, tmp_path, first)
    with closing(sqlite3.connect(tmp_path / "old" / "library.db")) as old:
        assert old.execute(sql).fetchall() == new.rows(sql)
    new.close()


def test_a_library_of_the_first_release_gets_what_came_later(tmp_path: Path) -> None:
    old_library(tmp_path / "library")
    with Library.open(tmp_path / "library") as library:
        (row,) = library.sessions("first")
        (moment,) = library.moments.add(row.id, [Moment("Good", 0, 41)])
        assert [one.id for one in library.moments.all(row.id)] == [moment]
        assert library.boards.first().board == DEFAULT_BOARD
    assert len(list((tmp_path / "library" / "backups").iterdir())) == 1


def later(name: str) -> Migrations:
    """The schema with one more step, as a next release would have it."""
    migrations = Migrations("library")
    for known in sorted(step for step in vars(schema) if re.fullmatch(r"m\d{3}_\w+", step)):
        migrations()(getattr(schema, known))

    @migrations(name=name)
    def step(db: sqlite_utils.Database) -> None:
        db.execute("ALTER TABLE session ADD COLUMN place TEXT")
        if name == "m999_fails":
            db.execute("INSERT INTO nowhere VALUES (1)")

    return migrations


def columns(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as connection:
        return {row[1] for row in connection.execute("PRAGMA table_info(session)")}


def test_before_a_migration_a_backup_is_made_that_opens_by_itself(library: Library, session: str) -> None:
    library.close()
    path = library.root / "library.db"
    database = Database(path)
    backup = database.migrate(library.root / "backups", library.root / "tmp", later("m999_place"))
    database.close()
    assert backup is not None
    assert "place" in columns(path)
    assert "place" not in columns(backup)
    shutil.copy(backup, path)
    with Library.open(library.root) as again:
        assert [row.id for row in again.sessions()] == [session]


def test_a_migration_that_fails_changes_nothing(library: Library, session: str) -> None:
    library.close()
    path = library.root / "library.db"
    database = Database(path)
    with pytest.raises(sqlite3.OperationalError, match="nowhere"):
        database.migrate(library.root / "backups", library.root / "tmp", later("m999_fails"))
    database.close()
    assert "place" not in columns(path)
    with Library.open(library.root) as again:
        assert [row.id for row in again.sessions()] == [session]


def test_a_library_of_a_newer_coachvision_is_refused_untouched(library: Library, session: str) -> None:
    library.close()
    database = Database(library.root / "library.db")
    database.migrate(library.root / "backups", library.root / "tmp", later("m999_place"))
    database.close()
    before = (library.root / "library.db").read_bytes()
    with pytest.raises(LibraryError, match="newer CoachVision") as error:
        Library.open(library.root)
    assert "Update CoachVision" in error.value.hint
    assert (library.root / "library.db").read_bytes() == before


def test_the_pragmas_are_those_that_survive_a_power_cut(library: Library, video: VideoRow) -> None:
    conn = library._store.db.conn
    values = [conn.execute(f"PRAGMA {n}").fetchone()[0] for n in ("journal_mode", "synchronous", "foreign_keys")]
    assert values == ["wal", 2, 1]
    assert conn.execute("PRAGMA busy_timeout").fetchone()[0] == 5000
    assert video.width == FACTS.width
