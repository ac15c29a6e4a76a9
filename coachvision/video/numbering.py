"""Which pictures are one series, in which order, and whether one is missing. From file names alone; for `sequence`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from coachvision.errors import VideoError

_PARTS = re.compile(r"(\d+)")


def by_number(path: Path) -> list[tuple[int, str]]:
    """A sort key: frame2 before frame10."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in _PARTS.split(path.name)]


def unbroken(files: Sequence[Path]) -> list[Path]:
    """The pictures of one series in the order of their numbers, which rise by the same step all along.

    Every second picture is a series, too: the rate is that of the pictures there are. Pictures without numbers are
    taken in the order of their names. Raises VideoError where names differ by more than one number, or one is missing.
    """
    files = sorted(files, key=by_number)
    words = [_PARTS.split(file.name.lower()) for file in files]
    stranger = next((at for at, name in enumerate(words) if name[::2] != words[0][::2]), None)
    if stranger is not None:
        if not any(len(name) > 1 for name in words):
            return files
        raise _mixed(files[0], files[stranger])
    numbers = np.array([[int(part) for part in name[1::2]] for name in words], dtype=object)
    varied = [column for column in numbers.T if len(set(column)) > 1]
    if len(varied) > 1:
        raise _mixed(files[0], files[-1])
    steps = [after - before for before, after in pairwise(varied[0])] if varied else [0] * (len(files) - 1)
    if not steps:
        return files
    if min(steps) == 0:
        at = steps.index(0)
        raise _error(f"“{files[at].name}” and “{files[at + 1].name}” have one number.", files[at])
    if max(steps) != min(steps):
        at = next(place for place, step in enumerate(steps) if step != min(steps))
        raise _error(f"Between “{files[at].name}” and “{files[at + 1].name}” pictures are missing.", files[at])
    return files


def _mixed(one: Path, other: Path) -> VideoError:
    return VideoError(
        "More than one series of pictures",
        f"“{one.name}” and “{other.name}” are not of one series.",
        hint="Name one series by a pattern, such as folder/run_*.jpg, in quotation marks.",
        path=one.parent,
    )


def _error(what: str, at: Path) -> VideoError:
    return VideoError(
        "The pictures are not numbered in a row",
        f"{what} Every time after that would be wrong.",
        hint="Bring the missing pictures back, or number them anew.",
        path=at.parent,
    )
