"""The panel for a bucket that the club owns: which one is used, and a form for another. For the account screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtWidgets import QFormLayout, QLineEdit, QWidget

from coachvision.app.account_panels import Panel
from coachvision.app.bucket_actions import Wanted
from coachvision.app.parts import button, label, named
from coachvision.app.theme import GAP, WIDE
from coachvision.words import tr

if TYPE_CHECKING:
    from coachvision.sync.remotes.bucket import Place

_FIELD = 360


class BucketPanel(Panel):
    """check_wanted, use_wanted: with what was typed."""

    check_wanted = Signal(object)
    use_wanted = Signal(object)

    def __init__(self) -> None:
        super().__init__(tr("The club’s own bucket"))
        self.set_up, self.forget = button(""), button(tr("Use it no more"), "quiet")
        self._choices = self.row(self.set_up, self.forget)
        self._form = QWidget()
        form = QFormLayout(self._form)
        form.setContentsMargins(0, GAP, 0, 0)
        form.setHorizontalSpacing(WIDE)
        form.setVerticalSpacing(GAP)
        self.endpoint = self._field(form, tr("Address"), "https://…")
        self.bucket = self._field(form, tr("Bucket"), tr("As the storage calls it"))
        self.prefix = self._field(form, tr("Club’s folder in it"), tr("Empty: everything lies at the top"))
        self.region = self._field(form, tr("Region"), tr("auto, unless the storage names one"))
        self.key_id = self._field(form, tr("Access key"), "")
        self.secret = self._field(form, tr("Secret"), tr("Kept in this system’s keyring alone"))
        self.secret.setEchoMode(QLineEdit.EchoMode.Password)
        self.column.addWidget(self._form)
        self.result = label("", wrap=True)
        self.column.addWidget(self.result)
        self.check, self.use = button(tr("Test the connection")), button(tr("Use this bucket"), "accent")
        self.drop = button(tr("Not now"), "quiet")
        self._answers = self.row(self.check, self.use, self.drop)
        self.set_up.clicked.connect(lambda: self.ask(now=True))
        self.drop.clicked.connect(lambda: self.ask(now=False))
        self.check.clicked.connect(lambda: self._want(self.check_wanted))
        self.use.clicked.connect(lambda: self._want(self.use_wanted))
        self._used: Place | None = None
        self.ask(now=False)

    def show_place(self, place: Place | None) -> None:
        """Which one is used."""
        self._used = place
        self.forget.setVisible(place is not None)
        if place is None:
            self.say(tr("A club that owns storage can keep everything there, with or without accounts."))
            self.set_up.setText(tr("Set it up …"))
        else:
            self.say(tr("Everything is kept in {where}.", where=where_words(place)))
            self.set_up.setText(tr("Use another …"))

    def ask(self, *, now: bool) -> None:
        """Whether the form is seen, beginning with the bucket that is used. A secret does not stay in it."""
        self._choices.setVisible(not now)
        for part in (self._form, self._answers):
            part.setVisible(now)
        self.result.hide()
        if now and self._used is not None:
            self._fill(self._used)
            self.key_id.setFocus()
        elif now:
            self.endpoint.setFocus()
        else:
            self.secret.clear()
        self._allow()

    def _fill(self, used: Place) -> None:
        self.endpoint.setText(used.endpoint)
        self.bucket.setText(used.bucket)
        self.prefix.setText(used.prefix.rstrip("/"))
        self.region.setText(used.region)

    @property
    def wanted(self) -> Wanted:
        """What stands in the form."""
        return Wanted(
            endpoint=self.endpoint.text().strip(), bucket=self.bucket.text().strip(),
            region=self.region.text().strip(), prefix=self.prefix.text().strip(),
            key_id=self.key_id.text().strip(), secret=self.secret.text(),
        )  # fmt: skip

    def tell(self, words: str) -> None:
        """What a test showed."""
        self.result.setText(words)
        self.result.show()

    def answered(self) -> None:
        """It was tried; what came of it is told elsewhere, or after this."""
        self.result.hide()
        self._hold(now=False)

    def _want(self, signal: SignalInstance) -> None:
        self.tell(tr("Asking the bucket …"))
        self._hold(now=True)
        signal.emit(self.wanted)

    def _hold(self, *, now: bool) -> None:
        """While it is asked the form stays as it is: the answer is about what stands there."""
        self._form.setEnabled(not now)
        self._answers.setEnabled(not now)
        self._allow()

    def _allow(self) -> None:
        given = all(one.text().strip() for one in (self.endpoint, self.bucket, self.key_id, self.secret))
        for one in (self.check, self.use):
            one.setEnabled(given)

    def _field(self, form: QFormLayout, name: str, hint: str) -> QLineEdit:
        field = named(QLineEdit(), name)
        field.setPlaceholderText(hint)
        field.setMaximumWidth(_FIELD)
        field.setMinimumWidth(_FIELD)
        field.textChanged.connect(self._typed)
        form.addRow(label(name), field)
        return field

    def _typed(self) -> None:
        # What was tested was something else.
        self.result.hide()
        self._allow()


def where_words(place: Place) -> str:
    """`club/u18 at storage.example.org`."""
    folder = f"{place.bucket}/{place.prefix}".rstrip("/")
    return tr("{bucket} at {host}", bucket=folder, host=place.endpoint.partition("://")[2])
