"""H.264 (and AAC) in MP4, whole or not at all. For exports, shares, the synthetic scenes and tests.

No metadata is carried over from anywhere: a shared clip tells nothing of where and with what it was filmed.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Self

import av
import cv2
import numpy as np
from av.container import OutputContainer
from av.video.frame import VideoFrame

from coachvision.core.frames import Frame, Image
from coachvision.video.files import GuardedFile, part_of, settle
from coachvision.video.opening import open_input

_MOVIE_CLOCK = 90000


class VideoWriter:
    """One MP4 file being written: H.264, 4:2:0, ready to stream (index in front).

    width, height: of the pictures; odd sizes are extended by one repeated row or column, as 4:2:0 demands.
    time_base: seconds a tick of the pts given to `write`; pts must rise. crf: 18 near lossless .. 28 small.
    audio_from: a file whose sound from start_s to end_s (seconds from its first video frame's clock, as FFmpeg counts)
    goes with the picture. Leaving the context by an exception leaves nothing behind.
    """

    def __init__(
        self,
        path: Path,
        width: int,
        height: int,
        *,
        time_base: Fraction = Fraction(1, _MOVIE_CLOCK),
        crf: float = 20,
        preset: str = "veryfast",
        audio_from: Path | None = None,
        start_s: float = 0.0,
        end_s: float | None = None,
    ) -> None:
        self.path = path
        self._size = (width, height)
        self._padded = (width + width % 2, height + height % 2)
        self._time_base = Fraction(time_base)
        self._audio = (audio_from, start_s, end_s)
        self._last: int | None = None
        self._held: VideoFrame | None = None
        self._duration = 0
        self._durations: dict[int, int] = {}
        self._file = GuardedFile(path)
        # The second option keeps FFmpeg's own name out of the file.
        options = {"movflags": "+faststart", "fflags": "+bitexact"}
        self._container: OutputContainer | None = av.open(
            self._file, mode="w", format="mp4", options=options, io_open=self._file.again
        )
        stream = self._container.add_stream("libx264")
        stream.width, stream.height = self._padded
        stream.pix_fmt = "yuv420p"
        stream.time_base = stream.codec_context.time_base = self._time_base
        stream.codec_context.options = {"crf": str(crf), "preset": preset}
        hd = height >= 720
        stream.codec_context.colorspace = 1 if hd else 5
        stream.codec_context.color_primaries = 1 if hd else 5
        stream.codec_context.color_trc = 1 if hd else 6
        stream.codec_context.color_range = 1
        self._stream = stream
        self._sound = None
        if audio_from is not None and _has_audio(audio_from):
            self._sound = self._container.add_stream("aac", rate=48000, layout="stereo")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.close()
        else:
            self.abandon()

    def write(self, picture: Image | Frame, pts: int) -> None:
        """One picture, (height, width, 3) uint8 RGB or a Frame. Raises ValueError for another size or a falling pts."""
        if self._container is None:
            raise ValueError("the writer is closed")
        if self._last is not None and pts <= self._last:
            raise ValueError(f"pts {pts} after {self._last}")
        rgb = picture.rgb if isinstance(picture, Frame) else picture
        if (rgb.shape[1], rgb.shape[0]) != self._size or rgb.dtype != np.uint8:
            raise ValueError(f"a picture of {rgb.shape[1]} x {rgb.shape[0]} in a video of {self._size}")
        frame = VideoFrame.from_ndarray(self._extended(rgb), format="rgb24")
        hd = self._size[1] >= 720
        frame = frame.reformat(format="yuv420p", dst_colorspace=1 if hd else 5, dst_color_range=1)
        frame.pts, frame.time_base = pts, self._time_base
        self._release(pts - self._last if self._last is not None else 0)
        self._held, self._last = frame, pts

    def _release(self, duration: int) -> None:
        """Encode the frame held back, now that it is known how long it is shown."""
        if self._held is not None:
            self._duration = duration
            frame, self._held = self._held, None
            if frame.pts is not None:
                self._durations[frame.pts] = duration
            self._guarded(frame)

    def _extended(self, rgb: Image) -> Image:
        right, below = self._padded[0] - self._size[0], self._padded[1] - self._size[1]
        if right or below:
            return np.asarray(cv2.copyMakeBorder(rgb, 0, below, 0, right, cv2.BORDER_REPLICATE), np.uint8)
        return np.ascontiguousarray(rgb)

    def _guarded(self, frame: VideoFrame | None) -> None:
        assert self._container is not None  # noqa: S101 - callers checked; for the type checker
        for packet in self._stream.encode(frame):
            # The encoder knows only a nominal rate; the last frame's length would be wrong.
            if packet.pts in self._durations:
                packet.duration = self._durations.pop(packet.pts)
            self._container.mux(packet)
        self._file.check()

    def close(self) -> None:
        """Finish the file and give it its name."""
        if self._container is None:
            return
        if self._last is None:
            self.abandon()
            raise ValueError("a video without a picture")
        try:
            self._release(self._duration or max(1, round(1 / (25 * self._time_base))))
            self._guarded(None)
            self._write_sound()
            container, self._container = self._container, None
            container.close()
            self._file.check()
            self._file.close()
            settle(self.path, "video.writer")
        except BaseException:
            self.abandon()
            raise

    def abandon(self) -> None:
        """Stop writing; nothing is left behind."""
        container, self._container = self._container, None
        if container is not None:
            container.close()
        self._file.close()
        part_of(self.path).unlink(missing_ok=True)

    def _write_sound(self) -> None:
        source, start_s, end_s = self._audio
        if self._sound is None or source is None or self._container is None:
            return
        resampler = av.AudioResampler(format="fltp", layout="stereo", rate=48000)
        first = round(start_s * 48000)
        last = None if end_s is None else round(end_s * 48000)
        written = 0
        for at, samples in _samples(source, start_s, resampler):
            begin, end = max(first - at, 0), samples.shape[1] if last is None else min(last - at, samples.shape[1])
            if last is not None and at >= last:
                break
            if end <= begin:
                continue
            if at + begin - first > written + 480:
                # Silence where the source has a hole, so that sound stays with the picture.
                self._encode_sound(np.zeros((2, at + begin - first - written), np.float32), written)
                written = at + begin - first
            self._encode_sound(np.ascontiguousarray(samples[:, begin:end]), written)
            written += end - begin
        for packet in self._sound.encode(None):
            self._container.mux(packet)

    def _encode_sound(self, samples: np.ndarray[tuple[int, ...], np.dtype[np.float32]], at: int) -> None:
        if self._sound is None or self._container is None:
            return
        frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = 48000, at, Fraction(1, 48000)
        self._container.mux(self._sound.encode(frame))
        self._file.check()


def _has_audio(path: Path) -> bool:
    with open_input(path) as container:
        return any(stream.codec_context is not None for stream in container.streams.audio)


def _samples(
    path: Path, start_s: float, resampler: av.AudioResampler
) -> Iterator[tuple[int, np.ndarray[tuple[int, ...], np.dtype[np.float32]]]]:
    """(position in samples at 48 kHz on the file's clock, (2, n) float32) from shortly before `start_s`."""
    with open_input(path) as container:
        stream = container.streams.audio[0]
        if start_s > 1 and stream.time_base:
            container.seek(int((start_s - 0.5) / stream.time_base), stream=stream, backward=True)
        for packet in container.demux(stream):
            try:
                frames = packet.decode()
            except av.FFmpegError:
                # A damaged stretch of sound: the gap is filled with silence.
                continue
            for frame in frames:
                if frame.pts is None or frame.time_base is None:
                    continue
                at = round(frame.pts * frame.time_base * 48000)
                for out in resampler.resample(frame):
                    samples = np.asarray(out.to_ndarray(), np.float32)
                    yield at, samples
                    at += samples.shape[1]
