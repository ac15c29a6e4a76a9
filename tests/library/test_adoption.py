"""What the guest made is offered, taken whole or not at all, and given back when the account is erased."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from coachvision.errors import UsageError
from coachvision.library import Library
from coachvision.library.adoption import root_tables
from tests.library.conftest import SetClock
from tests.library.test_isolation import CANARY, everything_of, fill, roots
from tests.support.killers import ForkedRuns, tell

ANNA = "6b1f7f6e-3a44-4a0e-9a2f-0d7c5f1c1b11"


@pytest.fixture
def guests(tmp_path: Path, clock: SetClock) -> Iterator[Library]:
    with Library.open(tmp_path / "library", clock) as opened:
        fill(opened, tmp_path)
        yield opened


@pytest.fixture
def annas(guests: Library, clock: SetClock) -> Iterator[Library]:
    with Library.open(guests.root, clock, user_id=ANNA) as opened:
        yield opened


def owners(library: Library) -> dict[str, set[str | None]]:
    """Whose the rows are, for each root table."""
    db = library._store.db
    return {table: {row[0] for row in db.rows(f"SELECT user_id FROM {table}")} for table in roots(library)}  # noqa: S608 - the schema's own names


def test_the_guests_sessions_are_offered_with_count_and_size(annas: Library, guests: Library) -> None:
    offer = annas.adoption.offer()
    stored = sum(path.stat().st_size for path in guests.root.rglob("*.npz")) + len(b"film")
    assert (offer.sessions, offer.size, offer.asked) == (1, stored, False)
    with pytest.raises(UsageError, match="Nobody is signed in"):
        guests.adoption.offer()


def test_yes_takes_every_root_row_and_queues_each(annas: Library, guests: Library) -> None:
    before = {table: guests._store.db.rows(f"SELECT id, rev FROM {table} ORDER BY id") for table in roots(guests)}  # noqa: S608 - the schema's own names
    assert guests.sessions() != []
    taken = annas.adoption.take()
    assert set(taken.sessions) == {row[0] for row in before["session"]}
    assert owners(annas) == {table: {ANNA} for table in roots(annas)}
    after = {table: annas._store.db.rows(f"SELECT id, rev FROM {table} ORDER BY id") for table in roots(annas)}  # noqa: S608 - the schema's own names
    assert after == {table: [(given, rev + 1) for given, rev in rows] for table, rows in before.items()}
    waiting = annas.outbox.waiting(1000)
    assert sorted((row.entity, row.entity_id, row.rev) for row in waiting) == sorted(
        (table, given, rev) for table, rows in after.items() for given, rev in rows
    )
    assert {row.user_id for row in waiting} == {ANNA}
    assert [row.title for row in annas.sessions(CANARY)] == [f"{CANARY} title"]
    assert guests.sessions() == []
    assert guests.outbox.waiting() == []
    assert annas.adoption.offer().sessions == 0
    assert annas.check(deep=True) == []
    told = json.loads((annas.folder(annas.sessions()[0].id) / "session.json").read_text())
    assert told["session"]["user_id"] == ANNA


def test_the_guest_learns_how_many_sessions_are_accounts_and_no_more(annas: Library, guests: Library) -> None:
    count = len(guests.sessions())
    assert count > 0
    assert guests.adoption.others() == 0
    annas.adoption.take()
    assert guests.sessions() == []
    assert guests.adoption.others() == count


def test_no_keeps_them_the_guests_and_is_remembered_for_that_account(annas: Library, guests: Library) -> None:
    before = everything_of(guests, ANNA)
    annas.adoption.decline()
    assert annas.adoption.offer().asked
    assert annas.sessions() == []
    assert everything_of(guests, ANNA) == before
    assert len(guests.sessions()) == 1
    with Library.open(guests.root, user_id=str(uuid.uuid4())) as another:
        assert not another.adoption.offer().asked
    # It can be had later all the same.
    annas.adoption.take()
    assert len(annas.sessions()) == 1


def test_names_that_both_have_are_joined(annas: Library, guests: Library) -> None:
    name, team = f"{CANARY} Anna", f"{CANARY} team"
    guest = guests.people.all("athlete")[0]
    guests.people.change("athlete", guest.id, note="fast", height_m=1.8)
    own = annas.people.add("athlete", name.upper())
    annas.people.join(own, team)
    tag = annas.people.add("tag", f"{CANARY} tag")
    annas.adoption.take()
    (athlete,) = annas.people.all("athlete")
    assert (athlete.id, athlete.note, athlete.height_m, athlete.teams) == (own, "fast", 1.8, (team,))
    assert [row.id for row in annas.people.all("tag")] == [tag]
    (session,) = annas.sessions(athlete=name, tag=f"{CANARY} tag", team=team)
    assert (session.athlete_id, session.tags) == (own, (f"{CANARY} tag",))
    assert annas.sessions(name.upper()) == [session]
    assert annas.check(deep=True) == []


def test_an_erased_accounts_sessions_are_the_guests_again(annas: Library, guests: Library) -> None:
    annas.adoption.take()
    annas.people.trash("tag", annas.people.all("tag")[0].id)
    back = annas.adoption.give_back()
    assert len(back.sessions) == 2
    assert owners(guests) == {table: {None} for table in roots(guests)}
    assert len(guests.sessions(CANARY)) == 1
    assert annas.sessions() == []
    assert annas.outbox.waiting() == annas.outbox.tombstones() == []
    assert guests.check(deep=True) == []


def test_a_rebuilt_library_knows_whose_everything_is(annas: Library, guests: Library) -> None:
    annas.adoption.take()
    root = annas.root
    annas.close()
    guests.close()
    (root / "library.db").write_bytes(b"\xaa" * 5000)
    Library.rebuild(root)
    with Library.open(root, user_id=ANNA) as again:
        assert len(again.sessions(CANARY)) == 1
        assert owners(again) == {table: {ANNA} for table in root_tables(again._store.db.db)}


def adopt(root: str) -> None:
    """In the process that is killed."""
    with Library.open(Path(root), user_id=ANNA) as library:
        library.adoption.take()


def test_killed_at_any_point_all_of_it_is_taken_or_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def fresh(name: str) -> Path:
        (tmp_path / name).mkdir()
        with Library.open(tmp_path / name / "library") as library:
            fill(library, tmp_path / name)
        return tmp_path / name / "library"

    with ForkedRuns("tests.library.test_adoption:adopt") as runs:
        points = runs.points(tmp_path / "points", root=str(fresh("learn")))
        assert {"library.adopt.before_commit:1", "library.adopt.after_commit:1"} <= {*points}
        for number, point in enumerate(points):
            root = fresh(str(number))
            runs.kill_at(point, root=str(root))
            with Library.open(root, user_id=ANNA) as library:
                whose = owners(library)
                (owner,) = whose["session"]
                assert whose == {table: {owner} for table in whose}, point
                assert bool(library.outbox.waiting()) == (owner == ANNA), point
                assert library.check(deep=True) == [], point
                library.adoption.take()
                assert owners(library) == {table: {ANNA} for table in whose}
    with capsys.disabled():
        print(tell("adoption", points, points))
