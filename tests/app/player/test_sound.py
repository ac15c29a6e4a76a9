"""Sound and pictures go together: the card is the clock; without one, or when it is gone, all goes on silently."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import psutil
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from coachvision.app.player.clock import PlayClock
from coachvision.app.player.sound import FRAME_BYTES, RATE, SoundTrack
from coachvision.app.player.transport import Transport
from coachvision.app.player.widget import PlayerWidget
from coachvision.core.time import Timeline
from coachvision.video.probe import probe_here
from tests.app.player.sinks import Card
from tests.support.sounding import write_sounding

_PATIENCE_MS = 30_000
_PIECE = bytes(RATE // 20 * FRAME_BYTES)


class Stage:
    """A transport and its sound on a clock that the test turns; sound is there a second ahead, as from the server."""

    def __init__(self, pace: float, speed: float = 1.0) -> None:
        self.machine = 100.0
        self.clock = PlayClock(lambda: self.machine)
        self.card = Card(lambda: self.machine, pace)
        self.cards: list[Card | None] = [self.card, None]
        self.track = SoundTrack(self.clock, lambda: self.cards.pop(0))
        self.transport = Transport(Timeline(np.arange(3000) * 20, Fraction(1, 1000)), self.clock)
        self.transport.set_speed(speed)
        assert self.track.wanted(speed)
        self.track.expect(1, 0.0)
        self._sent = 0.0
        self.transport.start()
        self.transport.run(0)

    def go(self, seconds: float, step: float = 0.008) -> list[float]:
        """Ticks of the window's; the differences between picture and sound, seconds of the video."""
        differences = []
        for _ in range(round(seconds / step)):
            self.machine += step
            while self._sent < self.transport.time_s + 1.0:
                self.track.take(1, _PIECE)
                self._sent += 0.05 * self.transport.speed
            self.track.feed(self.transport.time_s, self.transport.speed)
            if self.card.running:
                heard = self.card.played_s() * self.transport.speed + self.track.begun_s
                differences.append(abs(self.transport.time_s - heard))
        return differences


@pytest.mark.parametrize("pace", [0.97, 1.0, 1.03])
@pytest.mark.parametrize("speed", [0.5, 1.0, 2.0])
def test_pictures_keep_to_a_card_that_runs_at_its_own_pace(pace: float, speed: float) -> None:
    stage = Stage(pace, speed)
    differences = stage.go(20.0)
    assert len(differences) > 2000
    assert max(differences) < 0.040
    # Played by the card's seconds, not the machine's.
    assert stage.transport.time_s == pytest.approx(20.0 * pace * speed, abs=0.1)


def test_sound_that_comes_late_joins_where_the_pictures_are() -> None:
    stage = Stage(1.0)
    # Half a second without sound: pictures do not wait for it.
    for _ in range(50):
        stage.machine += 0.01
        stage.track.feed(stage.transport.time_s, 1.0)
    assert stage.transport.time_s == pytest.approx(0.5)
    assert not stage.card.running
    assert max(stage.go(3.0)) < 0.040
    assert stage.track.begun_s == pytest.approx(0.5, abs=0.05)


def test_card_that_is_unplugged_stops_nothing() -> None:
    stage = Stage(1.0)
    stage.go(2.0)
    stage.card.unplug()
    stage.go(1.5)
    before = stage.transport.time_s
    stage.go(2.0)
    assert stage.transport.time_s == pytest.approx(before + 2.0, abs=0.02)
    assert not stage.card.running
    # Asked for once more: there is none any longer.
    assert not stage.track.wanted(1.0)
    assert not stage.cards
    assert not stage.track.wanted(1.0)


def test_clock_never_runs_backwards() -> None:
    machine, played = [0.0], [0.0]
    clock = PlayClock(lambda: machine[0])
    seen = []
    for k in range(400):
        machine[0] += 0.01
        if k == 50:
            clock.follow(lambda: played[0])
        if k == 300:
            clock.release()
        # A card that tells of its way every 40 ms, and stood still for 200 ms.
        if k % 4 == 0 and not 120 < k < 140:
            played[0] += 0.04
        seen.append(clock())
    assert seen == sorted(seen)
    assert seen[-1] == pytest.approx(seen[300] + 0.99, abs=0.001)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sounding(tmp_path_factory.mktemp("clip") / "beeps.mp4", seconds=4)


@pytest.fixture
def cards() -> list[Card]:
    return []


@pytest.fixture
def player(qtbot: QtBot, clip: Path, cards: list[Card]) -> Iterator[PlayerWidget]:
    """A player at the first frame, with a card."""

    def made() -> Card:
        cards.append(Card(time.monotonic))
        return cards[-1]

    window = QWidget()
    qtbot.addWidget(window)
    window.resize(640, 420)
    widget = PlayerWidget(window, sinks=made)
    widget.setGeometry(window.rect())
    window.show()
    with qtbot.waitSignal(widget.frame_changed, timeout=_PATIENCE_MS):
        widget.open(clip, probe_here(clip))
    yield widget
    widget.shut_down()


def _beeps(heard: bytes) -> list[float]:
    left = np.abs(np.frombuffer(heard, "<i2").reshape(-1, 2)[:, 0].astype(int)) > 3000
    starts = np.flatnonzero(left)
    return (starts[np.diff(starts, prepend=-RATE) > RATE // 10] / RATE).tolist()


def test_what_is_heard_is_what_is_seen(qtbot: QtBot, player: PlayerWidget, cards: list[Card]) -> None:
    together: list[tuple[float, float]] = []

    def note(_index: int, seconds: float) -> None:
        if cards and cards[0].running:
            together.append((seconds, cards[0].played_s()))

    player.frame_changed.connect(note)
    player.play()
    qtbot.waitUntil(lambda: len(together) > 20 and together[-1][0] > 2.6, timeout=_PATIENCE_MS)
    heard = _beeps(cards[0].heard)
    (track,) = [player._playback._sound]
    begun = track.begun_s
    # Two beeps at whole seconds of the video, wherever the sound began.
    assert [at + begun for at in heard if at > 0.2] == pytest.approx([1, 2], abs=0.040)
    # A frame is on the screen for 33 ms; a busy machine shows some of them late, none early.
    late = [played + begun - seconds for seconds, played in together]
    assert min(late) > -0.040
    assert np.median(late) < 0.040
    assert cards[0].starts == 1


def test_no_sound_where_it_could_not_be_listened_to(qtbot: QtBot, player: PlayerWidget, cards: list[Card]) -> None:
    def moved(from_: int) -> bool:
        return abs(player.index - from_) > 5

    for speed in (-1.0, 0.25, 4.0):
        player.seek(60)
        qtbot.waitUntil(lambda: player.index == 60, timeout=_PATIENCE_MS)
        player.set_speed(speed)
        player.play()
        qtbot.waitUntil(lambda: moved(60), timeout=_PATIENCE_MS)
        player.pause()
    assert not cards
    player.set_speed(0.5)
    player.play()
    qtbot.waitUntil(lambda: bool(cards) and cards[0].running, timeout=_PATIENCE_MS)
    player.pause()
    assert not cards[0].running


def test_muted_it_is_silent_at_once_and_back_again(qtbot: QtBot, player: PlayerWidget, cards: list[Card]) -> None:
    player.set_speed(0.5)
    player.play()
    qtbot.waitUntil(lambda: bool(cards) and cards[0].running, timeout=_PATIENCE_MS)
    qtbot.keyClick(player, Qt.Key.Key_M, Qt.KeyboardModifier.ShiftModifier)
    assert player.muted
    assert not cards[0].running
    assert player.playing
    qtbot.keyClick(player, Qt.Key.Key_M, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: cards[0].running, timeout=_PATIENCE_MS)
    assert cards[0].starts == 2


def test_sound_comes_back_with_a_server_that_was_killed(qtbot: QtBot, player: PlayerWidget, cards: list[Card]) -> None:
    player.set_speed(0.5)
    player.play()
    qtbot.waitUntil(lambda: bool(cards) and cards[0].running, timeout=_PATIENCE_MS)
    (server,) = (child for child in psutil.Process().children() if "frame_server" in " ".join(child.cmdline()))
    with qtbot.waitSignal(player.noticed, timeout=_PATIENCE_MS):
        os.kill(server.pid, signal.SIGKILL)
    qtbot.waitUntil(lambda: cards[0].starts >= 2 and cards[0].running, timeout=_PATIENCE_MS)
    assert player.playing


def test_without_a_card_it_plays_in_silence(qtbot: QtBot, clip: Path) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    player = PlayerWidget(window, sinks=lambda: None)
    window.show()
    player.open(clip, probe_here(clip))
    player.play()
    qtbot.waitUntil(lambda: player.index > 15, timeout=_PATIENCE_MS)
    player.shut_down()
