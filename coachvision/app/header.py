"""The strip at the top: the way to every screen, what is open, the search, what can be done here. For the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Signal, SignalInstance
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QPushButton, QToolButton, QVBoxLayout, QWidget

from coachvision.app import icons, keymap
from coachvision.app.parts import Elided, button, plainly
from coachvision.app.screens import SCREENS
from coachvision.app.theme import GAP, TIGHT, WIDE, worn
from coachvision.words import tr

if TYPE_CHECKING:
    from coachvision.app.here import Here

HEIGHT = 60
# Below this the buttons of the key sheet and of what was opened last give way: their keys show them all the same. On a
# session's screen, where its title stands, sooner.
_NARROW, _NARROW_WITH_TITLE = 1180, 1360
# Of a name in the navigation, px.
_NAME = 84
# Left and right of a field's text: the style sheet's border and padding, and what Qt keeps free for the caret.
_FRAME, _CARET = 11, 2


class _Search(QLineEdit):
    """Says what can be searched where there is room for all of it, and else that it searches."""

    _LEAST, _MOST = 96, 280

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("Search"))
        self.setMinimumWidth(self._LEAST)
        self.setMaximumWidth(self._MOST)
        self._hint = ""

    def hint(self, text: str) -> None:
        """What can be searched."""
        self._hint = text
        self.setToolTip(plainly(text))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Less room may be enough for less."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        # A style's own answer would need enums of a style: see `theme.STYLE`.
        fits = self.fontMetrics().horizontalAdvance(self._hint) <= self.width() - 2 * (_FRAME + _CARET)
        self.setPlaceholderText(self._hint if fits else tr("Search"))


class Header(QFrame):
    """went: a screen's id. One signal for each other button; `searched` with every letter typed.

    A frame, which the style sheet paints without an attribute of `Qt`: see `parts`.
    """

    went = Signal(str)
    add_wanted = Signal()
    keys_wanted = Signal()
    recent_wanted = Signal()
    analyze_wanted = Signal()
    compare_wanted = Signal()
    searched = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("header")
        self._dressed = worn()
        self.setFixedHeight(HEIGHT)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(GAP, 0, WIDE, 0)
        self._row.setSpacing(TIGHT)
        self._drawn: list[tuple[QPushButton, str, str]] = []
        self.places: dict[str, QToolButton] = {}
        self._analyze = False
        for place in SCREENS:
            self._add_place(place.id, tr(place.title), place.icon)
        # Nothing speaks of accounts before it is known that there is a service for one.
        self.places["account"].hide()
        self._row.addSpacing(GAP)
        titles = QVBoxLayout()
        titles.setSpacing(0)
        self._title, self._about = Elided("title"), Elided("muted")
        titles.addStretch(1)
        titles.addWidget(self._title)
        titles.addWidget(self._about)
        titles.addStretch(1)
        self._row.addLayout(titles, 1)
        self.search = _Search()
        self.search.textChanged.connect(self.searched)
        # Where there is no title its room is the search's, up to what it can use.
        self._row.addWidget(self.search, 9)
        self.analyze = self._button(tr("Analyze again"), "again", "quiet", self.analyze_wanted)
        self.compare = self._button(tr("Compare with"), "compare", "quiet", self.compare_wanted)
        self.recent = self._button(tr("Recent"), "recent", "quiet", self.recent_wanted)
        self.keys = self._button(tr("Keys"), "keys", "quiet", self.keys_wanted)
        self.add = self._button(tr("Add videos"), "add", "accent", self.add_wanted)
        self._words = {one: one.text() for one in (self.analyze, self.compare, self.add)}
        for one in self._words:
            one.setAccessibleName(one.text())
        for one in (self.analyze, self.compare, self.recent, self.keys, self.add):
            self._row.addSpacing(TIGHT)
            self._row.addWidget(one)
        self._dress()

    def complete(self) -> None:
        """Once the window was painted: keys in the tips, and the cross in the search, for which Qt looks far."""
        for screen, place in self.places.items():
            place.setToolTip(keymap.hint(f"window.{screen}"))
        self.recent.setToolTip(keymap.hint("window.recent"))
        self.keys.setToolTip(keymap.hint("window.keys"))
        self.search.setClearButtonEnabled(True)

    def show_screen(self, screen: str, search_hint: str) -> None:
        """On that screen."""
        self._here(screen)
        self.search.hint(tr(search_hint))
        self._show("", "", search=bool(search_hint), analyze=False)

    def show_session(self, title: str, about: str) -> None:
        """On a session's screen: it belongs to the library."""
        self._here("")
        self._show(title, about, search=False, analyze=True)

    def tell(self, screen: str, text: str) -> None:
        """Put a short word beside a screen's name, `3` of the running jobs say; "" takes it away."""
        title = tr(next(place.title for place in SCREENS if place.id == screen))
        self.places[screen].setText(f"{title} {text}".rstrip())

    def show_here(self, here: Here) -> None:
        """Who is here, in the place of the account; where neither a service nor a bucket is set up, it is not there."""
        from PySide6.QtCore import Qt

        standing, place, hint = here.standing, self.places["account"], keymap.hint("window.account")
        name = (standing.email.partition("@")[0] if standing.user_id else "") or tr("Account")
        place.setText(place.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, _NAME))
        place.setAccessibleName(f"{tr('Account')} {standing.email}".rstrip())
        place.setToolTip(plainly(f"{standing.email}\n{hint}" if standing.user_id else hint))
        place.setVisible(standing.service is not None or here.bucket is not None)

    def _here(self, screen: str) -> None:
        for name, place in self.places.items():
            place.setChecked(name == screen)

    def _show(self, title: str, about: str, *, search: bool, analyze: bool) -> None:
        self._title.say(title)
        self._about.say(about)
        self.search.setVisible(search)
        self.analyze.setVisible(analyze)
        self.compare.setVisible(analyze)
        self._analyze = analyze
        self._make_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What gives way in a narrow window."""
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        # A session's title is worth more than words beside icons: without them it would be gone in a narrow window.
        wordless = self._analyze and self.width() < _NARROW
        for made, text in self._words.items():
            made.setText("" if wordless else text)
            made.setToolTip(plainly(text) if wordless else "")
        self.recent.setVisible(self.width() >= (_NARROW_WITH_TITLE if self._analyze else _NARROW))
        self.keys.setVisible(not self._analyze and self.width() >= _NARROW)

    def changeEvent(self, event: QEvent) -> None:
        """Another theme: icons in its colours."""
        if event.type() == QEvent.Type.StyleChange and self._dressed is not worn():
            self._dress()
        super().changeEvent(event)

    def _add_place(self, screen: str, title: str, icon: str) -> None:
        made = QToolButton()
        made.setObjectName("place")
        made.setText(title)
        made.setAccessibleName(title)
        # By name, as Qt takes a property's value, too: see `parts`.
        made.setProperty("toolButtonStyle", "ToolButtonTextUnderIcon")
        made.setProperty("focusPolicy", "StrongFocus")
        made.setIconSize(QSize(20, 20))
        made.setCheckable(True)
        made.setMinimumWidth(72)
        made.setFixedHeight(HEIGHT - 8)
        made.setProperty("picture", icon)
        # Clicked again it would switch itself off; and in a group of Qt's own, Tab would reach one of them alone.
        made.clicked.connect(lambda: made.setChecked(True))
        made.clicked.connect(lambda: self.went.emit(screen))
        self.places[screen] = made
        self._row.addWidget(made)

    def _button(self, text: str, icon: str, kind: str, signal: SignalInstance) -> QPushButton:
        made = button(text, kind)
        made.setIconSize(QSize(18, 18))
        made.clicked.connect(signal)
        self._drawn.append((made, icon, kind))
        return made

    def _dress(self) -> None:
        theme = self._dressed = worn()
        for drawn, name, kind in self._drawn:
            drawn.setIcon(icons.icon(name, theme.on_accent if kind == "accent" else theme.text))
        for place in self.places.values():
            place.setIcon(icons.icon(str(place.property("picture")), theme.muted, checked=theme.accent_text))
