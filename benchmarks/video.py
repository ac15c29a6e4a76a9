"""Reading, indexing, importing and scrubbing, against PyAV used plainly, on a textured 1080p long-GOP clip made here.

`python -m benchmarks.video` prints this table alone.
"""

from __future__ import annotations

import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from pathlib import Path

import av
import cv2
import numpy as np
import psutil

from benchmarks.rows import Row, show
from coachvision.video.importing import import_pass
from coachvision.video.index import frame_index
from coachvision.video.probe import probe_here
from coachvision.video.proxy_reader import ProxyReader
from coachvision.video.reader import VideoReader
from coachvision.video.scaling import scaled_rgb

_CACHE = Path(tempfile.gettempdir()) / "coachvision-benchmarks"
_GOP = 250
_PREVIEW = 360  # lines
_ROUNDS = 3


def clip(seconds: int, size: tuple[int, int] = (1920, 1080)) -> Path:
    """A 30 fps H.264 clip with B-frames, a keyframe every 250 frames, about 8 Mbit/s at 1080p; cached."""
    width, height = size
    path = _CACHE / f"moving-{width}x{height}-{seconds}s.mp4"
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    chance = np.random.default_rng(1)
    noise = chance.integers(0, 255, (height // 4, width // 2, 3), dtype=np.uint8)
    scene = cv2.GaussianBlur(cv2.resize(noise, (2 * width, height), interpolation=cv2.INTER_CUBIC), (0, 0), 3)
    athlete = cv2.resize(chance.integers(0, 255, (60, 30, 3), dtype=np.uint8), (width // 8, height // 3))
    with av.open(str(part), "w", format="mp4") as out:
        stream = out.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.gop_size = _GOP
        stream.codec_context.options = {"preset": "veryfast", "crf": "26", "x264-params": "scenecut=0:bframes=2"}
        for index in range(seconds * 30):
            # The camera pans slowly, the athlete moves fast.
            shift = round(width / 2 + width / 2.2 * np.sin(index / 200))
            picture = scene[:, shift : shift + width].astype(np.uint8)
            x = round((width - athlete.shape[1]) * (0.5 + 0.45 * np.sin(index / 15)))
            y = round((height - athlete.shape[0]) * (0.6 + 0.3 * np.cos(index / 7)))
            picture[y : y + athlete.shape[0], x : x + athlete.shape[1]] = athlete
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format="yuv420p")
            frame.pts, frame.time_base = index, Fraction(1, 30)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    part.replace(path)
    return path


def long_clip(hours: float = 1.0) -> Path:
    """`clip(20)` repeated by copying its packets: as long as asked, with as many packets and bytes as a real one."""
    source = clip(20)
    path = _CACHE / f"long-{hours:g}h.mp4"
    if path.exists():
        return path
    part = path.with_suffix(".part")
    with av.open(str(source)) as container, av.open(str(part), "w", format="mp4") as out:
        stream = container.streams.video[0]
        copy = out.add_stream_from_template(stream)
        packets = [
            (bytes(p), p.pts, p.dts, p.duration, p.is_keyframe)
            for p in container.demux(stream)
            if p.size and p.pts is not None and p.dts is not None
        ]
        span, base = len(packets) * (packets[0][3] or 1), stream.time_base or Fraction(1, 30)
        for repeat in range(round(hours * 180)):
            for data, pts, dts, duration, key in packets:
                packet = av.Packet(data)
                packet.stream, packet.time_base = copy, base
                packet.pts, packet.dts, packet.duration = pts + repeat * span, dts + repeat * span, duration
                packet.is_keyframe = key
                out.mux(packet)
    part.replace(path)
    return path


def _timed(work: Callable[[], object], repeats: int = 1) -> float:
    """Median seconds."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def _plain_decode(path: Path) -> int:
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        return sum(1 for _ in container.decode(stream))


def import_rows(folder: Path) -> list[Row]:
    """Import pass against the clip's own length, and against PyAV's bare decode: the fastest of interleaved rounds.

    Real time does not slow down with the machine's other work as a peer does, so the fastest round says most.
    """
    path = clip(20)
    facts = probe_here(path)
    rounds = [
        (_timed(lambda: import_pass(path, facts, folder)), _timed(lambda: _plain_decode(path))) for _ in range(_ROUNDS)
    ]
    ours, peer = (min(times) for times in zip(*rounds, strict=True))
    speed = facts.duration_s / ours
    return [
        Row("import pass, 1080p30 H.264 (proxy, filmstrip, activity)", ours, "s", "real time", facts.duration_s, speed,
            "≥ 5 × real time", speed >= 5),
        Row("import pass over a bare decode", ours, "s", "PyAV decode", peer, ours / peer, "", None),
    ]  # fmt: skip


def reader_rows() -> list[Row]:
    """Every frame through VideoReader, planes copied, against PyAV's bare decode."""
    path = clip(20)
    facts = probe_here(path)

    def read() -> None:
        with VideoReader(path, facts) as reader:
            for _ in reader.frames():
                pass

    ours, peer = _timed(read, 3), _timed(lambda: _plain_decode(path), 3)
    return [Row("read all frames, 1080p", ours, "s", "PyAV decode", peer, ours / peer, "", None)]


def first_picture_rows() -> list[Row]:
    """From facts to the first picture."""
    path = clip(20)
    facts = probe_here(path)

    def first() -> None:
        with VideoReader(path, facts) as reader:
            frame = reader.frame_at(0)
        scaled_rgb(frame, frame.width * _PREVIEW // frame.height, _PREVIEW)

    ours = _timed(first, 5) * 1000

    def peer() -> None:
        with av.open(str(path)) as container:
            next(container.decode(video=0)).to_ndarray(format="rgb24")

    other = _timed(peer, 5) * 1000
    return [
        Row("first picture after probing", ours, "ms", "PyAV first frame", other, ours / other, "≤ 300 ms", ours <= 300)
    ]


def random_access_rows(folder: Path) -> list[Row]:
    """The same random frames from the proxy and by seeking and decoding. Run after `import_rows` filled the folder."""
    path = clip(20)
    facts = probe_here(path)
    chosen = np.random.default_rng(5).integers(0, len(facts.timeline), 60).tolist()
    others = []
    with ProxyReader(folder) as proxy:
        ours = [_timed(partial(_pixels, proxy, index)) for index in chosen]
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        for index in chosen:
            pts = int(facts.timeline.pts[index])

            def seek(pts: int = pts) -> None:
                container.seek(pts, stream=stream)
                for frame in container.decode(stream):
                    if frame.pts is not None and frame.pts >= pts:
                        frame.to_ndarray(format="rgb24")
                        return

            others.append(_timed(seek))
    mine, peer = statistics.median(ours) * 1000, statistics.median(others) * 1000
    return [
        Row("random frame, 1080p long GOP, via the proxy (median)", mine, "ms", "PyAV seek and decode", peer,
            peer / mine, "≥ 10 × faster", peer >= 10 * mine)
    ]  # fmt: skip


def _pixels(proxy: ProxyReader, index: int) -> int:
    return int(proxy.frame(index).rgb[0, 0, 0])


def index_rows() -> list[Row]:
    """Index of a one-hour 1080p file against its full decode; the decode of its first 20 s is scaled up by 180."""
    path = long_clip()
    with av.open(str(path)) as container:
        first = [frame for frame, _ in zip(container.decode(video=0), range(4), strict=False)]
    ours = _timed(lambda: frame_index(path, first))
    peer = _timed(lambda: _plain_decode(clip(20))) * 180
    return [
        Row("index of a one-hour 1080p file", ours, "s", "PyAV full decode (20 s × 180)", peer, ours / peer,
            "≤ 1/20", ours <= peer / 20)
    ]  # fmt: skip


def memory_rows() -> list[Row]:
    """Peak memory of reading ten minutes and ten seconds of the same film, each in a process of its own."""
    longer, shorter = (_peak_of(hours) for hours in (1 / 6, 1 / 180))
    more = longer - shorter
    return [
        Row("peak memory, reading 10 min", longer, "MB", "reading 20 s", shorter, longer / shorter,
            "≤ 100 MB more", more <= 100)
    ]  # fmt: skip


def _peak_of(hours: float) -> float:
    path = long_clip(hours)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_read_and_measure, (path,))


def _read_and_measure(path: Path) -> float:
    # Sampled: the system's own peak begins with that of the parent process.
    process, peak = psutil.Process(), 0
    with VideoReader(path, probe_here(path)) as reader:
        for frame in reader.frames():
            if frame.index % 10 == 0:
                peak = max(peak, process.memory_info().rss)
    return peak / 2**20


def rows() -> list[Row]:
    """All of the above."""
    with tempfile.TemporaryDirectory() as folder:
        sinks = Path(folder)
        return [
            *import_rows(sinks),
            *random_access_rows(sinks),
            *reader_rows(),
            *first_picture_rows(),
            *index_rows(),
            *memory_rows(),
        ]


if __name__ == "__main__":
    show(rows(), "Video")
