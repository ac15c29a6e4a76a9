"""A second account on the laptop: nothing of the first one's is seen, found, completed or changed, in any root table.

Root tables are read from the schema and the library's methods from its classes: a new one is tried without being named
here; a table that nothing is made in below fails the test.
"""

from __future__ import annotations

import inspect
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from coachvision.core.calibration import Calibration
from coachvision.core.tagging import Board, Button, Clip, Moment
from coachvision.errors import CoachVisionError
from coachvision.library import Library
from coachvision.library.adoption import root_tables
from coachvision.library.records import AnnotationChanges, Correction, Drawing
from tests.library.conftest import SetClock
from tests.library.samples import FACTS, PTS, TIMELINE, example_result

CANARY = "Zebra"
ANNA, BEN = str(uuid.uuid4()), str(uuid.uuid4())
PARTS = ("people", "annotations", "moments", "boards", "playlists", "outbox", "adoption")
# The way in and out, and what is about the machine and not about anybody's things.
NOBODYS = {"open", "rebuild", "close"}
GIVEN: dict[str, Any] = {"kind": ("athlete", "team", "tag"), "name": (CANARY,), "prefix": ("Zeb",), "search": (CANARY,)}


def fill(library: Library, folder: Path) -> str:
    """Something in every root table, with the canary in every text; returns the session's id."""
    source = folder / f"{CANARY} squat.mp4"
    source.write_bytes(b"film")
    video = library.add_video(source, FACTS)
    session = library.create_session(
        video, athlete=f"{CANARY} Anna", title=f"{CANARY} title", note=f"{CANARY} note", tags=(f"{CANARY} tag",),
        options={"exercise": CANARY}, warnings=(CANARY,),
    )  # fmt: skip
    library.people.join(f"{CANARY} Anna", f"{CANARY} team")
    library.save_run(session, "pose", "1", {"a": CANARY}, example_result(series=f"angle.{CANARY}"), TIMELINE)
    library.annotations.save(
        session, AnnotationChanges(drawings=(Drawing("of-anna", "text", 0, None, {"text": CANARY}),))
    )
    library.moments.add(session, [Moment(f"{CANARY} good", int(PTS[1]), None, note=CANARY)])
    library.boards.add(Board(f"{CANARY} board", (Button(f"{CANARY} try"),)))
    library.playlists.add(f"{CANARY} best", [Clip(session, int(PTS[0]), int(PTS[9]))], CANARY)
    gone = library.create_session(None, title=f"{CANARY} deleted")
    library.trash(gone)
    library.purge_trash(older_than_days=-1)
    library.trash(library.create_session(None, title=f"{CANARY} trashed"))
    return session


@pytest.fixture
def annas(tmp_path: Path, clock: SetClock) -> Iterator[Library]:
    with Library.open(tmp_path / "library", clock, user_id=ANNA) as opened:
        fill(opened, tmp_path)
        yield opened


@pytest.fixture
def bens(annas: Library, clock: SetClock) -> Iterator[Library]:
    with Library.open(annas.root, clock, user_id=BEN) as opened:
        yield opened


def roots(library: Library) -> list[str]:
    return root_tables(library._store.db.db)


def everything_of(library: Library, user_id: str) -> dict[str, list[Any]]:
    """All rows of an account, and all rows that hang on them, as they lie in the database."""
    db = library._store.db
    rows = {name: db.rows(f"SELECT * FROM {name} WHERE user_id = ? ORDER BY id", (user_id,)) for name in roots(library)}  # noqa: S608 - the schema's own names
    for table in ("outbox", "tombstone"):
        rows[table] = db.rows(f"SELECT * FROM {table} WHERE user_id = ? ORDER BY 1, 2", (user_id,))  # noqa: S608 - the schema's own names
    mine = "(SELECT id FROM session WHERE user_id = ?)"
    for (table,) in db.rows("SELECT name FROM sqlite_master WHERE type = 'table'"):
        if "session_id" in {column[1] for column in db.rows(f"PRAGMA table_info([{table}])")}:
            rows[table] = db.rows(f"SELECT * FROM {table} WHERE session_id IN {mine} ORDER BY 1, 2", (user_id,))  # noqa: S608 - the schema's own names
    return rows


def ids_of(library: Library, user_id: str) -> list[str]:
    """Every id that means something of the account: of root rows and of what hangs on them."""
    found = everything_of(library, user_id)
    return sorted({value for rows in found.values() for row in rows for value in row if _is_id(value)} - {user_id})


def _is_id(value: object) -> bool:
    return isinstance(value, str) and len(value) == 36 and value.count("-") == 4


def tries(method: Callable[..., Any], foreign: str) -> Iterator[dict[str, Any]]:
    """Ways to call it with somebody else's id, or the canary, wherever a text goes. None: it wants what is not text."""
    needed: dict[str, tuple[Any, ...]] = {}
    optional: dict[str, tuple[Any, ...]] = {}
    for name, parameter in inspect.signature(method).parameters.items():
        kind = str(parameter.annotation)
        values: tuple[Any, ...] | None = GIVEN.get(name)
        if values is None and kind in ("str", "str | None", "str | VideoRow | None"):
            values = (foreign,)
        if values is None and kind in ("Sequence[str]", "list[str]"):
            values = ([foreign],)
        values = values or {"int": (0,), "float": (0.0,), "Mapping[str, Any]": ({},), "bool": (False,)}.get(kind)
        if parameter.default is inspect.Parameter.empty:
            values = values or EXAMPLES.get(kind)
            if values is None:
                return
            needed[name] = values
        elif values is not None and kind.startswith("str"):
            optional[name] = values
    kinds = needed.pop("kind", (None,))
    for kind_of in kinds:
        call = {name: values[0] for name, values in needed.items()}
        call |= {} if kind_of is None else {"kind": kind_of}
        yield call
        for name, values in optional.items():
            yield {**call, name: values[0]}


EXAMPLES: dict[str, tuple[Any, ...]] = {
    "Sequence[Moment]": ([Moment("Mine", 0)],),
    "Moment": (Moment("Mine", 0),),
    "Board": (Board("Mine", ()),),
    "Sequence[Clip]": ([],),
    "Sequence[Correction]": ([Correction("pose", "pose", 1, "left_knee", 0, 1.0, 1.0)],),
    "Calibration": (Calibration.from_line(1.0, (0.0, 0.0), (10.0, 0.0)),),
    "Result": (example_result(),),
    "Timeline": (TIMELINE,),
}


def test_every_root_table_has_something_of_annas(annas: Library) -> None:
    found = everything_of(annas, ANNA)
    empty = [table for table in roots(annas) if not found[table]]
    assert not empty, f"nothing is made in {empty}: add it to `fill`, so that its isolation is tested"
    assert {"session", "athlete", "team", "tag", "board", "playlist"} <= {*roots(annas)}


def test_another_account_sees_and_changes_nothing_whatever_it_calls(annas: Library, bens: Library) -> None:
    before = everything_of(annas, ANNA)
    foreign = ids_of(annas, ANNA)
    assert len(foreign) >= 10
    tried = set()
    for place, part in (("", bens), *((f"{name}.", getattr(bens, name)) for name in PARTS)):
        for name, method in inspect.getmembers(part, callable):
            if name.startswith("_") or name in NOBODYS:
                continue
            for stranger in foreign:
                for call in tries(method, stranger):
                    tried.add(place + name)
                    try:
                        answer = repr(method(**call))
                    except (CoachVisionError, ValueError) as refused:
                        answer = repr(refused)
                    assert CANARY not in answer.replace(repr(CANARY), ""), f"{place}{name}({call}) told {answer}"
    assert {
        "sessions", "session", "series", "tracks", "result", "trash", "untrash", "purge_trash", "folder",
        "update_session", "people.all", "people.change", "people.trash", "people.tag", "annotations.drawings",
        "moments.all", "moments.categories", "boards.all", "playlists.all", "playlists.get", "outbox.waiting",
    } <= tried  # fmt: skip
    assert everything_of(annas, ANNA) == before


@pytest.mark.parametrize("user_id", [BEN, None], ids=["ben", "guest"])
def test_lists_search_and_completion_know_nothing_of_her(annas: Library, tmp_path: Path, user_id: str | None) -> None:
    with Library.open(annas.root, user_id=user_id) as library:
        for word in ("Z", CANARY, f"{CANARY} title", "anna", "squat"):
            assert library.sessions(word) == []
            assert library.sessions(word, trashed=True) == []
        assert library.sessions() == library.sessions(trashed=True) == []
        assert library.sessions(athlete=f"{CANARY} Anna") == library.sessions(team=f"{CANARY} team") == []
        assert library.sessions(tag=f"{CANARY} tag") == []
        for kind in ("athlete", "team", "tag"):
            assert library.people.all(kind) == library.people.all(kind, prefix="Z") == []
            assert library.people.all(kind, trashed=True) == []
        assert library.boards.all() == library.playlists.all() == library.outbox.waiting() == []
        assert library.moments.categories() == ()
        assert library.outbox.tombstones() == []
    assert len(annas.sessions(CANARY)) == 1


def test_the_same_name_is_two_athletes_for_two_accounts(annas: Library, bens: Library) -> None:
    (hers,) = annas.people.all("athlete")
    his = bens.people.add("athlete", hers.name)
    assert his != hers.id
    session = bens.create_session(None, athlete=hers.name)
    assert [row.id for row in bens.sessions(athlete=hers.name)] == [session]
    assert session not in {row.id for row in annas.sessions(athlete=hers.name)}
