"""How tags and the board are kept: at once. For the book of tags."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from coachvision.app.actions import Actions
from coachvision.app.keeping import Keeper
from coachvision.core.tagging import Board, Moment
from coachvision.events import MomentsChanged

if TYPE_CHECKING:
    from coachvision.library import Library


@dataclass(frozen=True)
class Tagged:
    """What changed: moments by id, None for what is gone. board: (its id, what it is now)."""

    moments: Mapping[str, Moment | None] = field(default_factory=dict)
    board: tuple[str, Board] | None = None

    def then(self, later: Tagged) -> Tagged:
        """Both, the later ones winning."""
        return Tagged({**self.moments, **later.moments}, later.board or self.board)

    def on(self, moments: Mapping[str, Moment]) -> dict[str, Moment]:
        """Those moments, changed so."""
        return {given: moment for given, moment in {**moments, **self.moments}.items() if moment is not None}


def keeper_of(actions: Actions, parent: QObject) -> Keeper[Tagged]:
    """Keeps what it is told."""

    def write(library: Library, session: str, tagged: Tagged) -> None:
        if tagged.moments:
            gone = [given for given, moment in tagged.moments.items() if moment is None]
            library.moments.set(session, tagged.on({}), gone)
            actions.tell(MomentsChanged(session))
        if tagged.board is not None:
            library.boards.change(*tagged.board)

    return Keeper(actions, write, "library", parent=parent)
