"""Pictures out of a session's film for the exports, read in a child process: a hostile file never meets this one."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from coachvision.analysis.board import Board
from coachvision.core.frames import Image
from coachvision.core.scene import Scene as Drawings
from coachvision.errors import Cancelled, CoachVisionError, VideoError, from_data
from coachvision.services.export.overlay import Layer
from coachvision.services.session import Film, WholeSession

_POLL_S = 0.1


@dataclass(frozen=True)
class Stills:
    """Wanted: single frames, as `<number>.npy` in the spool."""

    path: Path
    indexes: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Movie:
    """Wanted: an MP4 of frames first..last with the layers drawn. time_scale: real seconds a stored second.

    drawings: the coach's, or None.
    """

    path: Path
    target: Path
    layers: tuple[Layer, ...]
    first: int
    last: int
    time_scale: float
    drawings: Drawings | None = None


@dataclass(frozen=True)
class Scene:
    """A part of one film in a reel: frames first..last, a title and a line under it."""

    path: Path
    first: int
    last: int
    title: str = ""
    under: str = ""


@dataclass(frozen=True)
class Reel:
    """Wanted: an MP4 of that size with parts of several films, one after the other."""

    scenes: tuple[Scene, ...]
    target: Path
    width: int
    height: int

    @property
    def path(self) -> Path:
        """The first film."""
        return self.scenes[0].path


@dataclass(frozen=True)
class Pictures:
    """Wanted: an MP4 of picture files of one size, each shown for one frame at `rate` a second."""

    files: tuple[Path, ...]
    rate: Fraction
    target: Path

    @property
    def path(self) -> Path:
        """Where they lie."""
        return self.files[0].parent


def pictures_of(session: WholeSession, indexes: Sequence[int]) -> tuple[dict[int, Image], str]:
    """RGB pictures by frame number, and, where there are none, why."""
    try:
        return stills(session.film, indexes), ""
    except CoachVisionError as error:
        return {}, f"There are no pictures in this report. {error}"


def stills(film: Film, indexes: Sequence[int]) -> dict[int, Image]:
    """RGB pictures (h, w, 3) by frame number; frames that do not decode are left out. Raises VideoError."""
    path = present(film)
    if not indexes:
        return {}
    with tempfile.TemporaryDirectory(prefix="coachvision-") as folder:
        in_child(Stills(path, tuple(sorted(set(indexes)))), Path(folder))
        found = {index: Path(folder) / f"{index}.npy" for index in indexes}
        return {index: np.load(file, allow_pickle=False) for index, file in found.items() if file.exists()}


def present(film: Film) -> Path:
    """Where the film is. Raises VideoError where it is not."""
    if film.path is None or not film.path.is_file():
        where = f"“{film.path}”" if film.path is not None else f"“{film.name}”"
        raise VideoError(
            "The video of this session is missing",
            f"{where} cannot be found.",
            hint="Bring the file back, or analyze the video again. The numbers can still be exported.",
            path=film.path,
        )
    return film.path


def in_child(
    job: Stills | Movie | Reel | Pictures,
    spool: Path,
    *,
    progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> None:
    """Carry out the job in a child process. Raises VideoError or Cancelled."""
    (spool / "job").write_bytes(pickle.dumps(job))
    with Board(spool / "board", create=True) as board, (spool / "log").open("ab") as log:
        command = [sys.executable, "-P", "-m", "coachvision.services.export.film_child", str(spool)]
        # A group of its own: Ctrl-C in a terminal is for the program, which cancels.
        group = 0 if os.name == "posix" else None
        child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log, process_group=group)
        try:
            code = _watched(child, board, progress, cancelled)
        finally:
            child.kill()
            child.wait()
            if child.stdin is not None:
                child.stdin.close()
    if code:
        raise _failure(job.path, spool, code)


def _watched(
    child: subprocess.Popen[bytes],
    board: Board,
    progress: Callable[[float], None] | None,
    cancelled: Callable[[], bool] | None,
) -> int:
    while True:
        try:
            return child.wait(_POLL_S)
        except subprocess.TimeoutExpired:
            pass
        if cancelled is not None and cancelled():
            raise Cancelled
        reading = board.read()
        if progress is not None and reading.frames_total:
            progress(reading.frames / reading.frames_total)


def _failure(path: Path, spool: Path, code: int) -> Exception:
    """The child's own error again; a crash is the file's fault, anything else is ours."""
    told = spool / "error.json"
    if told.exists():
        return from_data(json.loads(told.read_text("utf-8")))
    if code < 0:
        return VideoError(
            "This video cannot be read",
            f"“{path.name}” made the reader stop; it is damaged.",
            hint="Copy it again from the phone or camera.",
            path=path,
        )
    return RuntimeError(f"the export's child failed:\n{(spool / 'log').read_text('utf-8', 'replace')[-4000:]}")
