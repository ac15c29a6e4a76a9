"""How a session stands, in words, from sync's own notes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from coachvision import words
from coachvision.sync.records import NewItem
from coachvision.sync.standing import standing
from coachvision.sync.states import PAUSE_WORDS, PAUSES, Reason, State
from tests.sync.fakes import open_journal

ME, SESSION = "me", "squats"


@pytest.mark.parametrize("reason", sorted(PAUSES))
def test_a_pause_is_told_until_it_is_over_also_where_no_file_was_looked_at_yet(tmp_path: Path, reason: Reason) -> None:
    database, journal = open_journal(tmp_path)

    def told() -> str:
        return standing(journal, ME, [SESSION])[SESSION].words

    journal.mark(ME, [("session", SESSION)])
    assert told() == "Waiting"
    journal.pause_all(ME, reason)
    assert told() == PAUSE_WORDS[reason][:1].upper() + PAUSE_WORDS[reason][1:]
    journal.go_on(ME)
    assert told() == "Waiting"
    journal.enqueue([NewItem(ME, SESSION, "video", "video", "mp4", tmp_path / "film.mp4", 100, "0" * 64)])
    journal.pause_all(ME, reason)
    assert told() == PAUSE_WORDS[reason][:1].upper() + PAUSE_WORDS[reason][1:]
    journal.go_on(ME)
    (item,) = journal.items(ME, SESSION)
    item = journal.begin(item, State.QUEUED)
    item = journal.registered(journal.looked_at(item, 100, 1, "0" * 64), "upload", 43)
    journal.reconciled(item, {1: "0" * 32}, 43)
    assert told() == "Uploading 43 %"
    database.close()


def test_a_card_is_told_in_the_catalogues_language(tmp_path: Path) -> None:
    folder = words.folders()[0]
    folder.mkdir(parents=True)
    said = {"waiting for the internet": "wartet auf das Internet"}
    (folder / "xx.json").write_text(json.dumps(said), "utf-8")
    assert words.choose("xx") == []
    database, journal = open_journal(tmp_path / "library")
    journal.mark(ME, [("session", SESSION)])
    journal.pause_all(ME, Reason.OFFLINE)
    told = standing(journal, ME, [SESSION])[SESSION].words
    words.choose(words.ENGLISH)
    database.close()
    assert told == "Wartet auf das Internet"
