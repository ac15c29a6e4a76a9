"""Results as plain data: a JSON-able header and named arrays, and back. Pure: whoever stores them does the I/O.

The worker's spool and the library's files both hold results this way. No pickle anywhere: what comes back from a
worker that met a hostile file is data, never code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coachvision.core.results import Event, Metric, Result, Series, Subject, Track

Arrays = Mapping[str, NDArray[Any]]
Header = Mapping[str, Any]

# Arrays of a track and a series by field, and the type each has in memory. Those that may be absent are None there.
_TRACK = {"pts": np.int64, "points": np.float32, "confidence": np.float32, "world": np.float32, "corrected": np.bool_}
_SERIES = {"pts": np.int64, "values": np.float64, "raw": np.float64}


def pack(result: Result) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """A header that JSON can hold (NaN as Python's json writes it), and the arrays that it names."""
    packer = _Packer()
    header: dict[str, Any] = {
        "tracks": [{**vars(one), "names": list(one.names), **packer.named(one, _TRACK)} for one in result.tracks],
        "series": [{**vars(one), **packer.named(one, _SERIES)} for one in result.series],
        "events": [
            {**vars(one), "values": {name: float(value) for name, value in one.values.items()}} for one in result.events
        ],
        "metrics": [
            {
                **vars(one),
                "value": float(one.value),
                "uncertainty": None if one.uncertainty is None else float(one.uncertainty),
            }
            for one in result.metrics
        ],
        "subjects": [dict(vars(one)) for one in result.subjects],
        "warnings": list(result.warnings),
    }
    return header, packer.arrays


def unpack(header: Header, arrays: Arrays) -> Result:
    """The result again. Raises KeyError, TypeError or ValueError where header and arrays do not fit."""
    read = _remembering(arrays)
    return Result(
        tracks=tuple(_track(entry, read) for entry in header["tracks"]),
        series=tuple(_series(entry, read) for entry in header["series"]),
        events=tuple(Event(**entry) for entry in header["events"]),
        metrics=tuple(Metric(**entry) for entry in header["metrics"]),
        subjects=tuple(Subject(**entry) for entry in header["subjects"]),
        warnings=tuple(str(warning) for warning in header["warnings"]),
    )


def unpack_tracks(header: Header, arrays: Arrays) -> tuple[Track, ...]:
    """The tracks alone; no other array is looked at. Raises as `unpack`."""
    read = _remembering(arrays)
    return tuple(_track(entry, read) for entry in header["tracks"])


def unpack_series(header: Header, arrays: Arrays, name: str, subject: int) -> Series:
    """One series alone; no other array is looked at. Raises as `unpack`, and KeyError where there is none."""
    for entry in header["series"]:
        if (entry["name"], entry["subject"]) == (name, subject):
            return _series(entry, _remembering(arrays))
    raise KeyError((name, subject))


class _Packer:
    """Names the arrays; equal time axes are kept once."""

    def __init__(self) -> None:
        self.arrays: dict[str, NDArray[Any]] = {}
        self._axes: dict[bytes, str] = {}

    def named(self, item: Track | Series, fields: Mapping[str, type]) -> dict[str, str | None]:
        """By field, the name under which its array is kept, or None where there is none."""
        found = {field: getattr(item, field) for field in fields}
        return {
            field: None if array is None else self._axis(array) if field == "pts" else self._keep(array)
            for field, array in found.items()
        }

    def _keep(self, array: NDArray[Any]) -> str:
        name = f"a{len(self.arrays)}"
        self.arrays[name] = array
        return name

    def _axis(self, pts: NDArray[np.int64]) -> str:
        key = pts.tobytes()
        if key not in self._axes:
            self._axes[key] = self._keep(pts)
        return self._axes[key]


Read = Callable[[str | None, type], Any]


def _remembering(arrays: Arrays) -> Read:
    """Reads arrays by name, each once: in a file's `arrays` every look is a read, and time axes are shared."""
    known: dict[str, NDArray[Any]] = {}

    def read(name: str | None, kind: type) -> NDArray[Any] | None:
        if name is None:
            return None
        if name not in known:
            known[name] = arrays[name].astype(kind, copy=False)
        return known[name]

    return read


def _track(entry: Header, read: Read) -> Track:
    arrays = {field: read(entry[field], kind) for field, kind in _TRACK.items()}
    return Track(**{**entry, "names": tuple(entry["names"]), **arrays})


def _series(entry: Header, read: Read) -> Series:
    return Series(**{**entry, **{field: read(entry[field], kind) for field, kind in _SERIES.items()}})
