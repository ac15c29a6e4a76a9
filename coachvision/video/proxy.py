"""A small, quickly seekable copy of a video, written while the video is decoded for something else.

Folder: `proxy.json` and segments, each a complete MP4 with a keyframe every few frames. The first ones are short, so
that the proxy plays from its first second; `proxy.json` is replaced whole as segments are added.
Written in the worker that decodes; read by anyone.
"""

from __future__ import annotations

import json
import queue
import threading
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any, Self

import av
import numpy as np
from av.container import OutputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from coachvision.core.frames import Frame, Planes
from coachvision.errors import VideoError
from coachvision.video.facts import VideoFacts
from coachvision.video.files import write_whole, writing
from coachvision.video.scaling import fitted, scaled

# Measured on two cores: x264 "ultrafast" encodes 960 x 540 in 2.2 ms and 1280 x 720 in 4.5 ms, MJPEG in 4.3 and 8.7 at
# five times the bytes. The larger proxy would cost the analysis pass a tenth of its speed.
MOST_PIXELS = 960 * 540
# Against 8: a third less time to show any frame, a sixth more bytes. Keyframes no finer than the others (ipratio) give
# most of those bytes back.
GOP = 4
MANIFEST = "proxy.json"
_LENGTHS_S = (0.5, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
_QUEUED_BYTES = 32 << 20
_CLOCK = 90000
_KEYS = {"width", "height", "complete", "rgb_matrix", "segments"}


class ProxyWriter:
    """Encodes in a thread of its own. Leaving the context by an exception keeps the segments that are whole."""

    def __init__(self, folder: Path, facts: VideoFacts) -> None:
        self.folder = folder
        self.size = fitted(facts.width, facts.height, MOST_PIXELS)
        self._source = (facts.width, facts.height, len(facts.timeline))
        with writing(folder):
            folder.mkdir(parents=True, exist_ok=True)
            for old in (folder / MANIFEST, *folder.glob("proxy-*.mp4*")):
                old.unlink(missing_ok=True)
        self._segments: list[dict[str, Any]] = []
        self._segment: _Segment | None = None
        self._matrix: list[list[float]] | None = None
        self._error: Exception | None = None
        frame_bytes = facts.width * facts.height * 3 // 2
        self._queue: queue.Queue[Frame | None] = queue.Queue(int(np.clip(_QUEUED_BYTES // frame_bytes, 1, 8)))
        self._thread = threading.Thread(target=self._run, name="proxy", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.close()
        else:
            self.abandon()

    def feed(self, frame: Frame) -> None:
        """The next frame, in rising order of index. Waits only where the encoder is several frames behind."""
        if self._error is not None:
            self._raise()
        self._queue.put(frame)

    def close(self) -> None:
        """Finish the last segment and mark the proxy complete. Raises VideoError where that could not be written."""
        self._join()
        if self._error is None:
            try:
                self._finish_segment()
                self._write_manifest(complete=True)
            finally:
                self._drop_segment()
        self._raise()

    def abandon(self) -> None:
        """Stop; what is whole stays, and says that it is not complete."""
        self._join()
        self._drop_segment()

    def _raise(self) -> None:
        error, self._error = self._error, None
        if error is not None:
            raise error

    def _join(self) -> None:
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()

    def _run(self) -> None:
        while (frame := self._queue.get()) is not None:
            if self._error is None:
                try:
                    self._encode(frame)
                except Exception as error:
                    # Raised in the caller's thread by the next `feed` or `close`; the queue is emptied until then.
                    self._error = error
        if self._error is not None:
            self._drop_segment()

    def _encode(self, frame: Frame) -> None:
        planes = scaled(frame, *self.size)
        if self._matrix is None:
            self._matrix = planes.rgb_matrix.astype(float).tolist()
        segment = self._segment
        limit = _LENGTHS_S[min(len(self._segments), len(_LENGTHS_S) - 1)]
        if segment is not None and segment.count % GOP == 0 and frame.time_s - segment.start_s >= limit:
            self._finish_segment()
            self._write_manifest(complete=False)
            segment = None
        if segment is None:
            name = f"proxy-{len(self._segments):05d}.mp4"
            segment = self._segment = _Segment(self.folder / name, self.size, frame.time_s)
        segment.add(planes, frame.index, frame.time_s)

    def _finish_segment(self) -> None:
        if self._segment is not None:
            self._segments.append(self._segment.finish())
            self._segment = None

    def _drop_segment(self) -> None:
        if self._segment is not None:
            self._segment.abandon()
            self._segment = None

    def _write_manifest(self, *, complete: bool) -> None:
        manifest = {
            "version": 1,
            "width": self.size[0],
            "height": self.size[1],
            "source": {"width": self._source[0], "height": self._source[1], "frames": self._source[2]},
            "gop": GOP,
            "rgb_matrix": self._matrix,
            "complete": complete,
            "segments": self._segments,
        }
        write_whole(self.folder / MANIFEST, json.dumps(manifest).encode(), "video.proxy.manifest")


class _Segment:
    """One MP4 being written. Touched by one thread at a time."""

    def __init__(self, path: Path, size: tuple[int, int], start_s: float) -> None:
        self.path = path
        self.start_s = start_s
        self.count = 0
        self._size = size
        self._ranges: list[list[int]] = []
        self._last_pts = -1
        # In memory (ten megabytes at most), then written whole: FFmpeg never meets a full disk.
        self._bytes = BytesIO()
        self._container: OutputContainer = av.open(self._bytes, mode="w", format="mp4", options={"fflags": "+bitexact"})
        stream: VideoStream = self._container.add_stream("libx264")
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.time_base = stream.codec_context.time_base = Fraction(1, _CLOCK)
        context = stream.codec_context
        context.gop_size, context.max_b_frames, context.thread_count = GOP, 0, 1
        context.options = {
            "preset": "ultrafast",
            "tune": "zerolatency",
            "crf": "27",
            "x264-params": f"keyint={GOP}:min-keyint={GOP}:scenecut=0:ipratio=1.0",
        }
        self._stream = stream

    def add(self, planes: Planes, index: int, time_s: float) -> None:
        frame = VideoFrame(*self._size, "yuv420p")
        for plane, part in zip(frame.planes, (planes.y, planes.u, planes.v), strict=True):
            rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
            rows[: part.shape[0], : part.shape[1]] = part
        self._last_pts = max(self._last_pts + 1, round((time_s - self.start_s) * _CLOCK))
        frame.pts, frame.time_base = self._last_pts, Fraction(1, _CLOCK)
        self._mux(frame)
        self.count += 1
        if self._ranges and self._ranges[-1][1] == index - 1:
            self._ranges[-1][1] = index
        else:
            self._ranges.append([index, index])

    def _mux(self, frame: VideoFrame | None) -> None:
        self._container.mux(self._stream.encode(frame))

    def finish(self) -> dict[str, Any]:
        """Write the file whole. Returns its entry in the manifest."""
        self._mux(None)
        self._container.close()
        write_whole(self.path, self._bytes.getvalue(), "video.proxy.segment")
        return {"file": self.path.name, "start_s": self.start_s, "frames": self.count, "indices": self._ranges}

    def abandon(self) -> None:
        """Free the encoder; nothing was written."""
        self._container.close()


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """`proxy.json`, or None before the first segment is whole. Raises VideoError for a damaged one."""
    path = folder / MANIFEST
    try:
        manifest = dict(json.loads(path.read_bytes()))
        sound = manifest["version"] == 1 and manifest["gop"] >= 1 and manifest.keys() >= _KEYS
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise damaged(path) from error
    if not sound:
        raise damaged(path)
    return manifest


def damaged(path: Path) -> VideoError:
    """The error for a proxy of which that file cannot be read."""
    return VideoError(
        "The preview copy is damaged",
        f"“{path.name}” cannot be read.",
        hint="Analyze the video again; the original is untouched.",
        path=path,
    )
