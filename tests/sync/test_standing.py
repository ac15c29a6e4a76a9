"""How a session stands, in words, from sync's own notes."""

from __future__ import annotations

from pathlib import Path

import pytest

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
    assert told() == PAUSE_WORDS[reason].capitalize()
    journal.go_on(ME)
    assert told() == "Waiting"
    journal.enqueue([NewItem(ME, SESSION, "video", "video", "mp4", tmp_path / "film.mp4", 100, "0" * 64)])
    journal.pause_all(ME, reason)
    assert told() == PAUSE_WORDS[reason].capitalize()
    journal.go_on(ME)
    (item,) = journal.items(ME, SESSION)
    item = journal.begin(item, State.QUEUED)
    item = journal.registered(journal.looked_at(item, 100, 1, "0" * 64), "upload", 43)
    journal.reconciled(item, {1: "0" * 32}, 43)
    assert told() == "Uploading 43 %"
    database.close()
