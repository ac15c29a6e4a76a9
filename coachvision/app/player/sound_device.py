"""The computer's sound card through Qt. The only module that imports QtMultimedia: when sound is first wanted."""

from __future__ import annotations

from PySide6.QtMultimedia import QAudioFormat, QAudioSink, QMediaDevices

from coachvision.app.player.sound import BUFFER_S, FRAME_BYTES, RATE, Sink


def open_device() -> Sink | None:
    """The card that the system plays by now, None where it has none that takes our kind of sound."""
    format_ = QAudioFormat()
    format_.setSampleRate(RATE)
    format_.setChannelCount(2)
    format_.setSampleFormat(QAudioFormat.SampleFormat.Int16)
    device = QMediaDevices.defaultAudioOutput()
    if device.isNull() or not device.isFormatSupported(format_):
        return None
    return _Device(QAudioSink(device, format_))


class _Device:
    """A `Sink` that is pushed into, so that nothing of ours runs in the card's own thread."""

    def __init__(self, sink: QAudioSink) -> None:
        self._sink = sink
        self._sink.setBufferSize(round(BUFFER_S * RATE) * FRAME_BYTES)
        self._written = 0

    def start(self) -> None:
        self._written = 0
        self._into = self._sink.start()

    def room(self) -> int:
        return int(self._sink.bytesFree())

    def write(self, data: bytes) -> None:
        self._written += max(0, self._into.write(data))

    def played_s(self) -> float:
        waiting = self._sink.bufferSize() - self._sink.bytesFree()
        return max(0, self._written - waiting) / FRAME_BYTES / RATE

    def stop(self) -> None:
        self._sink.reset()
