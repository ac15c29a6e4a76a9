"""What `coachvision sync` says while it goes on: each run's doings, and how it stands once until that changes."""

from __future__ import annotations

import pytest

from coachvision.cli.syncing import _Saying
from coachvision.errors import CoachVisionError
from coachvision.sync.records import Summary
from coachvision.sync.states import Reason

BEHIND = "Could not be brought here: 1 session. Another account on this laptop has that already."


def test_a_sync_that_goes_on_says_how_it_stands_once_until_that_changes(capsys: pytest.CaptureFixture[str]) -> None:
    saying = _Saying()
    heard: list[str] = []
    error = CoachVisionError("Another CoachVision is syncing", "by another window", hint="It goes on by itself.")
    for told in (
        Summary(), Summary(), Summary(paused=Reason.OFFLINE), Summary(paused=Reason.OFFLINE), Summary(), error, error,
        Summary(uploaded_files=2, uploaded_bytes=1_700_000, sent_roots=1), Summary(failed=["squat.mp4: too large"]),
        Summary(sent_roots=1, failed=["squat.mp4: too large"]), Summary(failed=[BEHIND], behind=[BEHIND]),
        Summary(failed=[BEHIND], behind=[BEHIND]), Summary(),
    ):  # fmt: skip
        saying.say(told)
        out, err = capsys.readouterr()
        heard.append(out + err)
    whole = "Everything is in the cloud.\n"
    offline = "coachvision: sync is waiting for the internet\n"
    assert heard[:5] == [whole, "", offline, "", whole]
    assert heard[5].startswith("coachvision: Another CoachVision is syncing")
    assert heard[6] == ""
    assert heard[7:10] == [
        "2 files sent (1.7 MB); 1 entry sent.\n",
        "coachvision: squat.mp4: too large\n",
        "1 entry sent.\n",
    ]
    assert heard[10:] == [f"coachvision: {BEHIND}\n", "", whole]
