"""Where an export may be written: a file, new or old, and nothing else."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from coachvision.core.tagging import Clip
from coachvision.errors import CoachVisionError, UsageError
from coachvision.library import Library
from coachvision.services.export.csv import export_csv
from coachvision.services.export.curves import export_curves
from coachvision.services.export.html import export_html
from coachvision.services.export.json import export_json
from coachvision.services.export.kinogram import export_kinogram
from coachvision.services.export.mp4 import export_mp4
from coachvision.services.export.png import export_png
from coachvision.services.export.target import replacing
from coachvision.services.moments import export_moments
from coachvision.services.playlists import export_playlist
from coachvision.services.progress import export_progress, progress
from coachvision.video.probe import probe_here
from tests.support import sessions
from tests.support.clips import write_clip


def test_a_pipe_or_device_is_refused_and_stays_what_it_is(library: Library, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    with pytest.raises(CoachVisionError, match=r"pipe\.csv is a device or pipe"), replacing(library, pipe) as part:
        part.write_text("time_s\n")
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert list(tmp_path.iterdir()) == [pipe]


def test_an_old_file_is_replaced_whole_or_not_at_all(library: Library, tmp_path: Path) -> None:
    target = tmp_path / "old.csv"
    target.write_text("old")

    def break_off() -> None:
        with replacing(library, target) as part:
            part.write_text("half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_off()
    assert target.read_text() == "old"
    with replacing(library, target) as part:
        part.write_text("new")
    assert target.read_text() == "new"
    assert list(tmp_path.iterdir()) == [target]


def _curves(library: Library, _session: str, target: Path) -> Path:
    return export_curves(library, sessions.angles().series, sessions.timeline(), target)


def _progress(library: Library, _session: str, target: Path) -> Path:
    return export_progress(library, progress(library, "Anna Müller"), target)


def _playlist(library: Library, session: str, target: Path) -> Path:
    return export_playlist(library, library.playlists.add("Best of", [Clip(session, 0, sessions.STEP)]), target)


EXPORTS: dict[str, Callable[[Library, str, Path], Path]] = {
    "csv": export_csv, "curves": _curves, "html": export_html, "json": export_json, "kinogram": export_kinogram,
    "moments": export_moments, "mp4": export_mp4, "playlist": _playlist, "png": export_png, "progress": _progress,
}  # fmt: skip


@pytest.mark.parametrize("export", EXPORTS.values(), ids=EXPORTS)
def test_no_export_writes_over_the_library_or_a_film_that_was_left_where_it_lies(
    library: Library, tmp_path: Path, export: Callable[[Library, str, Path], Path]
) -> None:
    session = sessions.keep(library, tmp_path / "squat.mp4")
    film = write_clip(tmp_path / "left.mp4")
    library.add_video(film, probe_here(film), copy=False)
    for target in (library.root / "library.db", library.root / "new" / "file", film):
        before = target.read_bytes() if target.exists() else None
        with pytest.raises(UsageError, match="belongs to the library"):
            export(library, session, target)
        assert (target.read_bytes() if target.exists() else None) == before
