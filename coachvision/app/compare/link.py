"""Two players that go together by time: one leads, the other follows. For the Compare screen.

The one that was touched last leads. Both play by their own clocks; the follower is put right where it strays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from coachvision.core.alignment import Alignment
from coachvision.core.time import Timeline

if TYPE_CHECKING:
    from coachvision.app.player.widget import PlayerWidget

# Two pictures of 30 frames a second: what is less is not seen.
_STRAY_S = 0.07


class Link(QObject):
    """changed: linked or not, or aligned otherwise. moved: (seconds in a, seconds in b) that are shown."""

    changed = Signal()
    moved = Signal(float, float)

    def __init__(self, a: PlayerWidget, b: PlayerWidget, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.players = (a, b)
        self.alignment = Alignment()
        self.linked = True
        self.leader = 0
        for side, player in enumerate(self.players):
            player.frame_changed.connect(lambda _index, _time_s, side=side: self._frame_changed(side))
            player.playing_changed.connect(lambda playing, side=side: self._playing_changed(side, playing))
            player.speed_changed.connect(lambda speed, side=side: self._speed_changed(side, speed))

    def lead(self, side: int) -> None:
        """That side was touched: the other follows it."""
        self.leader = side

    def align(self, alignment: Alignment) -> None:
        """Go together in this way from now on."""
        self.alignment = alignment
        self.linked = True
        self._speed_changed(self.leader, self.players[self.leader].speed)
        self._follow(exactly=True)
        self.changed.emit()

    def set_linked(self, linked: bool) -> None:
        """Go together, or each by itself; what is shown now belongs together when they are linked again by `sync`."""
        if linked != self.linked:
            self.linked = linked
            if linked:
                self._follow(exactly=True)
            self.changed.emit()

    def sync(self) -> None:
        """The frames that are shown now are the same moment."""
        times = self.times
        if times is not None:
            self.align(Alignment(*times, self.alignment.speed))

    @property
    def times(self) -> tuple[float, float] | None:
        """The seconds that are shown, or None where a side has no film."""
        lines = self._lines()
        if lines is None:
            return None
        a, b = (float(line.seconds[player.index]) for line, player in zip(lines, self.players, strict=True))
        return a, b

    def seek(self, seconds: float) -> None:
        """Show that moment of a, and what belongs to it of b."""
        lines = self._lines()
        if lines is not None:
            self.leader = 0
            self.players[0].seek(nearest(lines[0], seconds))
            if self.linked:
                self.players[1].seek(nearest(lines[1], self.alignment.to_b(seconds)))

    def toggle(self) -> None:
        """Play or pause both; unlinked, the one that leads."""
        self.players[self.leader].toggle()

    # -- following

    def _lines(self) -> tuple[Timeline, Timeline] | None:
        a, b = (player.transport for player in self.players)
        return None if a is None or b is None else (a.timeline, b.timeline)

    def _wanted(self) -> tuple[int, float] | None:
        """The follower, and the second it should show; outside of its film where the leader is there alone."""
        times = self.times
        if times is None:
            return None
        if self.leader == 0:
            return 1, self.alignment.to_b(times[0])
        return 0, self.alignment.to_a(times[1])

    def _frame_changed(self, side: int) -> None:
        times = self.times
        if times is not None:
            self.moved.emit(*times)
        if side == self.leader and self.linked:
            self._follow()

    def _follow(self, *, exactly: bool = False) -> None:
        found, lines = self._wanted(), self._lines()
        if found is None or lines is None:
            return
        follower, wanted = found
        player, line = self.players[follower], lines[follower]
        inside = 0 <= wanted <= float(line.seconds[-1])
        if not player.playing:
            if self.players[self.leader].playing and inside and not exactly:
                self._start(player, line, wanted)
            else:
                self._show(player, nearest(line, wanted))
        elif not inside:
            player.pause()
            player.seek(nearest(line, wanted))
        elif exactly or abs(float(line.seconds[player.index]) - wanted) > _STRAY_S * max(1.0, abs(player.speed)):
            player.seek(nearest(line, wanted))

    @staticmethod
    def _show(player: PlayerWidget, index: int) -> None:
        if player.target != index:
            player.seek(index)

    def _start(self, player: PlayerWidget, line: Timeline, wanted: float) -> None:
        player.play()
        player.seek(nearest(line, wanted))

    def _playing_changed(self, side: int, playing: bool) -> None:
        if side != self.leader or not self.linked:
            return
        follower = self.players[1 - side]
        if not playing:
            follower.pause()
            self._follow(exactly=True)
        else:
            self._follow()

    def _speed_changed(self, side: int, speed: float) -> None:
        if side != self.leader or not self.linked:
            return
        ratio = self.alignment.speed if side == 0 else 1 / self.alignment.speed
        self.players[1 - side].set_speed(speed * ratio)


def nearest(line: Timeline, seconds: float) -> int:
    """The frame nearest to a time, within the film."""
    before = line.index_at(seconds)
    after = min(before + 1, len(line) - 1)
    return after if abs(line.seconds[after] - seconds) < abs(line.seconds[before] - seconds) else before
