"""Search as one types, in any spelling; nothing typed is an operator; another account's names are never seen."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coachvision.errors import LibraryError
from coachvision.library import Library
from coachvision.library.records import AnnotationChanges, Drawing, VideoRow


@pytest.mark.parametrize(
    "typed",
    ["knie", "KNIEB", "ann", "anna mül", "änna", "müller kniebeuge", "techn", "squat", "mp4", "hüf", "u18", "  ann  "],
)
def test_a_session_is_found_by_the_beginning_of_any_of_its_words(library: Library, session: str, typed: str) -> None:
    library.update_session(session, note="Hüfte zuerst")
    library.people.join("Änna Müller", "U18 girls")
    library.create_session(None, title="Other", athlete="Ben")
    assert [row.id for row in library.sessions(typed)] == [session]


def test_decomposed_letters_are_the_same_letters(library: Library, session: str) -> None:
    assert [row.id for row in library.sessions(unicodedata.normalize("NFD", "Änna Müller"))] == [session]
    assert [row.id for row in library.sessions(athlete=unicodedata.normalize("NFD", "änna müller"))] == [session]


@pytest.mark.parametrize("typed", ["beuge", "anna ben", "title:knie*zz", "!!!", '"', "NOT anna", "kniebeuge OR ben"])
def test_what_is_not_there_is_not_found(library: Library, session: str, typed: str) -> None:
    assert library.sessions(typed) == []


@pytest.mark.parametrize("typed", ["o'neil", 'say "hi', "a-b", "NEAR", "jump (2)", "c*d", "ünï:cödé"])
def test_signs_in_a_title_are_found_as_they_are_typed(library: Library, typed: str) -> None:
    made = library.create_session(None, title=f"x {typed} y")
    assert [row.id for row in library.sessions(typed)] == [made]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(typed=st.text(max_size=30))
def test_nothing_that_can_be_typed_breaks_the_search(library: Library, typed: str) -> None:
    library.sessions(typed.encode("utf-8", "ignore").decode())


def test_an_empty_search_is_the_whole_list(library: Library, session: str) -> None:
    assert [row.id for row in library.sessions("  ")] == [session]


def test_search_follows_renames_and_the_trash(library: Library, session: str) -> None:
    (athlete,) = library.people.all("athlete")
    changed = library.people.change("athlete", athlete.id, name="Berta")
    assert (changed.sessions, changed.athletes) == ((session,), (athlete.id,))
    assert library.sessions("müller") == []
    assert [row.athlete for row in library.sessions("berta")] == ["Berta"]
    library.people.untag(session, "technique")
    assert library.sessions("technique") == []


def test_filters_by_athlete_tag_and_team(library: Library, session: str, video: VideoRow) -> None:
    other = library.create_session(video, athlete="Ben", tags=("race", "technique"))
    library.people.join("Ben", "U18")
    assert [row.id for row in library.sessions(athlete="ben")] == [other]
    assert [row.id for row in library.sessions(tag="Technique")] == [other, session]
    assert [row.id for row in library.sessions(tag="technique", athlete="änna müller")] == [session]
    assert [row.id for row in library.sessions(team="u18")] == [other]
    assert library.sessions(team="u16") == []


def test_a_second_account_sees_none_of_the_first_ones_names(library: Library, session: str, video: VideoRow) -> None:
    library.people.join("Änna Müller", "U18")
    line = AnnotationChanges(drawings=(Drawing("mine", "line", 7, None, {"from": [0, 0]}),))
    library.annotations.save(session, line)
    library.user_id = "second"
    assert library.sessions() == []
    assert library.sessions("anna") == []
    assert library.sessions(athlete="Änna Müller") == []
    assert library.sessions(tag="technique") == []
    assert library.sessions(team="u18") == []
    for kind in ("athlete", "team", "tag"):
        assert library.people.all(kind) == []
    for forbidden in (
        lambda: library.session(session),
        lambda: library.trash(session),
        lambda: library.update_session(session, title="mine"),
        lambda: library.people.tag(session, "mine"),
        lambda: library.annotations.save(session, AnnotationChanges(trashed=("mine",))),
        lambda: library.annotations.drawings(session),
    ):
        with pytest.raises(LibraryError, match="No such"):
            forbidden()
    assert library.outbox.waiting() == []
    own = library.create_session(video.sha256, athlete="Änna Müller")
    assert library.session(own).source_name == ""
    assert [row.id for row in library.sessions("anna")] == [own]
    library.purge_trash(older_than_days=-1)
    library.user_id = None
    assert [row.id for row in library.sessions("anna")] == [session]
    assert len(library.people.all("athlete")) == 1
