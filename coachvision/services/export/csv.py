"""A session's series as a table: `time_s` first, then one column a series. For the fronts.

Beside `x.csv` stands `x.csv-metadata.json`, which says in the words of the W3C's "CSV on the Web" what each column is:
its unit, and the convention of its angle.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coachvision.core.results import Series
from coachvision.library import Library
from coachvision.services.conventions import CONVENTIONS
from coachvision.services.export.target import replacing
from coachvision.services.session import WholeSession, read_session


def export_csv(library: Library, session_id: str, target: Path) -> Path:
    """Write the table and its description. Returns the target. Raises CoachVisionError.

    A row is a frame (of those that any series has; all frames where there is no series). An empty cell is a gap.
    """
    write_csv(library, read_session(library, session_id), target)
    return target


def write_csv(library: Library, session: WholeSession, target: Path) -> None:
    """Write one session's table and its description."""
    columns = columns_of(session)
    line = session.film.timeline
    rows = np.unique(np.concatenate([s.pts for _, s in columns])) if columns else line.pts
    cells = [[f"{value:.6f}" for value in line.times_of(rows).tolist()]]
    cells += [_cells(series, rows) for _, series in columns]
    with replacing(library, target) as part, part.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["time_s", *(name for name, _ in columns)])
        writer.writerows(zip(*cells, strict=True))
    with replacing(library, target.with_name(target.name + "-metadata.json")) as part:
        part.write_text(json.dumps(_description(target.name, columns), indent=1) + "\n", encoding="utf-8")


def columns_of(session: WholeSession) -> list[tuple[str, Series]]:
    """Column names and series. A name is the series' own for the main athlete, and `name@2` for subject 2."""
    main = session.main_subject
    found = sorted(session.series(), key=lambda item: (item[1].subject != main, item[1].subject))
    several = len({series.subject for _, series in found}) > 1
    names = [s.name if not several or s.subject == main else f"{s.name}@{s.subject}" for _, s in found]
    count = Counter(names)
    # Two analyzers may give a series of one name: then each says whose it is.
    return [
        (name if count[name] == 1 else f"{analyzer}:{name}", series)
        for name, (analyzer, series) in zip(names, found, strict=True)
    ]


def _cells(series: Series, rows: NDArray[np.int64]) -> list[str]:
    cells = [""] * len(rows)
    for at, value in zip(np.searchsorted(rows, series.pts).tolist(), series.values.tolist(), strict=True):
        if np.isfinite(value):
            cells[at] = f"{value:.6f}".rstrip("0").rstrip(".")
    return cells


def _description(name: str, columns: list[tuple[str, Series]]) -> dict[str, Any]:
    described: list[dict[str, Any]] = [
        {"name": "time_s", "titles": "time_s", "datatype": "number", "dc:description": "seconds from the first frame"}
    ]
    described += [
        {
            "name": column,
            "titles": column,
            "datatype": "number",
            "null": "",
            "dc:description": series.label or series.name,
            "schema:unitText": series.unit,
        }
        for column, series in columns
    ]
    return {
        "@context": "http://www.w3.org/ns/csvw",
        "url": name,
        "dc:description": " ".join(CONVENTIONS),
        "tableSchema": {"columns": described},
    }
