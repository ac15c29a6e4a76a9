"""One analyzer's `Result` as a `.npz` file, whole: the rows in the database are only its index. Library room only.

Plain numpy arrays without pickle, plus one JSON header; a checksum of each member is part of the format (zip).
"""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from coachvision.core.packing import Arrays, pack, unpack, unpack_series, unpack_tracks
from coachvision.core.results import Result, Series, Track
from coachvision.core.time import Timeline
from coachvision.errors import LibraryError

_FORMAT = 1


def write(file: BinaryIO, result: Result, timeline: Timeline) -> None:
    """Write a result to an open binary file, with what turns its ticks into seconds."""
    packed, arrays = pack(result)
    time = {
        "first_pts": timeline.first_pts,
        "numerator": timeline.time_base.numerator,
        "denominator": timeline.time_base.denominator,
        "time_scale": timeline.time_scale,
    }
    header = json.dumps({"format": _FORMAT, "time": time, **packed}).encode()
    members = {**arrays, "header": np.frombuffer(header, np.uint8)}
    np.savez(file, **members)  # type: ignore[arg-type] # numpy's stub takes the names for its own flag


class ResultFile:
    """An open result file: reads only the members that are asked for."""

    def __init__(self, path: Path, members: Arrays) -> None:
        self._members = members
        self._header: dict[str, Any] = json.loads(members["header"].tobytes())
        if self._header.get("format") != _FORMAT:
            raise ValueError(f"{path} is of a newer format")

    def clock(self) -> Timeline:
        """A timeline of the video's first frame alone: enough to turn any pts into seconds."""
        time = self._header["time"]
        first = np.array([time["first_pts"]], np.int64)
        return Timeline(first, Fraction(time["numerator"], time["denominator"]), time["time_scale"])

    def tracks(self) -> tuple[Track, ...]:
        """All tracks."""
        return unpack_tracks(self._header, self._members)

    def series(self, name: str, subject: int) -> Series:
        """One series."""
        return unpack_series(self._header, self._members, name, subject)

    def result(self) -> Result:
        """All of it."""
        return unpack(self._header, self._members)


@contextmanager
def opened(path: Path) -> Iterator[ResultFile]:
    """Open a result file. Raises LibraryError where it is missing or damaged."""
    try:
        # Opened here: of a damaged file numpy would leave its own handle open.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as members:
            yield ResultFile(path, members)
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        missing = isinstance(error, FileNotFoundError)
        raise LibraryError(
            "A result file is missing" if missing else "A result file is damaged",
            f"{path}: {error}",
            hint="Analyze the session again; the video and everything else are kept.",
            path=path,
        ) from error
