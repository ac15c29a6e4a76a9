"""How drawings, moved joints and the scale are kept: half a second after they were made. For the studio."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from coachvision.app.actions import Actions
from coachvision.app.keeping import Keeper
from coachvision.app.tools.board import Board
from coachvision.core.time import Timeline
from coachvision.events import SessionAnnotated
from coachvision.services.marks import MarkChanges, save_marks

if TYPE_CHECKING:
    from coachvision.library import Library

# A crash loses nothing older than two seconds: half a second of waiting leaves the disk its share.
WAIT_MS = 500


@dataclass(frozen=True, eq=False)
class Drawn:
    """What changed on the board, and the film it is on."""

    changes: MarkChanges
    timeline: Timeline

    def then(self, later: Drawn) -> Drawn:
        """Both, the later ones winning."""
        return Drawn(self.changes.then(later.changes), later.timeline)


def keeper_of(board: Board, actions: Actions, parent: QObject) -> Keeper[Drawn]:
    """Keeps whatever the board says has changed."""

    def write(library: Library, session: str, drawn: Drawn) -> None:
        save_marks(library, session, drawn.changes, drawn.timeline)
        actions.tell(SessionAnnotated(session))

    keeper: Keeper[Drawn] = Keeper(actions, write, "marks", WAIT_MS, parent)

    def note(changes: MarkChanges) -> None:
        if board.timeline is not None:
            keeper.owe(board.session, Drawn(changes, board.timeline))

    board.changed.connect(note)
    return keeper
