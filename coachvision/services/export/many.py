"""Several sessions into one folder, a file each. For windows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from coachvision.analysis.progress import Progress, Report
from coachvision.errors import Cancelled, CoachVisionError, UsageError
from coachvision.library import Library

FORMATS = ("csv", "json", "html")


@dataclass(frozen=True)
class Exported:
    """What was written, and what was not, by session, with the reason."""

    written: tuple[Path, ...]
    failed: tuple[tuple[str, CoachVisionError], ...]


def export_many(
    library: Library,
    sessions: Sequence[str],
    form: str,
    folder: Path,
    *,
    progress: Report | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Exported:
    """Write each session as `form`; one that fails does not keep the others. No file is overwritten.

    Raises UsageError for a format that is none, Cancelled between two sessions: what is written stays.
    """
    if form not in FORMATS:
        raise UsageError("No such format", f"{form!r} is none of {', '.join(FORMATS)}.")
    written: list[Path] = []
    failed: list[tuple[str, CoachVisionError]] = []
    for done, session in enumerate(sessions):
        if cancelled is not None and cancelled():
            raise Cancelled
        if progress is not None:
            progress(Progress(done / len(sessions), "writing"))
        try:
            name = Path(library.session(session).name).stem
            target = _free(folder, _safe(name), form)
            _write(library, session, target, form)
        except CoachVisionError as error:
            failed.append((session, error))
        else:
            written.append(target)
    return Exported(tuple(written), tuple(failed))


def _write(library: Library, session: str, target: Path, form: str) -> None:
    if form == "csv":
        from coachvision.services.export.csv import export_csv

        export_csv(library, session, target)
    elif form == "json":
        from coachvision.services.export.json import export_json

        export_json(library, session, target)
    else:
        from coachvision.services.export.html import export_html

        export_html(library, session, target)


def _safe(name: str) -> str:
    """A session's name as a file's: no separators, nothing a file system refuses."""
    kept = "".join("-" if c in '\\/:*?"<>|' or ord(c) < 32 else c for c in name).strip(" .")
    return kept[:120] or "session"


def _free(folder: Path, stem: str, form: str) -> Path:
    """A name that is not taken: `squat.csv`, `squat 2.csv`."""
    target, number = folder / f"{stem}.{form}", 2
    while target.exists():
        target, number = folder / f"{stem} {number}.{form}", number + 1
    return target
