"""A row of the settings' screen that its search can find. For that screen."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget


class SearchedRow(QWidget):
    """words: what it is found by, as it is written."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self._words = words.casefold()

    def fits(self, typed: str) -> bool:
        """Whether every word typed is in it."""
        return all(word in self._words for word in typed.casefold().split())
