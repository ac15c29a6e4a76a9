"""What the cloud holds and could not be brought to this laptop, in plain words. Pure; for `engine` and `running`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from coachvision.errors import CoachVisionError
from coachvision.sync.records import Behind
from coachvision.words import counted, said, tr

_KINDS = {
    "session": (said("1 session"), said("{count} sessions")),
    "athlete": (said("1 athlete"), said("{count} athletes")),
    "team": (said("1 team"), said("{count} teams")),
    "tag": (said("1 tag"), said("{count} tags")),
    "board": (said("1 board"), said("{count} boards")),
    "playlist": (said("1 playlist"), said("{count} playlists")),
}


def why(error: CoachVisionError) -> str:
    """The reason with what can be done about it, as sentences."""
    return f"{str(error).rstrip('.')}. {error.hint}".rstrip()


def behind_words(left: Iterable[Behind]) -> list[str]:
    """A line for each reason: how many of what, and why."""
    many: dict[str, Counter[str]] = {}
    for one in left:
        many.setdefault(one.why, Counter())[one.kind] += 1
    return [
        tr(
            "Could not be brought here: {things}. {why}",
            things=", ".join(counted(kinds[kind], *words) for kind, words in _KINDS.items() if kinds[kind]),
            why=reason,
        )
        for reason, kinds in many.items()
    ]
