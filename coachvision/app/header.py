"""The strip at the top: where one is, the way back, the search, what can be done here. For the window."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Signal, SignalInstance
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from coachvision.app import icons
from coachvision.app.parts import area, button, label, named
from coachvision.app.theme import GAP, WIDE, worn

HEIGHT = 56


class Header(QWidget):
    """One signal for each button; `searched` with every letter typed."""

    back_wanted = Signal()
    add_wanted = Signal()
    settings_wanted = Signal()
    keys_wanted = Signal()
    analyze_wanted = Signal()
    searched = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        area("header", self)
        self.setFixedHeight(HEIGHT)
        row = QHBoxLayout(self)
        row.setContentsMargins(WIDE, GAP, WIDE, GAP)
        row.setSpacing(GAP)
        self._drawn: list[tuple[QPushButton, str, str]] = []
        self.back = self._button("Library", "back", "quiet", self.back_wanted)
        row.addWidget(self.back)
        titles = QVBoxLayout()
        titles.setSpacing(0)
        self._title = label("CoachVision", "title")
        self._about = label(kind="muted")
        self._about.hide()
        titles.addStretch(1)
        titles.addWidget(self._title)
        titles.addWidget(self._about)
        titles.addStretch(1)
        row.addLayout(titles)
        row.addStretch(1)
        self.search = named(QLineEdit(), "Search")
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(320)
        self.search.textChanged.connect(self.searched)
        row.addWidget(self.search)
        row.addStretch(1)
        self.analyze = self._button("Analyze again", "again", "quiet", self.analyze_wanted)
        self.keys = self._button("Keys", "keys", "quiet", self.keys_wanted)
        self.settings = self._button("Settings", "sliders", "quiet", self.settings_wanted)
        self.add = self._button("Add videos", "add", "accent", self.add_wanted)
        for one in (self.analyze, self.keys, self.settings, self.add):
            row.addWidget(one)
        self._dress()
        self.show_library()

    def show_library(self) -> None:
        """On the library's screen."""
        self.search.setPlaceholderText("Search names, notes, tags")
        self._show("CoachVision", "", back=False, search=True, analyze=False)

    def show_session(self, title: str, about: str) -> None:
        """On a session's screen."""
        self._show(title, about, back=True, search=False, analyze=True)

    def show_settings(self) -> None:
        """On the settings' screen."""
        self.search.setPlaceholderText("Search the settings")
        self._show("", "", back=True, search=True, analyze=False)

    def _show(self, title: str, about: str, *, back: bool, search: bool, analyze: bool) -> None:
        self._title.setText(title)
        self._about.setText(about)
        self._about.setVisible(bool(about))
        self.back.setVisible(back)
        self.search.setVisible(search)
        self.analyze.setVisible(analyze)

    def changeEvent(self, event: QEvent) -> None:
        """Another theme: icons in its colours."""
        if event.type() == QEvent.Type.StyleChange:
            self._dress()
        super().changeEvent(event)

    def _button(self, text: str, icon: str, kind: str, signal: SignalInstance) -> QPushButton:
        made = button(text, kind)
        made.setIconSize(QSize(18, 18))
        made.clicked.connect(signal)
        self._drawn.append((made, icon, kind))
        return made

    def _dress(self) -> None:
        theme = worn()
        for drawn, name, kind in self._drawn:
            drawn.setIcon(icons.icon(name, theme.on_accent if kind == "accent" else theme.text))
