"""Following a point: click it, watch it being followed, correct it and go on. For the studio."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, QTimer, Signal

from coachvision.analysis.progress import Progress
from coachvision.app.actions import Actions
from coachvision.app.tasks import Job, Tasks
from coachvision.app.tools.board import Board
from coachvision.app.tools.hand import Hand
from coachvision.core.drawing import Drawing, Seen
from coachvision.words import tr

if TYPE_CHECKING:
    from coachvision.services.session import Film

_LANE = "tracking"
_LOOK_MS = 60
# Of the picture's height: what is followed reaches so far around its middle, and moves no further a frame.
RADIUS, REACH = 0.02, 0.085


class Tracking(QObject):
    """moved: (frame number) the newest place. told: a sentence for the coach. changed: it began or ended."""

    moved = Signal(int)
    told = Signal(str)
    changed = Signal()

    def __init__(self, actions: Actions, tasks: Tasks, board: Board, hand: Hand, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._actions, self._tasks, self._board, self._hand = actions, tasks, board, hand
        self._film: Film | None = None
        self._job: Job | None = None
        self._live: Drawing | None = None
        self._found: list[Seen] = []
        self._stopped = False
        self._look = QTimer(self, interval=_LOOK_MS)
        self._look.timeout.connect(self._grow)

    @property
    def busy(self) -> bool:
        """Whether a point is being followed."""
        return self._job is not None

    @property
    def live(self) -> Drawing | None:
        """The track as far as it is found, while it is being followed."""
        return self._live

    def open(self, film: Film | None) -> None:
        """The film to follow points in; what was under way in another is given up."""
        if film is None or self._film is None or film.path != self._film.path:
            self.give_up()
        self._film = film

    def give_up(self) -> None:
        """Stop, and keep nothing of it."""
        if self._job is not None:
            self._job.cancel()
        self._live = None

    def stop(self) -> None:
        """Stop, and keep what was found."""
        self._stopped = True
        if self._job is not None:
            self._job.cancel()

    def start(self, at: QPointF, index: int) -> None:
        """Follow what is at a place of a frame: on with the track that is selected, else a new one."""
        line, film = self._board.timeline, self._film
        if self.busy or line is None or film is None:
            return
        pts = int(line.pts[index])
        chosen = self._board.chosen
        if chosen is not None and chosen.kind == "track":
            # Corrected here: what was found from here on is found anew.
            base = replace(chosen, path=tuple(seen for seen in chosen.path if seen.pts < pts))
        else:
            base = Drawing(self._board.new_id(), "track", (), pts, whole=True, style=self._hand.style)
        self._found, self._stopped = [], False
        self._live = base
        self._job = self._tasks.run(
            self._work(film, index, at),
            lambda end: self._done(base, end),
            lane=_LANE, title=tr("Following a point"), session=self._board.session, over=self._over,
        )  # fmt: skip
        self._look.start()
        self.changed.emit()

    def _work(self, film: Film, index: int, at: QPointF) -> Callable[[Job], bool]:
        found, height, count = self._found, film.height, len(film.timeline) - index

        def work(job: Job) -> bool:
            from coachvision.errors import Cancelled
            from coachvision.services.track_point import Point, track_point

            def seen(place: Seen) -> None:
                found.append(place)
                job.report(Progress(len(found) / max(1, count), tr("following"), None))

            point = Point(index, at.x(), at.y(), RADIUS * height, REACH * height)
            try:
                return track_point(film, point, seen=seen, cancelled=job.cancelled)
            except Cancelled:
                if not self._stopped:
                    raise
                return True

        return work

    def _grow(self) -> None:
        """Show how far it has come."""
        live, line = self._live, self._board.timeline
        if live is None or line is None or not self._found:
            return
        found = tuple(self._found)
        before = tuple(seen for seen in live.path if seen.pts < found[0].pts)
        self._live = replace(live, path=before + found)
        self.moved.emit(line.index_of(found[-1].pts))

    def _done(self, base: Drawing, reached_end: bool) -> None:
        line = self._board.timeline
        if line is None or not self._found:
            return
        drawing = replace(base, path=base.path + tuple(self._found))
        known = self._board.drawing(base.id)
        if known is None:
            self._board.add(drawing)
        else:
            self._board.change(drawing, tr("Follow on"))
        last = line.index_of(drawing.path[-1].pts)
        self.moved.emit(last)
        if not reached_end:
            when = line.seconds_of(drawing.path[-1].pts)
            self.told.emit(
                tr(
                    "Not sure any more after {time} s. Step on to where it is seen again and click it to go on.",
                    time=f"{when:.2f}",
                )
            )

    def _over(self) -> None:
        """However it ended."""
        self._job = self._live = None
        self._look.stop()
        self.changed.emit()
