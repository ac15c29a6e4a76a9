"""One side of the Compare screen: which session it is, choosing another, its player. For the Compare screen."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QTransform
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QListWidgetItem, QStackedWidget, QVBoxLayout, QWidget

from coachvision.app import keymap
from coachvision.app.dates import day
from coachvision.app.lines import Lines
from coachvision.app.parts import Elided, area, button, label, named
from coachvision.app.player.standing import fitted
from coachvision.app.player.widget import PlayerWidget
from coachvision.app.remembered import LookedAt
from coachvision.app.tasks import Job
from coachvision.app.theme import GAP, WIDE
from coachvision.words import tr

if TYPE_CHECKING:
    from coachvision.app.actions import Actions
    from coachvision.app.player.canvas import VideoCanvas
    from coachvision.library import Library
    from coachvision.library.records import SessionSummary
    from coachvision.services.import_video import PlayableFilm
    from coachvision.services.session import WholeSession

_SHOWN = 50
_HEAD = 48
_TYPING_MS = 60
_ID = int(Qt.ItemDataRole.UserRole)


class Side(QWidget):
    """chosen: a session's id. touched: the mouse or the keyboard is here now."""

    chosen = Signal(str)
    touched = Signal()

    def __init__(self, letter: str, colour: str, actions: Actions, parent: QWidget | None = None) -> None:
        """colour: of the theme, `left` or `right`, in which this side's curve is drawn."""
        super().__init__(parent)
        self._actions = actions
        self.letter, self.colour = letter, colour
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = area("surface", QWidget())
        # As high without the button, too.
        head.setFixedHeight(_HEAD)
        row = QHBoxLayout(head)
        row.setContentsMargins(WIDE, GAP, GAP, GAP)
        row.setSpacing(GAP)
        self.mark = label(letter, "title")
        self.title = Elided("title")
        self.about = label("", "muted")
        self.other = button(tr("Choose another"), "quiet")
        self.other.clicked.connect(self._choose_or_keep)
        row.addWidget(self.mark)
        row.addWidget(self.title)
        row.addWidget(self.about)
        self.over = label("", "muted")
        self.over.hide()
        row.addWidget(self.over)
        row.addStretch(1)
        row.addWidget(self.other)
        column.addWidget(head)
        self.pages = QStackedWidget()
        self.player = PlayerWidget(self)
        self._looked_at = LookedAt(self.player)
        self.picker = self._made_picker()
        self.pages.addWidget(self.picker)
        self.pages.addWidget(self.player)
        column.addWidget(self.pages, 1)
        self._typing = QTimer(self, singleShot=True, interval=_TYPING_MS)
        self._typing.timeout.connect(self._search)
        self._asked = 0
        self._watch(self.player)
        self.forget()

    def _watch(self, widget: QWidget) -> None:
        for one in (widget, *widget.findChildren(QWidget)):
            one.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Whoever presses here means this side."""
        if event.type() in (QEvent.Type.MouseButtonPress, QEvent.Type.FocusIn):
            self.touched.emit()
        return False

    def _made_picker(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        column.setSpacing(GAP)
        self.list = Lines(tr("Sessions for {letter}", letter=self.letter))
        self.field = named(QLineEdit(), tr("Search a session for {letter}", letter=self.letter))
        self.field.setPlaceholderText(tr("Search names, notes, tags"))
        self.field.setClearButtonEnabled(True)
        self.field.textChanged.connect(lambda _text: self._typing.start())
        self.field.returnPressed.connect(lambda: self._take(self.list.item(0)))
        self.list.itemActivated.connect(self._take)
        self.list.itemClicked.connect(self._take)
        keymap.pass_letters(self.list)
        column.addWidget(self.field)
        column.addWidget(self.list, 1)
        return page

    def pick(self) -> None:
        """Let the coach choose a session."""
        self.player.pause()
        self._show_page(self.picker)
        self.field.setFocus()
        self._search()

    def _choose_or_keep(self) -> None:
        if self.pages.currentWidget() is self.player:
            self.pick()
        else:
            self._show_page(self.player)

    def _show_page(self, page: QWidget) -> None:
        self.pages.setCurrentWidget(page)
        self.other.setText(tr("Choose another") if page is self.player else tr("Keep this one"))

    def forget(self) -> None:
        """No session."""
        self.player.close_video()
        self.title.say(tr("No session yet"))
        self.about.setText("")
        self._show_page(self.picker)
        self.other.setVisible(False)

    def show_session(self, session: WholeSession, film: PlayableFilm | None) -> None:
        """Put a session here."""
        self.title.say(session.title or session.film.name)
        self.about.setText(session.athlete or "")
        self.other.setVisible(True)
        if film is None:
            self.player.close_video()
        else:
            self.player.open(film.path, film.facts, film.preview)
            self._looked_at.put_on(session.id)
            subject = session.main_subject
            series = [one for _, one in session.series() if subject is None or one.subject == subject]
            self.player.set_overlay([track for _, track in session.tracks()], series)
        self._show_page(self.player)

    def tell_ghost(self, other: str) -> None:
        """What lies over this film: that session, or nothing."""
        self.other.setVisible(not other)
        self.over.setText(tr("with {letter} over it", letter=other) if other else "")
        self.over.setVisible(bool(other))

    def _search(self) -> None:
        text = self.field.text()
        self._asked += 1
        asked = self._asked

        def work(library: Library, _job: Job) -> list[SessionSummary]:
            return library.sessions(text or None, limit=_SHOWN)

        def take(found: list[SessionSummary]) -> None:
            if asked != self._asked:
                return
            self.list.clear()
            today = datetime.now().astimezone().date()
            for one in found:
                about = (one.athlete or "", day(one.recorded, today))
                told = "  ·  ".join(part for part in about if part)
                item = QListWidgetItem(f"{one.title or one.source_name}\n{told}")
                item.setData(_ID, one.id)
                self.list.addItem(item)

        self._actions.run(work, take)

    def _take(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.chosen.emit(str(item.data(_ID)))


class Ghost:
    """Paints another player's picture over a video, as large as it fits, turned and mirrored as that one is."""

    def __init__(self, other: PlayerWidget) -> None:
        self._other = other
        self.opacity = 0.5
        self.on = False

    def paint(self, painter: QPainter, below: QRectF) -> None:
        """Over the picture that stands there."""
        other = self._other.canvas
        image = other.image
        if not self.on or image is None or image.isNull():
            return
        place = fitted(other.video_size, below, other.turned)
        painter.setTransform(other.standing((image.width(), image.height()), place), combine=True)
        painter.setOpacity(self.opacity)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(0, 0, image)

    def lie_on(self, canvas: VideoCanvas) -> None:
        """Over that one's picture, but under its skeleton and angles."""
        overlay = canvas.over

        def paint(painter: QPainter, to_widget: QTransform, index: int) -> None:
            painter.save()
            self.paint(painter, canvas.target())
            painter.restore()
            if overlay is not None:
                overlay(painter, to_widget, index)

        canvas.over = paint
