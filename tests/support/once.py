"""Files that are encoded once a process and copied from then on."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path

Write = Callable[..., Path]


def encoded_once(write: Write) -> Write:
    """A function that writes to the path it is given and returns it: a second time with the same arguments copies."""

    kept: dict[tuple[object, ...], bytes] = {}

    @functools.wraps(write)
    def copy(path: Path, **how: object) -> Path:
        key = (path.suffix, *sorted(how.items()))
        if key not in kept:
            kept[key] = write(path, **how).read_bytes()
        else:
            path.write_bytes(kept[key])
        return path

    return copy
