"""Results as plain data: a JSON-able header and named arrays, and back. Pure: whoever stores them does the I/O.

No pickle anywhere: what comes back from a worker that met a hostile file is data, never code.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coachvision.core.results import Event, Metric, Result, Series, Subject, Track

Arrays = dict[str, NDArray[Any]]


def pack(result: Result) -> tuple[dict[str, Any], Arrays]:
    """A header that JSON can hold, and the arrays it names (`track.0.points`, `series.2.values` ...)."""
    arrays: Arrays = {}
    header: dict[str, Any] = {
        "tracks": [_pack_track(f"track.{i}", track, arrays) for i, track in enumerate(result.tracks)],
        "series": [_pack_series(f"series.{i}", series, arrays) for i, series in enumerate(result.series)],
        "events": [
            {
                "kind": e.kind,
                "subject": e.subject,
                "start_pts": e.start_pts,
                "end_pts": e.end_pts,
                "label": e.label,
                "values": {name: float(value) for name, value in e.values.items()},
            }
            for e in result.events
        ],
        "metrics": [
            {
                "name": m.name,
                "subject": m.subject,
                "value": float(m.value),
                "unit": m.unit,
                "uncertainty": None if m.uncertainty is None else float(m.uncertainty),
                "method": m.method,
                "label": m.label,
            }
            for m in result.metrics
        ],
        "subjects": [
            {"id": s.id, "first_pts": s.first_pts, "last_pts": s.last_pts, "of_interest": s.of_interest}
            for s in result.subjects
        ],
        "warnings": list(result.warnings),
    }
    return header, arrays


def unpack(header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Result:
    """The result again. Raises KeyError, TypeError or ValueError where header and arrays do not fit."""
    return Result(
        tracks=tuple(_unpack_track(f"track.{i}", t, arrays) for i, t in enumerate(header["tracks"])),
        series=tuple(_unpack_series(f"series.{i}", s, arrays) for i, s in enumerate(header["series"])),
        events=tuple(Event(**event) for event in header["events"]),
        metrics=tuple(Metric(**metric) for metric in header["metrics"]),
        subjects=tuple(Subject(**subject) for subject in header["subjects"]),
        warnings=tuple(str(warning) for warning in header["warnings"]),
    )


def _pack_track(key: str, track: Track, arrays: Arrays) -> dict[str, Any]:
    arrays[f"{key}.pts"] = track.pts
    arrays[f"{key}.points"] = track.points
    arrays[f"{key}.confidence"] = track.confidence
    if track.world is not None:
        arrays[f"{key}.world"] = track.world
    if track.corrected is not None:
        arrays[f"{key}.corrected"] = track.corrected
    return {"name": track.name, "subject": track.subject, "names": list(track.names), "unit": track.unit}


def _unpack_track(key: str, header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Track:
    world = arrays.get(f"{key}.world")
    corrected = arrays.get(f"{key}.corrected")
    return Track(
        name=header["name"],
        subject=header["subject"],
        names=tuple(header["names"]),
        unit=header["unit"],
        pts=arrays[f"{key}.pts"].astype(np.int64, copy=False),
        points=arrays[f"{key}.points"].astype(np.float32, copy=False),
        confidence=arrays[f"{key}.confidence"].astype(np.float32, copy=False),
        world=None if world is None else world.astype(np.float32, copy=False),
        corrected=None if corrected is None else corrected.astype(np.bool_, copy=False),
    )


def _pack_series(key: str, series: Series, arrays: Arrays) -> dict[str, Any]:
    arrays[f"{key}.pts"] = series.pts
    arrays[f"{key}.values"] = series.values
    if series.raw is not None:
        arrays[f"{key}.raw"] = series.raw
    return {"name": series.name, "subject": series.subject, "unit": series.unit, "label": series.label}


def _unpack_series(key: str, header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Series:
    raw = arrays.get(f"{key}.raw")
    return Series(
        name=header["name"],
        subject=header["subject"],
        unit=header["unit"],
        label=header["label"],
        pts=arrays[f"{key}.pts"].astype(np.int64, copy=False),
        values=arrays[f"{key}.values"].astype(np.float64, copy=False),
        raw=None if raw is None else raw.astype(np.float64, copy=False),
    )
