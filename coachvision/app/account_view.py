"""The account screen: who is here, signing in, the guest's sessions, the cloud, signing out. For the window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QFrame, QScrollArea, QVBoxLayout, QWidget

from coachvision.app.account_panels import Cloud, Club, Guests, KeepInCloud, Leaving, Who
from coachvision.app.bucket_actions import Wanted
from coachvision.app.bucket_panel import BucketPanel, where_words
from coachvision.app.here import Here
from coachvision.app.parts import label, named
from coachvision.app.screens import Desk, Screen
from coachvision.app.sign_in_panel import SignInPanel
from coachvision.app.theme import WIDE
from coachvision.words import tr

_WIDTH = 760


class AccountView(Screen):
    """Everything about the account in one column; what does not concern whoever is here is not shown."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.account = desk.account
        self.who, self.sign_in, self.guests = Who(), SignInPanel(), Guests()
        self.ask, self.cloud, self.leaving, self.club = KeepInCloud(), Cloud(), Leaving(), Club()
        self.bucket = BucketPanel()
        # Of whom it was asked last whether he is sure.
        self._asked: str | None = None
        scroll = named(QScrollArea(), tr("Account"))
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)
        body = QWidget()
        body.setObjectName("body")
        body.setMaximumWidth(_WIDTH)
        column = QVBoxLayout(body)
        column.setContentsMargins(2 * WIDE, 2 * WIDE, 2 * WIDE, 2 * WIDE)
        column.setSpacing(WIDE)
        column.addWidget(label(tr("Account"), "heading"))
        panels = (self.who, self.guests, self.ask, self.sign_in, self.cloud, self.leaving, self.club, self.bucket)
        for panel in panels:
            # The keyring may be slow to say who is here, and the network: the screen is not empty until then.
            if panel is not self.who:
                panel.hide()
            column.addWidget(panel)
        column.addStretch(1)
        scroll.setWidget(body)
        self._connect_signing_in()
        self._connect_the_rest()

    def open(self) -> None:
        """See who is here."""
        self.account.look()

    def join(self, given: Path | str) -> None:
        """A service file or a link was given: show what it names, to be agreed to."""
        self.account.read_service(str(given), self.club.propose)

    def _connect_signing_in(self) -> None:
        account, panel = self.account, self.sign_in
        account.asking.connect(panel.busy)
        account.switched.connect(panel.clear)
        panel.code_wanted.connect(lambda email: account.send_code(email, lambda: panel.step("code")))
        panel.code_given.connect(account.confirm_code)
        panel.password_given.connect(account.sign_in)
        panel.new_account_wanted.connect(
            lambda email, word: account.sign_up(email, word, lambda: panel.step("code", kind="signup"))
        )
        panel.recovery_wanted.connect(lambda email: account.send_recovery(email, lambda: panel.step("recovery")))
        panel.recovered.connect(account.recover)
        panel.browser_wanted.connect(lambda: account.sign_in_with_browser(lambda: panel.step("address")))
        panel.browser_given_up.connect(account.cancel_browser)

    def _connect_the_rest(self) -> None:
        account = self.account
        account.stood.connect(self._show)
        self.guests.take.clicked.connect(self._adopt)
        self.guests.leave.clicked.connect(account.decline)
        self.cloud.keep.toggled.connect(account.keep_in_cloud)
        self.ask.yes.clicked.connect(lambda: account.keep_in_cloud(wanted=True))
        self.ask.no.clicked.connect(lambda: account.keep_in_cloud(wanted=False))
        self.cloud.restore.start.clicked.connect(account.restoring.start)
        self.cloud.restore.cancel.clicked.connect(account.restoring.cancel)
        self.desk.tasks.changed.connect(self._show_restoring)
        self.bucket.check_wanted.connect(self._check_bucket)
        self.bucket.use_wanted.connect(self._use_bucket)
        self.bucket.forget.clicked.connect(account.bucket.forget)
        self.leaving.out.clicked.connect(account.sign_out)
        self.leaving.sure.clicked.connect(self._forget)
        self.club.file.clicked.connect(self._choose)
        self.club.go.clicked.connect(lambda: self.join(self.club.link.text().strip()))
        self.club.link.returnPressed.connect(self.club.go.click)
        self.club.yes.clicked.connect(self._agree)

    def _show(self, here: Here) -> None:
        standing, service = here.standing, here.standing.service
        signed_in = standing.kind == "signed_in"
        self.who.show_standing(standing, bucket=here.bucket is not None)
        self.sign_in.setVisible(service is not None and not signed_in)
        if service is not None and not signed_in:
            self.sign_in.offer(service.title, standing.email, browser=bool(service.providers))
        self.guests.setVisible(here.guest is not None and signed_in)
        if here.guest is not None:
            self.guests.offer(here.guest)
        self._show_cloud(here)
        self.leaving.setVisible(standing.kind != "guest")
        self.leaving.forget.setVisible(signed_in and service is not None and bool(service.gateway))
        if standing.user_id != self._asked:
            # Whoever is still here may be asked just now.
            self._asked = standing.user_id
            self.leaving.ask(now=False)
        self.club.setVisible(standing.kind == "guest")
        self.bucket.show_place(here.bucket)
        self.bucket.show()

    def _show_cloud(self, here: Here) -> None:
        service, kept = here.standing.service, here.synced is not None
        self.ask.setVisible(kept and here.kept is None)
        self.cloud.setVisible(kept)
        if not kept:
            return
        self.cloud.show_waiting(here.waiting, here.waiting_bytes)
        self.cloud.show_kept(here.kept)
        if here.bucket is not None:
            self.cloud.say(tr("Kept in {where}.", where=where_words(here.bucket)))
        elif service is not None:
            self.ask.ask(service, first=here.guest is None or here.guest.asked)
            if self.isVisible():
                self.account.usage(self.cloud.show_usage)

    def _show_restoring(self) -> None:
        self.cloud.restore.show_job(self.account.restoring.job)

    def _check_bucket(self, wanted: Wanted) -> None:
        def told() -> None:
            # Tried again from the bar, it may not be what stands in the form by now.
            if wanted == self.bucket.wanted:
                self.bucket.tell(tr("The bucket answers: what was put there could be read and deleted again."))

        self.account.bucket.check(wanted, told, self.bucket.answered)

    def _use_bucket(self, wanted: Wanted) -> None:
        self.account.bucket.use(wanted, lambda: self.bucket.ask(now=False), self.bucket.answered)

    def _adopt(self) -> None:
        def told() -> None:
            one, many = (
                tr("The session made here before is yours now."),
                tr("The sessions made here before are yours now."),
            )
            self.desk.messages.show_notice(one if self.guests.one else many)

        if not self.account.adopt(told):
            self.guests.wait()

    def _forget(self) -> None:
        self.leaving.wait(now=True)
        self.account.forget(lambda: self.leaving.wait(now=False))

    def _choose(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(
            self, tr("Open a service file"), "", tr("Service (*.toml);;All files (*)")
        )
        if chosen:
            self.join(chosen)

    def _agree(self) -> None:
        if self.club.proposed is not None:
            self.account.join(self.club.proposed)
            self.club.link.clear()
            self.club.drop()
