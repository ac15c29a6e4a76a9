"""A video's sound as 16-bit stereo, from any moment, at any tempo with its pitch kept. Used by the frame server.

Silence stands where the file has none, so that a sample's place in the stream is its time.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import av
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.filter import Graph

from coachvision.video.facts import VideoFacts
from coachvision.video.opening import open_input, translated

RATE, FRAME_BYTES = 48_000, 4
# Decoders want to run in before what they give is sound.
_RUN_IN_S = 0.2
_PIECE_FRAMES = RATE // 20


class SoundReader:
    """The first audio stream of one file. Use from one thread."""

    def __init__(self, path: Path, facts: VideoFacts) -> None:
        self.path = path
        self._timeline = facts.timeline

    def pieces(self, from_s: float, tempo: float) -> Iterator[tuple[float, bytes]]:
        """(the video's second at which it ends, samples) from a second of the video on, at a tempo of the file's own.

        Ends with the file's sound. Raises VideoError.
        """
        scale = self._timeline.time_scale
        # A slow-motion clip's sound lies in stored time.
        stored_s = float(self._timeline.first_pts * self._timeline.time_base) + from_s / scale
        with open_input(self.path) as container:
            try:
                held, sent = b"", 0
                for data in _samples(container, stored_s, tempo):
                    held += data
                    while len(held) >= _PIECE_FRAMES * FRAME_BYTES:
                        piece, held = held[: _PIECE_FRAMES * FRAME_BYTES], held[_PIECE_FRAMES * FRAME_BYTES :]
                        sent += _PIECE_FRAMES
                        yield from_s + sent / RATE * tempo * scale, piece
                if held:
                    yield from_s + (sent + len(held) / FRAME_BYTES) / RATE * tempo * scale, held
            except av.FFmpegError as error:
                raise translated(error, self.path) from error


def _samples(container: InputContainer, start_s: float, tempo: float) -> Iterator[bytes]:
    """Stereo samples from a stored second on."""
    if not container.streams.audio:
        return
    stream = container.streams.audio[0]
    for other in container.streams:
        if other.index != stream.index:
            other.discard = av.stream.Discard.all
    if start_s > _RUN_IN_S and stream.time_base:
        container.seek(int((start_s - _RUN_IN_S) / stream.time_base), stream=stream, backward=True)
    graph: Graph | None = None
    drop = 0
    for frame in _frames(container, stream):
        if graph is None:
            if frame.time is None or frame.time + frame.samples / frame.sample_rate <= start_s:
                continue
            graph = _graph(frame, tempo)
            ahead = round((frame.time - start_s) / tempo * RATE)
            if ahead > 0:
                yield bytes(ahead * FRAME_BYTES)
            drop = max(0, -ahead) * FRAME_BYTES
        graph.push(frame)
        for data in _pulled(graph):
            yield data[drop:]
            drop = max(0, drop - len(data))
    if graph is not None:
        graph.push(None)
        for data in _pulled(graph):
            yield data[drop:]
            drop = max(0, drop - len(data))


def _frames(container: InputContainer, stream: AudioStream) -> Iterator[AudioFrame]:
    """What decodes of it; what does not is a gap."""
    for packet in container.demux(stream):
        try:
            yield from packet.decode()
        except av.EOFError:
            return
        except av.FFmpegError:
            continue


def _graph(frame: AudioFrame, tempo: float) -> Graph:
    graph = Graph()
    chain = [
        graph.add_abuffer(
            format=frame.format.name, sample_rate=frame.sample_rate, layout=frame.layout.name,
            time_base=frame.time_base,
        ),
        # Gaps in the file's times are filled, overlaps cut.
        graph.add("aresample", f"{RATE}:async=1"),
        graph.add("aformat", "sample_fmts=s16:channel_layouts=stereo"),
    ]  # fmt: skip
    if tempo != 1.0:
        chain.append(graph.add("atempo", f"{tempo:.6f}"))
    chain.append(graph.add("abuffersink"))
    for one, next_ in pairwise(chain):
        one.link_to(next_)
    graph.configure()
    return graph


def _pulled(graph: Graph) -> Iterator[bytes]:
    while True:
        try:
            frame = graph.pull()
        except (av.BlockingIOError, av.EOFError):
            return
        assert isinstance(frame, AudioFrame)  # noqa: S101 - an audio graph gives nothing else
        yield bytes(frame.planes[0])[: frame.samples * FRAME_BYTES]
