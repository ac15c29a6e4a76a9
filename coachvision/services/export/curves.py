"""Some series as a table: `time_s`, then each one filtered and, where there is one, raw; or as they are seen.

For the chart's export.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from coachvision.core.results import Series
from coachvision.core.time import Timeline
from coachvision.library import Library
from coachvision.services.export.target import replacing


def export_curves(library: Library, series: Sequence[Series], timeline: Timeline, target: Path) -> Path:
    """Write the table; an empty cell is a gap. Returns the target. Raises CoachVisionError."""
    rows = np.unique(np.concatenate([one.pts for one in series])) if series else timeline.pts[:0]
    columns: list[tuple[str, dict[int, float]]] = []
    for one in series:
        named = f"{one.name} ({one.unit})"
        columns.append((named, dict(zip(one.pts.tolist(), one.values.tolist(), strict=True))))
        if one.raw is not None:
            columns.append((f"{named} raw", dict(zip(one.pts.tolist(), one.raw.tolist(), strict=True))))
    with replacing(library, target) as part, part.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["time_s", *(name for name, _ in columns)])
        for pts in rows.tolist():
            cells = [values.get(pts, float("nan")) for _, values in columns]
            writer.writerow([f"{timeline.seconds_of(pts):.6f}", *(_cell(value) for value in cells)])
    return target


def export_picture(library: Library, png: bytes, target: Path) -> Path:
    """Write a picture of them. Returns the target. Raises CoachVisionError."""
    with replacing(library, target) as part:
        part.write_bytes(png)
    return target


def _cell(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".") if np.isfinite(value) else ""
