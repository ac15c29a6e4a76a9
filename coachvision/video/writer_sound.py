"""The sound of a film being written: spans of other files' sound one after the other, silence between. For `writer`."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from numpy.typing import NDArray

from coachvision.video.opening import open_input

log = logging.getLogger(__name__)

RATE = 48_000
# A source's times jitter by a few samples; a hole or an overlap is longer than this: 10 ms, far below what is noticed.
_JITTER = RATE // 100
# A decoder that was sought runs in before what it gives is sound.
_RUN_IN_S = 0.5

Samples = NDArray[np.float32]


class SoundTrack:
    """AAC stereo at 48 kHz beside a film's pictures. check: called after every piece; raises where the disk is full."""

    def __init__(self, container: OutputContainer, check: Callable[[], None]) -> None:
        self._container = container
        self._check = check
        self._stream: AudioStream = container.add_stream("aac", rate=RATE, layout="stereo")
        self._written = 0

    def add(self, source: Path, start_s: float, end_s: float | None, at_s: float) -> None:
        """The source's sound from start_s to end_s on its own clock, from `at_s` of the film on. Rising `at_s` alone.

        A source without sound, and holes in it, are silence. Raises VideoError where it cannot be opened.
        """
        first, begin = round(start_s * RATE), round(at_s * RATE)
        last = None if end_s is None else round(end_s * RATE)
        for at, samples in _samples(source, start_s):
            if last is not None and at >= last:
                break
            place = begin + at - first
            if place > self._written + _JITTER:
                self._silence_to(place)
            # What lies before the span, or was there already.
            behind = max(begin, self._written) - place
            skipped = behind if at < first or behind > _JITTER else 0
            until = samples.shape[1] if last is None else min(last - at, samples.shape[1])
            if until > skipped:
                self._encode(samples[:, skipped:until])

    def silence_to(self, seconds: float) -> None:
        """Silence up to that second of the film, where there is no sound yet."""
        self._silence_to(round(seconds * RATE))

    def finish(self) -> None:
        """Write what the encoder still holds."""
        for packet in self._stream.encode(None):
            self._container.mux(packet)

    def _silence_to(self, place: int) -> None:
        while self._written < place:
            self._encode(np.zeros((2, min(place - self._written, RATE)), np.float32))

    def _encode(self, samples: Samples) -> None:
        frame = AudioFrame.from_ndarray(np.ascontiguousarray(samples), format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = RATE, self._written, Fraction(1, RATE)
        self._container.mux(self._stream.encode(frame))
        self._check()
        self._written += samples.shape[1]


def has_sound(path: Path) -> bool:
    """Whether a file has sound that can be decoded. Raises VideoError where it cannot be opened."""
    with open_input(path) as container:
        return _stream_of(container) is not None


def _stream_of(container: InputContainer) -> AudioStream | None:
    return next((stream for stream in container.streams.audio if stream.codec_context is not None), None)


def _samples(path: Path, start_s: float) -> Iterator[tuple[int, Samples]]:
    """(position in samples at 48 kHz on the file's clock, (2, n) float32) from shortly before `start_s`."""
    with open_input(path) as container:
        stream = _stream_of(container)
        if stream is None:
            return
        if start_s > _RUN_IN_S and stream.time_base:
            try:
                container.seek(int((start_s - _RUN_IN_S) / stream.time_base), stream=stream, backward=True)
            except av.FFmpegError:
                # No way to seek in this file: its sound is read from the start.
                log.info("no seeking in the sound of %s", path.name)
        resampler, kind = None, None
        for frame in _frames(container, stream):
            if frame.pts is None or frame.time_base is None:
                continue
            if resampler is None or kind != (frame.sample_rate, frame.layout.name, frame.format.name):
                # Broadcasts change from mono to stereo between programmes.
                kind = (frame.sample_rate, frame.layout.name, frame.format.name)
                resampler = av.AudioResampler(format="fltp", layout="stereo", rate=RATE)
            at = round(frame.pts * frame.time_base * RATE)
            for out in resampler.resample(frame):
                samples = np.asarray(out.to_ndarray(), np.float32)
                yield at, samples
                at += samples.shape[1]


def _frames(container: InputContainer, stream: AudioStream) -> Iterator[AudioFrame]:
    """What decodes of it; what does not is a hole, told in the log."""
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets, None)
        except av.FFmpegError as error:
            log.info("the sound of %s ends: %s", container.name, error)
            return
        if packet is None:
            return
        try:
            yield from packet.decode()
        except av.FFmpegError as error:
            log.info("a hole in the sound of %s: %s", container.name, error)
