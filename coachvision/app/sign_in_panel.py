"""The panel in which one signs in: an address, then a mailed code or a password; new accounts, forgotten passwords.

For the account screen. One step is seen at a time; what was typed stays when a step fails.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from coachvision.app.parts import area, button, label, named
from coachvision.app.theme import GAP, TIGHT, WIDE
from coachvision.words import tr

_FIELD = 360


class SignInPanel(QWidget):
    """Says what is wanted; whoever listens says `step` and `busy`. kind of a code: email, signup."""

    code_wanted = Signal(str)
    code_given = Signal(str, str, str)
    password_given = Signal(str, str)
    new_account_wanted = Signal(str, str)
    recovery_wanted = Signal(str)
    recovered = Signal(str, str, str)
    browser_wanted = Signal()
    browser_given_up = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        area("panel", self)
        self._kind = "email"
        self._busy = False
        column = QVBoxLayout(self)
        column.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        column.setSpacing(GAP)
        self._title = label(tr("Sign in"), "title")
        self._about = label("", "muted", wrap=True)
        words = QVBoxLayout()
        words.setSpacing(TIGHT)
        words.addWidget(self._title)
        words.addWidget(self._about)
        column.addLayout(words)
        self.email = self._field(tr("E-mail address"))
        self.code = self._field(tr("Code from the mail"))
        self.password = self._field(tr("Password"), hidden=True)
        for field in (self.email, self.code, self.password):
            column.addWidget(field)
        self.mail_code = self._button(tr("Mail me a code"), "accent", lambda: self.code_wanted.emit(self._email))
        self.enter = self._button(tr("Sign in"), "accent", self._enter)
        self.use_password = self._button(tr("Use a password"), "", lambda: self.step("password"))
        self.browser = self._button(tr("Sign in with the browser"), "", self._use_browser)
        self.new_account = self._button(
            tr("Make a new account"), "", lambda: self.new_account_wanted.emit(self._email, self.password.text())
        )
        self.forgot = self._button(tr("I forgot it"), "quiet", lambda: self.recovery_wanted.emit(self._email))
        self.again = self._button(tr("Mail another code"), "quiet", self._mail_again)
        self.back = self._button(tr("Back"), "quiet", self._go_back)
        row = QHBoxLayout()
        row.setSpacing(GAP)
        for one in (self.mail_code, self.enter, self.new_account, self.use_password, self.browser, self.forgot,
                    self.again, self.back):  # fmt: skip
            row.addWidget(one)
        row.addStretch(1)
        column.addSpacing(GAP)
        column.addLayout(row)
        self._with_browser = False
        for field in (self.email, self.code, self.password):
            field.returnPressed.connect(self._press)
            field.textChanged.connect(self._allow)
        self.step("address")

    @property
    def _email(self) -> str:
        return self.email.text().strip()

    def offer(self, service: str, email: str, *, browser: bool) -> None:
        """What to sign in to, with whose address; whether a browser can do it."""
        self._title.setText(tr("Sign in to {service}", service=service))
        self._with_browser = browser
        if email and not self.email.text():
            self.email.setText(email)
        self.step(self._step)

    def step(self, name: str, *, kind: str = "email") -> None:
        """Go to `address`, `code`, `password`, `recovery` (code and new password) or `browser`."""
        self._step, self._kind = name, kind
        seen: dict[str, tuple[QWidget, ...]] = {
            "address": (self.email, self.mail_code, self.use_password),
            "code": (self.code, self.enter, self.again, self.back),
            "password": (self.email, self.password, self.enter, self.new_account, self.forgot, self.back),
            "recovery": (self.code, self.password, self.enter, self.back),
            "browser": (self.back,),
        }
        parts = (self.email, self.code, self.password, self.mail_code, self.enter, self.use_password,
                 self.new_account, self.forgot, self.again, self.back)  # fmt: skip
        for part in parts:
            part.setVisible(part in seen[name])
        self.browser.setVisible(name == "address" and self._with_browser)
        self.password.setPlaceholderText(tr("New password") if name == "recovery" else tr("Password"))
        self.password.setAccessibleName(self.password.placeholderText())
        self._about.setText(
            {
                "address": tr("Everything works without it. Signed in, your sessions can be kept in the cloud, too."),
                "code": tr("A code was mailed to {email}.", email=self._email),
                "password": tr("With the password of your account, or one of your choice for a new account."),
                "recovery": tr("A code was mailed to {email}. It lets you choose a new password.", email=self._email),
                "browser": tr("Go on in the browser. This page changes by itself when you are done there."),
            }[name]
        )
        first = next((part for part in seen[name] if isinstance(part, QLineEdit) and not part.text()), None)
        if first is not None and self.isVisible():
            first.setFocus()
        self._allow()

    def busy(self, now: bool) -> None:
        """The service is being asked."""
        self._busy = now
        self._allow()

    def clear(self) -> None:
        """Signed in: nothing that was typed stays."""
        self.code.clear()
        self.password.clear()
        self.step("address")

    def _allow(self) -> None:
        address, password, code = "@" in self._email, bool(self.password.text()), bool(self.code.text().strip())
        self.mail_code.setEnabled(address and not self._busy)
        given = {"code": code, "password": address and password, "recovery": code and password}.get(self._step, False)
        self.enter.setEnabled(given and not self._busy)
        self.new_account.setEnabled(address and password and not self._busy)
        self.forgot.setEnabled(address and not self._busy)
        for one in (self.again, self.browser):
            one.setEnabled(not self._busy)

    def _press(self) -> None:
        chosen = self.mail_code if self._step == "address" else self.enter
        if chosen.isEnabled():
            chosen.click()

    def _enter(self) -> None:
        code, password = self.code.text(), self.password.text()
        if self._step == "code":
            self.code_given.emit(self._email, code, self._kind)
        elif self._step == "recovery":
            self.recovered.emit(self._email, code, password)
        else:
            self.password_given.emit(self._email, password)

    def _mail_again(self) -> None:
        self.code.clear()
        self.code_wanted.emit(self._email)

    def _use_browser(self) -> None:
        self.step("browser")
        self.browser_wanted.emit()

    def _go_back(self) -> None:
        if self._step == "browser":
            self.browser_given_up.emit()
        self.code.clear()
        self.password.clear()
        self.step("address")

    def _field(self, name: str, *, hidden: bool = False) -> QLineEdit:
        field = named(QLineEdit(), name)
        field.setPlaceholderText(name)
        field.setMaximumWidth(_FIELD)
        if hidden:
            field.setEchoMode(QLineEdit.EchoMode.Password)
        return field

    @staticmethod
    def _button(text: str, kind: str, act: Callable[[], object]) -> QPushButton:
        made = button(text, kind)
        made.clicked.connect(lambda _checked: act())
        return made
