"""H.264 (and AAC) in MP4, whole or not at all. For exports, shares, the synthetic scenes and tests.

No metadata is carried over from anywhere: a shared clip tells nothing of where and with what it was filmed.
"""

from __future__ import annotations

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
from coachvision.video.writer_sound import SoundTrack, has_sound

_MOVIE_CLOCK = 90000


class VideoWriter:
    """One MP4 file being written: H.264, 4:2:0, ready to stream (index in front).

    width, height: of the pictures; odd sizes are extended by one repeated row or column, as 4:2:0 demands.
    time_base: seconds a tick of the pts given to `write`; pts must rise. crf: 18 near lossless .. 28 small.
    audio_from: a file whose sound from start_s to end_s (seconds on its own clock, as FFmpeg counts) goes with the
    picture. sound: make room for the sound of several, given by `add_sound`.
    Leaving the context by an exception leaves nothing behind.
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
        sound: bool = False,
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
        self._sound: SoundTrack | None = None
        if sound or (audio_from is not None and has_sound(audio_from)):
            self._sound = SoundTrack(self._container, self._file.check)

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

    def add_sound(self, source: Path, start_s: float, end_s: float, pts: int) -> None:
        """The sound of a file from start_s to end_s, on its own clock, from `pts` of this film on; later calls later.

        Raises VideoError where it cannot be opened, ValueError for a writer made without `sound`.
        """
        if self._sound is None:
            raise ValueError("the writer was made without sound")
        self._sound.add(source, start_s, end_s, float(pts * self._time_base))

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
            self._finish_sound()
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

    def _finish_sound(self) -> None:
        if self._sound is None or self._last is None:
            return
        source, start_s, end_s = self._audio
        if source is not None:
            self._sound.add(source, start_s, end_s, 0.0)
        else:
            self._sound.silence_to(float((self._last + self._duration) * self._time_base))
        self._sound.finish()
