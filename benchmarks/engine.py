"""The engine's own cost: the decode pass against the bare loop on the same frames, and a second analyzer on one pass.

Both loops run here, in one process, on the same clip, each loading its networks; of three interleaved rounds the
fastest counts. The second analyzer only looks at the luma plane, so what it adds is what a second seat costs.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.clips import data
from benchmarks.rows import Row, show
from coachvision.analysis.board import Board
from coachvision.analysis.passes import FramePass
from coachvision.core.frames import Frame
from coachvision.core.results import Metric, Result
from coachvision.core.video import Video
from coachvision.plugins.discovery import discover
from coachvision.plugins.manifest import Manifest
from coachvision.video.facts import VideoFacts
from coachvision.video.probe import probe
from coachvision.video.reader import VideoReader
from coachvision_pose.analyzer import PoseAnalyzer

CLIP = "reps/lateral_raise_front.mp4"
ROUNDS = 3
OVERHEAD = 1.10
PARAMETERS = {"people": 1, "min_confidence": 0.5, "far": True, "repair_sides": True}


class _Looker:
    """A frame analyzer that does next to nothing with every frame."""

    def start(self, _video: Video, _params: object) -> None:
        self.total = 0.0

    def frame(self, frame: Frame) -> None:
        self.total += float(frame.gray[::16, ::16].mean())

    def finish(self) -> Result:
        return Result(metrics=(Metric("looker.total", 1, self.total, "1", None, "summed"),))


class _CountingReader(VideoReader):
    """Counts the frames it decodes for anybody."""

    handed_out = 0

    def frames(
        self, first: int = 0, last: int | None = None, *, size: tuple[int, int] | None = None
    ) -> Iterator[Frame]:
        for frame in super().frames(first, last, size=size):
            self.handed_out += 1
            yield frame


def rows() -> list[Row]:
    """The engine over the bare loop, and the frames decoded for two analyzers over those for one."""
    path = data() / CLIP
    facts = probe(path)
    video = Video(facts.width, facts.height, facts.timeline, 0, len(facts.timeline) - 1)
    manifest = next(one.manifest for one in discover(Path()) if one.name == "pose" and one.manifest is not None)
    with tempfile.TemporaryDirectory() as folder, Board(Path(folder) / "board", create=True) as board:
        bare, engine, two, decoded = [], [], [], []
        for _ in range(ROUNDS):
            bare.append(_timed(lambda: _bare(path, facts, video)))
            engine.append(_timed(lambda: _engine(path, facts, video, manifest, board, second=False)))
            start = time.perf_counter()
            decoded.append(_engine(path, facts, video, manifest, board, second=True))
            two.append(time.perf_counter() - start)
    overhead = min(engine) / min(bare)
    second = decoded[-1] / len(facts.timeline)
    return [
        Row("engine over bare decode and inference", min(engine), "s", "the same loop without the engine", min(bare),
            overhead, f"<= {OVERHEAD}", overhead <= OVERHEAD),
        Row("frames decoded for two analyzers", decoded[-1], "frames", "for one", len(facts.timeline), second,
            "<= 1", second <= 1),
        Row("two analyzers over one, time", min(two), "s", "pose alone", min(engine), min(two) / min(engine), "", None),
    ]  # fmt: skip


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _bare(path: Path, facts: VideoFacts, video: Video) -> None:
    analyzer = PoseAnalyzer()
    analyzer.start(video, PARAMETERS)
    with VideoReader(path, facts) as reader:
        for frame in reader.frames():
            analyzer.frame(frame)
    analyzer.finish()


def _engine(path: Path, facts: VideoFacts, video: Video, manifest: Manifest, board: Board, *, second: bool) -> int:
    with _CountingReader(path, facts) as reader:
        work = FramePass(reader, video, board, None)
        work.add(manifest, PoseAnalyzer(), dict(PARAMETERS))
        if second:
            work.add(manifest.model_copy(update={"id": "looker"}), _Looker(), {})
        work.run()
        for seat in ("pose", "looker") if second else ("pose",):
            found = work.finish(seat)
            if isinstance(found, str):
                raise RuntimeError(f"{seat}: {found}")  # noqa: TRY004 - it is what the analyzer raised, in words
    return reader.handed_out


if __name__ == "__main__":
    show(rows(), "Engine")
