"""The entry of an export's child process: decodes the film and writes stills or an MP4. Started by `film` alone."""

from __future__ import annotations

import json
import pickle
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np

from coachvision.analysis.board import Board
from coachvision.analysis.parent import leave_with_parent
from coachvision.core.time import Timeline
from coachvision.errors import CoachVisionError, VideoError
from coachvision.services.export.film import Movie, Stills
from coachvision.services.export.overlay import draw
from coachvision.video.probe import probe_here
from coachvision.video.reader import VideoReader
from coachvision.video.writer import VideoWriter

_TICKS = 90_000  # a second in the MP4: holds every common frame rate without rounding


def main(argv: list[str]) -> int:
    """Carry out the job in the spool. 0: done; 1: `error.json` is there; else a bug, told on stderr."""
    spool = Path(argv[0])
    leave_with_parent()
    job = pickle.loads((spool / "job").read_bytes())  # noqa: S301 - our own parent wrote it, in a folder of its own
    with Board(spool / "board") as board:
        try:
            if isinstance(job, Movie):
                _movie(job, board)
            else:
                _stills(job, spool)
        except CoachVisionError as error:
            (spool / "error.json").write_text(json.dumps(error.as_data()), "utf-8")
            return 1
    return 0


def _stills(job: Stills, spool: Path) -> None:
    with VideoReader(job.path, probe_here(job.path)) as reader:
        for index in job.indexes:
            try:
                frame = reader.frame_at(index)
            except (VideoError, IndexError):
                # A damaged stretch: the others are still worth having, and the caller sees which are absent.
                continue
            np.save(spool / f"{index}.npy", frame.rgb, allow_pickle=False)


def _movie(job: Movie, board: Board) -> None:
    facts = probe_here(job.path)
    line = Timeline(facts.timeline.pts, facts.timeline.time_base)  # as stored: slow motion stays slow to watch
    start = float(line.seconds[job.first])
    # The sound is cut by the file's own clock, which need not begin at nought.
    clock = line.pts * float(line.time_base)
    end = float(clock[job.last + 1]) if job.last + 1 < len(line) else None
    with (
        VideoReader(job.path, facts) as reader,
        VideoWriter(
            job.target,
            facts.width,
            facts.height,
            time_base=Fraction(1, _TICKS),
            audio_from=job.path if facts.has_audio else None,
            start_s=float(clock[job.first]),
            end_s=end,
        ) as writer,
    ):
        total = job.last - job.first + 1
        for done, frame in enumerate(reader.frames(job.first, job.last)):
            seconds = float(line.seconds[frame.index])
            picture = draw(frame.rgb, job.layers, frame.pts, time_s=seconds * job.time_scale)
            writer.write(picture, round((seconds - start) * _TICKS))
            board.enter("drawing", done + 1, total)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
