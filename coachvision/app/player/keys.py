"""The keys of playing, as the specification names them. `PlayerWidget` asks here; the key sheet shows `COMMANDS`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

if TYPE_CHECKING:
    from coachvision.app.player.transport import Transport
    from coachvision.app.player.widget import PlayerWidget

_Key = Qt.Key
_NONE, _SHIFT, _CTRL = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)
_MODIFIERS = _SHIFT | _CTRL | Qt.KeyboardModifier.AltModifier
# J and L go through these, backwards to forwards; from rest they begin at 1.
_SHUTTLE = (-4.0, -2.0, -1.0, 1.0, 2.0, 4.0)


@dataclass(frozen=True)
class Command:
    """What a key does. keys: any of these (key, modifiers). repeats: again while the key is held, frame by frame."""

    keys: tuple[tuple[Qt.Key, Qt.KeyboardModifier], ...]
    label: str
    run: Callable[[PlayerWidget, Transport], None]
    repeats: bool = False


def _jump(seconds: float) -> Callable[[PlayerWidget, Transport], None]:
    def run(player: PlayerWidget, transport: Transport) -> None:
        player.pause()
        player.seek(transport.jump(seconds))

    return run


def _faster(by: float) -> Callable[[PlayerWidget, Transport], None]:
    def run(player: PlayerWidget, transport: Transport) -> None:
        size = round(abs(transport.speed) + by, 2)
        player.set_speed(max(size, 0.05) if transport.speed > 0 else -max(size, 0.05))

    return run


def _shuttle(way: int) -> Callable[[PlayerWidget, Transport], None]:
    def run(player: PlayerWidget, transport: Transport) -> None:
        if not player.playing or transport.direction != way:
            player.set_speed(float(way))
        else:
            beyond = [speed for speed in _SHUTTLE if (speed - transport.speed) * way > 0]
            player.set_speed(beyond[0 if way > 0 else -1] if beyond else transport.speed)
        if not player.playing:
            player.play()

    return run


def _step(frames: int) -> Callable[[PlayerWidget, Transport], None]:
    return lambda player, _transport: player.step(frames)


def _go(to_end: bool) -> Callable[[PlayerWidget, Transport], None]:
    return lambda player, transport: player.seek(len(transport.timeline) - 1 if to_end else 0)


COMMANDS: tuple[Command, ...] = (
    Command(((_Key.Key_Space, _NONE), (_Key.Key_K, _NONE)), "Play or pause", lambda player, _: player.toggle()),
    Command(((_Key.Key_Right, _NONE),), "One frame on", _step(1), repeats=True),
    Command(((_Key.Key_Left, _NONE),), "One frame back", _step(-1), repeats=True),
    Command(((_Key.Key_Right, _SHIFT),), "10 frames on", _step(10), repeats=True),
    Command(((_Key.Key_Left, _SHIFT),), "10 frames back", _step(-10), repeats=True),
    Command(((_Key.Key_Right, _CTRL),), "1 second on", _jump(1.0), repeats=True),
    Command(((_Key.Key_Left, _CTRL),), "1 second back", _jump(-1.0), repeats=True),
    Command(((_Key.Key_L, _NONE),), "Forwards, faster each time", _shuttle(1)),
    Command(((_Key.Key_J, _NONE),), "Backwards, faster each time", _shuttle(-1)),
    Command(((_Key.Key_Home, _NONE),), "First frame", _go(False)),
    Command(((_Key.Key_End, _NONE),), "Last frame", _go(True)),
    Command(((_Key.Key_Up, _NONE),), "25 % faster", _faster(0.25)),
    Command(((_Key.Key_Down, _NONE),), "25 % slower", _faster(-0.25)),
    Command(((_Key.Key_Up, _SHIFT),), "5 % faster", _faster(0.05)),
    Command(((_Key.Key_Down, _SHIFT),), "5 % slower", _faster(-0.05)),
    Command(((_Key.Key_I, _NONE),), "In point here", lambda player, _: player.set_span(first=player.index)),
    Command(((_Key.Key_O, _NONE),), "Out point here", lambda player, _: player.set_span(last=player.index)),
    Command(
        ((_Key.Key_Backslash, _NONE),),
        "Loop between in and out",
        lambda player, transport: player.set_span(loop=not transport.loop),
    ),
    Command(((_Key.Key_Z, _NONE),), "Zoom to the athlete, and back", lambda player, _: player.zoom_to_athlete()),
)


def command_for(event: QKeyEvent) -> Command | None:
    """What that key does while playing, or None."""
    # Arrow keys of a number pad say so in their modifiers; it makes no difference.
    pressed = (event.key(), event.modifiers() & _MODIFIERS)
    for command in COMMANDS:
        if any((key, modifiers) == pressed for key, modifiers in command.keys):
            return command
    return None
