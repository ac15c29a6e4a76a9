"""Names that analyzers and services give in English, as the coach reads them. For `app` alone."""

from __future__ import annotations

import re

from coachvision.words import tr

_LABELLED = re.compile(r"(.+) \(([^()]+)\)")


def name_of(english: str) -> str:
    """The name of a number, a curve or a kind of event; of one with brackets, which nobody has, each part's."""
    told, found = tr(english), _LABELLED.fullmatch(english)
    if told != english or found is None:
        return told
    title, label = found.groups()
    return tr("{title} ({label})", title=tr(title), label=tr(label))
