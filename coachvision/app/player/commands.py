"""What the keys of playing do. `keymap` knows the keys; the player and the session's screen bind these."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from coachvision.app import keymap
from coachvision.app.player.transport import SLOWEST

if TYPE_CHECKING:
    from coachvision.app.player.widget import PlayerWidget

# J and L go through these, backwards to forwards; from rest they begin at 1.
_SHUTTLE = (-4.0, -2.0, -1.0, 1.0, 2.0, 4.0)


def bind(widget: QWidget, player: PlayerWidget) -> None:
    """Let the keys of playing reach that player while the focus is in the widget."""
    held = _Held(widget)
    keymap.bind(widget, _handlers(player, held))
    # Asked before the binding: the filter put on last is the first.
    widget.installEventFilter(held)


class _Held(QObject):
    """Knows whether the key press under way repeats itself."""

    repeating = False

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            self.repeating = event.isAutoRepeat()
        return False


def _handlers(player: PlayerWidget, held: _Held) -> dict[str, keymap.Handler]:
    def while_open(run: Callable[[], None]) -> keymap.Handler:
        """Without a video the key is for somebody else."""
        return lambda: run() if player.transport is not None else False

    def moving(run: Callable[[], None]) -> keymap.Handler:
        def one() -> None:
            # A held key waits for the frame it asked for: it stops on the frame that is shown.
            if not (held.repeating and player.index != player.target):
                run()

        return while_open(one)

    return {
        "play.toggle": while_open(player.toggle),
        "play.frame_on": moving(lambda: player.step(1)),
        "play.frame_back": moving(lambda: player.step(-1)),
        "play.ten_on": moving(lambda: player.step(10)),
        "play.ten_back": moving(lambda: player.step(-10)),
        "play.second_on": moving(lambda: _jump(player, 1.0)),
        "play.second_back": moving(lambda: _jump(player, -1.0)),
        "play.forwards": while_open(lambda: _shuttle(player, 1)),
        "play.backwards": while_open(lambda: _shuttle(player, -1)),
        "play.first": while_open(lambda: player.seek(0)),
        "play.last": while_open(lambda: player.seek(player.frames - 1)),
        "play.faster": while_open(lambda: _faster(player, 0.25)),
        "play.slower": while_open(lambda: _faster(player, -0.25)),
        "play.little_faster": while_open(lambda: _faster(player, 0.05)),
        "play.little_slower": while_open(lambda: _faster(player, -0.05)),
        "play.in": while_open(lambda: player.set_span(first=player.index)),
        "play.out": while_open(lambda: player.set_span(last=player.index)),
        "play.loop": while_open(player.toggle_loop),
        "play.whole": while_open(player.forget_span),
        "play.go_to": while_open(player.controls.ask_where),
        "play.zoom_athlete": while_open(player.zoom_to_athlete),
        "play.rotate": while_open(lambda: player.turn(90)),
        "play.mirror": while_open(player.mirror),
        "play.mute": while_open(lambda: player.mute(not player.muted)),
        "play.skeleton": while_open(lambda: player.switch_overlay("skeleton")),
        "play.angles": while_open(lambda: player.switch_overlay("angles")),
        "play.trails": while_open(lambda: player.switch_overlay("trails")),
        "play.confidence": while_open(lambda: player.switch_overlay("confidence")),
    }


def _jump(player: PlayerWidget, seconds: float) -> None:
    player.pause()
    if player.transport is not None:
        player.seek(player.transport.jump(seconds))


def _faster(player: PlayerWidget, by: float) -> None:
    size = max(round(abs(player.speed) + by, 2), SLOWEST)
    player.set_speed(size if player.speed > 0 else -size)


def _shuttle(player: PlayerWidget, way: int) -> None:
    if not player.playing or player.speed * way < 0:
        player.set_speed(float(way))
    else:
        beyond = [speed for speed in _SHUTTLE if (speed - player.speed) * way > 0]
        player.set_speed(beyond[0 if way > 0 else -1] if beyond else player.speed)
    if not player.playing:
        player.play()
