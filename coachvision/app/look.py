"""Theme and language as the coach chose them: put on, and remembered for the next start, before settings are read.

For the window and the entry.
"""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from coachvision import words
from coachvision.app import theme
from coachvision.app.remembered import remembered


def wear(name: str) -> None:
    """Another theme, where it is another."""
    application = QApplication.instance()
    chosen = theme.chosen(name)
    remembered().setValue("theme", name)
    if isinstance(application, QApplication) and chosen is not theme.worn():
        theme.wear(application, chosen)


def wear_last(application: QApplication) -> None:
    """The theme worn last time; who chose the desktop's wears what the desktop changes to."""
    theme.wear(application, theme.chosen(_last()))
    application.styleHints().colorSchemeChanged.connect(lambda _: wear(_last()))


def _last() -> str:
    return str(remembered().value("theme", "dark"))


def keep_language(language: str) -> None:
    """To be spoken from the next start on."""
    remembered().setValue("language", language)


def speak_last() -> list[str]:
    """The language chosen last time. Returns what is wrong with its words, to be told."""
    return words.choose(str(remembered().value("language", words.ENGLISH)))
