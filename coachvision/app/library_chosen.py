"""What is done with the library's cards that are chosen, or with the one under the keys. For the library's screen."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from coachvision.app import library_actions
from coachvision.words import counted, tr

if TYPE_CHECKING:
    from coachvision.app.card_list import CardList
    from coachvision.app.cards import CardModel
    from coachvision.app.screens import Desk
    from coachvision.services.export.many import Exported


class Chosen:
    """One method for each thing that can be done; what can be undone says so in the bar."""

    def __init__(self, desk: Desk, model: CardModel, cards: CardList) -> None:
        self._desk, self._model, self._list = desk, model, cards

    def targets(self) -> list[str]:
        """The sessions that are chosen; with none, the one under the keys."""
        return self._list.ids() or [one for one in (self._list.current(),) if one]

    def analyze(self) -> None:
        """Analyze them all, one after the other."""
        for session in self.targets():
            card = self._model.card(session)
            self._desk.actions.analyze(session, card.name if card is not None else tr("session"))
        self._list.clearSelection()

    def tag(self, name: str) -> None:
        """Tag them all; undoable."""
        sessions = self.targets()
        library_actions.tag(self._desk.actions, sessions, name)
        self._desk.messages.show_notice(
            tr("{sessions} tagged “{name}”.", sessions=_count(sessions), name=name),
            tr("Undo"),
            lambda: library_actions.tag(self._desk.actions, sessions, name, off=True),
        )

    def trash(self) -> None:
        """Put them all into the trash; undoable."""
        sessions = self.targets()
        if not sessions:
            return
        card = self._model.card(sessions[0])
        told = counted(
            len(sessions),
            "“{name}” is in the trash.",
            "{count} sessions are in the trash.",
            name=card.name if card is not None else tr("1 session"),
        )

        def tell(_: None) -> None:
            self._desk.messages.show_notice(
                told,
                tr("Undo"),
                lambda: library_actions.restore(self._desk.actions, sessions),
            )

        self._list.clearSelection()
        library_actions.trash(self._desk.actions, sessions, tell)

    def export(self, form: str) -> None:
        """Write them all into a folder the coach chooses."""
        from PySide6.QtWidgets import QFileDialog

        sessions = self.targets()
        folder = QFileDialog.getExistingDirectory(self._list, tr("Export into"))
        if sessions and folder:
            self.export_into(sessions, form, Path(folder))

    def export_into(self, sessions: Sequence[str], form: str, folder: Path) -> None:
        """Write sessions into a folder and tell what came of it."""

        def tell(done: Exported) -> None:
            count, whole = len(done.written), _count(sessions)
            text = tr("{count} of {sessions} written to {folder}.", count=count, sessions=whole, folder=folder)
            if done.failed:
                text += " " + tr("Not written: {why}.", why=tr(done.failed[0][1].title))
            self._desk.messages.show_notice(text)

        library_actions.export(self._desk.actions, sessions, form, folder, tell)

    def name(self, chosen: list[tuple[str, str]]) -> None:
        """Say who is in them: (session, athlete) each; undoable."""
        if not chosen:
            return

        def tell(before: list[tuple[str, str]]) -> None:
            self._desk.messages.show_notice(
                tr("{sessions} named.", sessions=_count(chosen)),
                tr("Undo"),
                lambda: library_actions.name_athletes(self._desk.actions, before, lambda _: None),
            )

        library_actions.name_athletes(self._desk.actions, chosen, tell)


def _count(sessions: Sequence[object]) -> str:
    return counted(len(sessions), "1 session", "{count} sessions")
