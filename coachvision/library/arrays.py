"""One analyzer's `Result` as a `.npz` file, whole: the rows in the database are only its index. Library room only.

Plain numpy arrays without pickle, plus one JSON header; a checksum of each member is part of the format (zip).
"""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from coachvision.core.results import Event, Metric, Result, Series, Subject, Track
from coachvision.core.time import Timeline
from coachvision.errors import LibraryError

Array = NDArray[Any]


def write(file: BinaryIO, result: Result, timeline: Timeline) -> None:
    """Write a result to an open binary file, with what turns its ticks into seconds."""
    packer = _Packer()
    header = {
        "format": 1,
        "time": {
            "first_pts": int(timeline.pts[0]) if len(timeline) else 0,
            "numerator": timeline.time_base.numerator,
            "denominator": timeline.time_base.denominator,
            "time_scale": timeline.time_scale,
        },
        "tracks": [packer.track(track) for track in result.tracks],
        "series": [packer.series(series) for series in result.series],
        "events": [{**asdict(event), "values": dict(event.values)} for event in result.events],
        "metrics": [asdict(metric) for metric in result.metrics],
        "subjects": [asdict(subject) for subject in result.subjects],
        "warnings": list(result.warnings),
    }
    packer.arrays["header"] = np.frombuffer(json.dumps(header).encode(), np.uint8)
    np.savez(file, **packer.arrays)  # type: ignore[arg-type] # numpy's stub takes the names for its own flag


class _Packer:
    """Names the arrays; equal time axes are kept once."""

    def __init__(self) -> None:
        self.arrays: dict[str, Array] = {}
        self._axes: dict[bytes, str] = {}

    def _keep(self, array: Array) -> str:
        name = f"a{len(self.arrays)}"
        self.arrays[name] = array
        return name

    def _axis(self, pts: Array) -> str:
        key = np.ascontiguousarray(pts, np.int64).tobytes()
        if key not in self._axes:
            self._axes[key] = self._keep(np.asarray(pts, np.int64))
        return self._axes[key]

    def track(self, track: Track) -> dict[str, Any]:
        return {
            "name": track.name,
            "subject": track.subject,
            "names": list(track.names),
            "unit": track.unit,
            "pts": self._axis(track.pts),
            "points": self._keep(track.points),
            "confidence": self._keep(track.confidence),
            "world": None if track.world is None else self._keep(track.world),
            "corrected": None if track.corrected is None else self._keep(track.corrected),
        }

    def series(self, series: Series) -> dict[str, Any]:
        return {
            "name": series.name,
            "subject": series.subject,
            "unit": series.unit,
            "label": series.label,
            "pts": self._axis(series.pts),
            "values": self._keep(series.values),
            "raw": None if series.raw is None else self._keep(series.raw),
        }


class ResultFile:
    """An open result file: reads only the members that are asked for."""

    def __init__(self, path: Path, members: Any) -> None:
        self._members = members
        self._read: dict[str, Array] = {}
        self.header: dict[str, Any] = json.loads(members["header"].tobytes())
        if self.header.get("format") != 1:
            raise ValueError(f"{path} is of a newer format")

    def _array(self, name: str | None) -> Any:
        if name is None:
            return None
        if name not in self._read:
            self._read[name] = self._members[name]
        return self._read[name]

    def clock(self) -> Timeline:
        """A timeline of the video's first frame alone: enough to turn any pts into seconds."""
        time = self.header["time"]
        first = np.array([time["first_pts"]], np.int64)
        return Timeline(first, Fraction(time["numerator"], time["denominator"]), time["time_scale"])

    def tracks(self) -> tuple[Track, ...]:
        """All tracks."""
        arrays = ("pts", "points", "confidence", "world", "corrected")
        return tuple(
            Track(**{**entry, "names": tuple(entry["names"]), **{key: self._array(entry[key]) for key in arrays}})
            for entry in self.header["tracks"]
        )

    def series(self, name: str | None = None, subject: int | None = None) -> tuple[Series, ...]:
        """All series, or those of a name and a subject."""
        return tuple(
            Series(**{**entry, **{key: self._array(entry[key]) for key in ("pts", "values", "raw")}})
            for entry in self.header["series"]
            if name in (None, entry["name"]) and subject in (None, entry["subject"])
        )

    def result(self) -> Result:
        """All of it."""
        header = self.header
        return Result(
            tracks=self.tracks(),
            series=self.series(),
            events=tuple(Event(**event) for event in header["events"]),
            metrics=tuple(Metric(**metric) for metric in header["metrics"]),
            subjects=tuple(Subject(**subject) for subject in header["subjects"]),
            warnings=tuple(header["warnings"]),
        )


@contextmanager
def opened(path: Path) -> Iterator[ResultFile]:
    """Open a result file. Raises LibraryError where it is missing or damaged."""
    try:
        with np.load(path, allow_pickle=False) as members:
            yield ResultFile(path, members)
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        missing = isinstance(error, FileNotFoundError)
        raise LibraryError(
            "A result file is missing" if missing else "A result file is damaged",
            f"{path}: {error}",
            hint="Analyze the session again; the video and everything else are kept.",
            path=path,
        ) from error
