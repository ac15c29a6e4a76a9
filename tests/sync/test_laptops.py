"""F15, S10 with real libraries: both sides change, one deletes, the cloud's own words are hostile."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from coachvision.core.tagging import Board, Button
from coachvision.library.records import AnnotationChanges, Drawing
from coachvision.sync.records import Summary
from tests.sync.conftest import Cloud, MakeLaptop
from tests.sync.laptop import Laptop

SIZE = 200_000


@pytest.fixture
def pair(make_laptop: MakeLaptop) -> tuple[Laptop, Laptop, str]:
    """Two laptops in step, and their one session."""
    one, two = make_laptop("one"), make_laptop("two")
    session = one.add_session("Squats", size=SIZE)
    assert one.sync(follow=True).failed == []
    assert two.sync(follow=True).failed == []
    return one, two, session


def rest(*laptops: Laptop) -> None:
    for _ in range(3):
        for laptop in laptops:
            assert laptop.sync().failed == []


def titles(laptop: Laptop, *, trashed: bool = False) -> list[str]:
    with laptop.library() as library:
        return sorted(row.title for row in library.sessions(trashed=trashed))


def test_where_both_changed_a_session_both_versions_are_kept_with_their_numbers(
    pair: tuple[Laptop, Laptop, str],
) -> None:
    one, two, session = pair
    with one.library() as library:
        library.update_session(session, note="from one")
    with two.library() as library:
        library.update_session(session, note="from two")
    assert one.sync().failed == []
    assert len(two.sync().copies) == 1
    rest(one, two)
    assert titles(one) == titles(two) == ["Squats", "Squats (this laptop's version)"]
    for laptop in (one, two):
        with laptop.library() as library:
            notes = {row.title: library.session(row.id).note for row in library.sessions()}
            assert notes == {"Squats": "from one", "Squats (this laptop's version)": "from two"}
            for row in library.sessions():
                assert library.series(row.id, "angle.left_knee", 1).values[-1] == 1.0
            assert library.check(deep=True) == []


def test_the_same_change_on_both_sides_is_no_conflict(pair: tuple[Laptop, Laptop, str]) -> None:
    one, two, session = pair
    for laptop in (one, two):
        with laptop.library() as library:
            library.update_session(session, note="deeper")
    rest(one, two)
    assert titles(one) == titles(two) == ["Squats"]


def test_what_went_to_the_trash_here_goes_there_and_comes_back_from_it(pair: tuple[Laptop, Laptop, str]) -> None:
    one, two, session = pair
    with one.library() as library:
        library.trash(session)
    rest(one, two)
    assert (titles(two), titles(two, trashed=True)) == ([], ["Squats"])
    with two.library() as library:
        library.untrash(session)
    rest(two, one)
    assert titles(one) == titles(two) == ["Squats"]


def test_what_was_deleted_for_good_there_lies_in_the_trash_here_for_a_month(pair: tuple[Laptop, Laptop, str]) -> None:
    one, two, session = pair
    with one.library() as library:
        library.trash(session)
        library.purge_trash(older_than_days=-1)
    rest(one, two)
    assert (titles(one), titles(one, trashed=True)) == ([], [])
    assert (titles(two), titles(two, trashed=True)) == ([], ["Squats"])
    with two.library() as library:
        assert library.purge_trash().sessions == ()
        library.untrash(session)
    # Wanted again by the coach, it is there again for both.
    rest(two, one)
    assert titles(one) == titles(two) == ["Squats"]
    with one.library() as library:
        assert library.check(deep=True) == []


def test_an_edit_made_while_another_deleted_survives_as_a_copy(pair: tuple[Laptop, Laptop, str]) -> None:
    one, two, session = pair
    with one.library() as library:
        library.trash(session)
        library.purge_trash(older_than_days=-1)
    with two.library() as library:
        library.update_session(session, note="important")
    rest(one, two)
    assert titles(one) == titles(two) == ["Squats (this laptop's version)"]
    with one.library() as library:
        (row,) = library.sessions()
        assert library.session(row.id).note == "important"


def test_a_new_analysis_replaces_the_old_one_everywhere_and_its_old_file_goes(
    pair: tuple[Laptop, Laptop, str], cloud: Cloud
) -> None:
    from tests.library.samples import TIMELINE, example_result

    one, two, session = pair
    with one.library() as library:
        library.save_run(session, "pose", "2", {}, example_result(77.0), TIMELINE)
    rest(one, two)
    with two.library() as library:
        assert library.series(session, "angle.left_knee", 1).values[-1] == 77.0
        assert library.check(deep=True) == []
    assert len([key for key in cloud.keys(str(one.user_id)) if key.endswith(".npz")]) == 1


def test_boards_playlists_drawings_and_moments_travel_too(pair: tuple[Laptop, Laptop, str]) -> None:
    one, two, session = pair
    with one.library() as library:
        library.boards.add(Board("Basketball", (Button("Shot", "#ff0000"),)))
        playlist = library.playlists.add("Best of")
        drawing = Drawing(str(uuid.uuid4()), "line", 7, None, {"points": [[0, 0], [1, 1]]})
        library.annotations.save(session, AnnotationChanges(drawings=(drawing,)))
    rest(one, two)
    with two.library() as library:
        assert [row.board.name for row in library.boards.all()] == ["Basketball"]
        assert [one.id for one in library.playlists.all()] == [playlist]
        assert library.annotations.drawings(session) == (drawing,)


Spoil = Callable[[dict[str, Any]], None]


def spoil_run_file(name: str) -> Spoil:
    def spoil(manifest: dict[str, Any]) -> None:
        manifest["document"]["content"]["children"]["run"][0]["file"] = name
        next(one for one in manifest["files"] if one["kind"] == "run")["path"] = name

    return spoil


def spoil_extension(manifest: dict[str, Any]) -> None:
    manifest["document"]["video"]["extension"] = "/../../../evil.mp4"


def spoil_video_hash(manifest: dict[str, Any]) -> None:
    manifest["document"]["video"]["row"]["sha256"] = "../../../evil"


def spoil_child_id(manifest: dict[str, Any]) -> None:
    manifest["document"]["content"]["children"]["run"][0]["id"] = "../../evil"


def spoil_document(manifest: dict[str, Any]) -> None:
    manifest["document"] = {"digest": "x", "trashed_at": None, "content": [1, 2, 3]}


def spoil_digest(manifest: dict[str, Any]) -> None:
    del manifest["document"]["digest"]


@pytest.mark.parametrize(
    "spoil",
    [
        spoil_run_file("../../../evil.npz"), spoil_extension, spoil_document,
        *(
            pytest.param(spoil, marks=pytest.mark.soak)
            for spoil in (
                spoil_run_file("/tmp/evil.npz"), spoil_run_file("C:\\evil.npz"), spoil_run_file("runs/../../evil.npz"),  # noqa: S108
                spoil_run_file("runs/\x00.npz"), spoil_video_hash, spoil_child_id, spoil_digest,
            )
        ),
    ],
)  # fmt: skip
def test_s10_hostile_names_from_the_cloud_leave_nothing_outside_the_library(
    make_laptop: MakeLaptop, cloud: Cloud, spoil: Spoil
) -> None:
    one, two = make_laptop("one"), make_laptop("two")
    session = one.add_session(size=SIZE)
    one.sync()
    assert one.tokens is not None
    with httpx.Client(
        base_url=cloud.gateway.url, headers={"Authorization": f"Bearer {one.tokens.token}"}, timeout=60
    ) as client:
        held = client.get(f"/v1/sessions/{session}").raise_for_status().json()
        spoil(held["manifest"])
        answer = client.put(f"/v1/sessions/{session}", json=held["manifest"], headers={"If-Match": f'"{held["rev"]}"'})
        assert answer.status_code == 200
    with two.library():
        pass
    before = everything(two.root.parent.parent)
    summary: Summary = two.sync(follow=True)
    with two.library() as library:
        taken = library.sessions()
        # An ending that is none of ours is replaced; anything else is refused, in words.
        assert (len(taken), len(summary.failed)) == ((1, 0) if spoil is spoil_extension else (0, 1)), summary
        assert library.check(deep=True, repair=True) == []
        assert [p.name for p in library.people.all("athlete")] == ["Anna"]
    outside = {path for path in everything(two.root.parent.parent) - before if not path.is_relative_to(two.root)}
    assert outside == set()
    assert not Path("/tmp/evil.npz").exists()  # noqa: S108


def everything(folder: Path) -> set[Path]:
    return set(folder.rglob("*"))
