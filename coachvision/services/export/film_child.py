"""The entry of an export's child process: decodes the film and writes stills or an MP4. Started by `film` alone."""

from __future__ import annotations

import json
import pickle
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

from coachvision.analysis.board import Board
from coachvision.analysis.parent import leave_with_parent
from coachvision.core.frames import Image
from coachvision.core.time import Timeline
from coachvision.errors import CoachVisionError, VideoError
from coachvision.services.export.drawings import paint
from coachvision.services.export.film import Movie, Pictures, Reel, Scene, Stills
from coachvision.services.export.overlay import draw
from coachvision.services.export.titles import strength, title_over
from coachvision.video.facts import VideoFacts
from coachvision.video.probe import probe_here
from coachvision.video.reader import VideoReader
from coachvision.video.sequence import read_picture
from coachvision.video.writer import VideoWriter
from coachvision.video.writer_sound import has_sound

_TICKS = 90_000  # a second in the MP4: holds every common frame rate without rounding
_TRUE_CRF = 12  # what is measured on the film must be what would be on the pictures: no loss that an eye finds


def main(argv: list[str]) -> int:
    """Carry out the job in the spool. 0: done; 1: `error.json` is there; else a bug, told on stderr."""
    spool = Path(argv[0])
    leave_with_parent()
    job = pickle.loads((spool / "job").read_bytes())  # noqa: S301 - our own parent wrote it, in a folder of its own
    with Board(spool / "board") as board:
        try:
            if isinstance(job, Movie):
                _movie(job, board)
            elif isinstance(job, Reel):
                _reel(job, board)
            elif isinstance(job, Pictures):
                _pictures(job, board)
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
            if job.drawings is not None:
                picture = paint(picture, job.drawings, frame.pts)
            writer.write(picture, round((seconds - start) * _TICKS))
            board.enter("drawing", done + 1, total)


def _pictures(job: Pictures, board: Board) -> None:
    first = read_picture(job.files[0])
    height, width = first.shape[:2]
    with VideoWriter(job.target, width, height, time_base=Fraction(1, job.rate.numerator), crf=_TRUE_CRF) as writer:
        for index, file in enumerate(job.files):
            picture = first if index == 0 else read_picture(file)
            if picture.shape != first.shape:
                raise VideoError(
                    "The pictures differ in size",
                    f"“{file.name}” has {picture.shape[1]} x {picture.shape[0]} pixels, “{job.files[0].name}” has "
                    f"{width} x {height}.",
                    hint="Export all of them in one size; what is measured would jump between them.",
                    path=file,
                )
            writer.write(picture, index * job.rate.denominator)
            board.enter("drawing", index + 1, len(job.files))


def _reel(job: Reel, board: Board) -> None:
    total = sum(scene.last - scene.first + 1 for scene in job.scenes)
    done, at = 0, 0
    sounding = {path for path in {scene.path for scene in job.scenes} if has_sound(path)}
    with VideoWriter(job.target, job.width, job.height, time_base=Fraction(1, _TICKS), sound=bool(sounding)) as writer:
        for scene in job.scenes:
            facts = probe_here(scene.path)
            after = at
            for picture, ticks, length in _scene(scene, facts, (job.width, job.height)):
                writer.write(picture, at + ticks)
                done += 1
                after = at + ticks + length
                board.enter("drawing", done, total)
            if scene.path in sounding and after > at:
                # The sound is cut by the file's own clock, which need not begin at nought.
                start_s = float(facts.timeline.pts[scene.first] * facts.timeline.time_base)
                writer.add_sound(scene.path, start_s, start_s + (after - at) / _TICKS, at)
            at = after


def _scene(scene: Scene, facts: VideoFacts, size: tuple[int, int]) -> Iterator[tuple[Image, int, int]]:
    """Each picture as it is shown, its time from the scene's first, and how long it stays, in ticks."""
    line = Timeline(facts.timeline.pts, facts.timeline.time_base)  # as stored: slow motion stays slow to watch
    start = float(line.seconds[scene.first])
    whole = float(line.seconds[scene.last]) - start + line.frame_interval_s
    with VideoReader(scene.path, facts) as reader:
        for frame in reader.frames(scene.first, scene.last):
            now = float(line.seconds[frame.index]) - start
            after = frame.index + 1
            stays = float(line.seconds[after]) - start - now if after < len(line) else line.frame_interval_s
            picture = title_over(_fitted(frame.rgb, size), scene.title, scene.under, strength(now, whole))
            yield picture, round(now * _TICKS), max(1, round(stays * _TICKS))


def _fitted(picture: Image, size: tuple[int, int]) -> Image:
    """As large as it goes in the size, on black."""
    height, width = picture.shape[:2]
    if (width, height) == size:
        return picture
    scale = min(size[0] / width, size[1] / height)
    inner = max(1, min(size[0], round(width * scale))), max(1, min(size[1], round(height * scale)))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    canvas = np.zeros((size[1], size[0], 3), np.uint8)
    left, top = (size[0] - inner[0]) // 2, (size[1] - inner[1]) // 2
    canvas[top : top + inner[1], left : left + inner[0]] = cv2.resize(picture, inner, interpolation=way)
    return canvas


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
