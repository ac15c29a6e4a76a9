"""The panels of the account screen but for signing in: who, the guest's sessions, the cloud, leaving, the club.

For that screen alone; each shows what it is told, and its buttons are connected there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from coachvision.app.parts import Switch, accent, area, button, label, named
from coachvision.app.restore_strip import RestoreStrip
from coachvision.app.theme import GAP, TIGHT, WIDE
from coachvision.errors import CoachVisionError
from coachvision.words import counted, tr

if TYPE_CHECKING:
    from coachvision.accounts.account import Standing
    from coachvision.accounts.service import Service
    from coachvision.library.records import GuestShare
    from coachvision.wire.gateway import Account as CloudAccount


class Panel(QWidget):
    """A titled surface with words and, below, a row of buttons."""

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        area("panel", self)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        self.column.setSpacing(TIGHT)
        self.title = label(title, "title", wrap=True)
        self.about = label("", "muted", wrap=True)
        self.about.hide()
        self.column.addWidget(self.title)
        self.column.addWidget(self.about)

    def say(self, about: str) -> None:
        """The words below the title."""
        self.about.setText(about)
        self.about.setVisible(bool(about))

    def row(self, *parts: QWidget) -> QWidget:
        """Put parts side by side, from the left. Hide the row, not its parts, and its room goes with it."""
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, GAP, 0, 0)
        row.setSpacing(GAP)
        for part in parts:
            row.addWidget(part)
        row.addStretch(1)
        self.column.addWidget(holder)
        return holder


class Who(Panel):
    """Who is here; until that is known, that it is being looked for."""

    def __init__(self) -> None:
        super().__init__(tr("One moment …"))
        self.say(tr("Looking who is signed in on this laptop."))

    def show_standing(self, standing: Standing, *, bucket: bool = False) -> None:
        """Say it. bucket: everything is kept in one of the club's."""
        if standing.kind == "guest":
            self.title.setText(tr("Guest"))
            alone = tr("Nobody is signed in. Everything works, and nothing leaves this laptop.")
            kept = tr(
                "Nobody is signed in. Everything works, and nothing leaves this laptop but for the club’s own bucket."
            )
            self.say(kept if bucket else alone)
            return
        self.title.setText(standing.email or tr("Signed in"))
        if standing.kind == "ended":
            self.say(tr("Your sign-in is over. Everything on this laptop is still here; sign in again to go on."))
            return
        told = tr("Signed in to {title}.", title=standing.service.title) if standing.service else tr("Signed in.")
        if standing.why_not_lasting:
            told += "\n" + tr("Only until CoachVision closes. {why}.", why=standing.why_not_lasting)
        self.say(told)


class Guests(Panel):
    """What was made on this laptop without an account, to be taken in or left: asked once, offered always."""

    def __init__(self) -> None:
        super().__init__()
        self.one = False
        self.take, self.leave = button(""), button("")
        self.row(self.take, self.leave)

    def offer(self, share: GuestShare) -> None:
        """Say how many, how large."""
        from coachvision.services.sign_in import size_in_words

        self.one = share.sessions == 1
        many = counted(share.sessions, "1 session", "{count} sessions")
        self.title.setText(tr("{many} without an account, {size}", many=many, size=size_in_words(share.size)))
        if share.asked:
            self._say(
                tr("It stays the guest's: you see it when nobody is signed in."),
                tr("They stay the guest's: you see them when nobody is signed in."),
            )
        else:
            self._say(
                tr("Made on this laptop before you signed in. Taken in, it is yours."),
                tr("Made on this laptop before you signed in. Taken in, they are yours."),
            )
        self.take.setText(tr("Take it into my account") if self.one else tr("Take them into my account"))
        self.leave.setText(tr("Leave it where it is") if self.one else tr("Leave them where they are"))
        self.leave.setVisible(not share.asked)
        accent(self.take, on=not share.asked)
        self.take.setEnabled(True)

    def wait(self) -> None:
        """Something works on them still."""
        self._say(
            tr("It is taken in as soon as the work on it is done."),
            tr("They are taken in as soon as the work on them is done."),
        )
        self.take.setEnabled(False)
        self.leave.hide()

    def _say(self, of_one: str, of_many: str) -> None:
        self.say(of_one if self.one else of_many)


class KeepInCloud(Panel):
    """Asked once an account: whether everything is kept in the cloud, too."""

    def __init__(self) -> None:
        super().__init__(tr("Keep your sessions in the cloud, too?"))
        self.yes = button(tr("Keep them in the cloud, too"))
        self.no = button(tr("Only on this laptop"))
        self.yes.setDefault(True)
        self.row(self.yes, self.no)

    def ask(self, service: Service, *, first: bool) -> None:
        """Say where they would be. first: nothing above it is asked before."""
        accent(self.yes, on=first)
        where = service.gateway.partition("://")[2]
        self.say(
            tr(
                "A copy of every video, number, tag and drawing is sent to {where} in the background: a lost laptop"
                " loses nothing, and a second one can have it all. Until you say yes nothing is sent.",
                where=where,
            )
        )


class Cloud(Panel):
    """What the cloud holds, what waits for it, and whether anything is sent at all."""

    def __init__(self) -> None:
        super().__init__(tr("In the cloud"))
        self.waiting = label("", "muted", wrap=True)
        self.column.addWidget(self.waiting)
        self.keep = named(Switch(), tr("Keep everything in the cloud, too"))
        self.words = label(tr("Keep everything in the cloud, too"))
        self._keeping = self.row(self.words, self.keep)
        self.restore = RestoreStrip()
        self.column.addWidget(self.restore)

    def show_usage(self, told: CloudAccount | CoachVisionError) -> None:
        """What it holds against what it may, or why that cannot be known."""
        from coachvision.services.sign_in import size_in_words

        if isinstance(told, CoachVisionError):
            self.say(tr("{title}. Nothing is lost by that.", title=tr(told.title)))
            return
        usage, most = told.usage, told.limits.total_bytes
        many, stored = counted(usage.sessions, "1 session", "{count} sessions"), size_in_words(usage.stored_bytes)
        if most:
            self.say(tr("{many}, {size} of {most}.", many=many, size=stored, most=size_in_words(most)))
        else:
            self.say(tr("{many}, {size}.", many=many, size=stored))

    def show_waiting(self, files: int, size: int) -> None:
        """What is still to be sent."""
        self.waiting.setText(waiting_words(files, size))

    def show_kept(self, kept: bool | None) -> None:
        """How the switch stands, without being asked to change it; None: the question is asked above instead."""
        self._keeping.setVisible(kept is not None)
        self.keep.blockSignals(True)
        self.keep.setChecked(bool(kept))
        self.keep.blockSignals(False)


class Leaving(Panel):
    """Signing out, and being forgotten; the second is asked once more."""

    def __init__(self) -> None:
        super().__init__(tr("Leave"))
        self.say(tr("Signing out keeps every session on this laptop."))
        self.out = button(tr("Sign out"))
        self.forget = button(tr("Forget me in the cloud …"), "quiet")
        self.row(self.out, self.forget)
        self.warning = label(
            tr("Everything of yours in the cloud is erased for good, links that you shared stop working, and you are"
            " signed out. What is on this laptop stays, as the guest's."), wrap=True,
        )  # fmt: skip
        self.sure = button(tr("Erase everything in the cloud"), "danger")
        self.keep = button(tr("Keep it"))
        self.warning.setContentsMargins(0, GAP, 0, 0)
        self.column.addWidget(self.warning)
        self._answers = self.row(self.sure, self.keep)
        self.forget.clicked.connect(lambda: self.ask(now=True))
        self.keep.clicked.connect(lambda: self.ask(now=False))
        self.ask(now=False)

    def ask(self, *, now: bool) -> None:
        """Whether to ask once more."""
        for part in (self.warning, self._answers):
            part.setVisible(now)
        self.forget.setEnabled(not now)
        self.wait(now=False)

    def wait(self, *, now: bool) -> None:
        """Whether everything is being erased."""
        self.sure.setText(tr("Erasing …") if now else tr("Erase everything in the cloud"))
        for one in (self.sure, self.keep, self.out):
            one.setEnabled(not now)


class Club(Panel):
    """Joining a club's service by its file or link; what it names is shown before it is used."""

    def __init__(self) -> None:
        super().__init__(tr("Join a club’s service"))
        self.say(tr("Open the service.toml that your club gave you, or the link to it. It can be dropped here, too."))
        self.file = button(tr("Open service.toml …"))
        self.link = named(QLineEdit(), tr("Link"))
        self.link.setPlaceholderText("https://…")
        self.link.setMinimumWidth(280)
        self.go = button(tr("Open the link"))
        self.row(self.file, self.link, self.go)
        self.question = label("", wrap=True)
        self.question.setContentsMargins(0, GAP, 0, 0)
        self.yes, self.no = button(tr("Use it"), "accent"), button(tr("No"))
        self.column.addWidget(self.question)
        self._answers = self.row(self.yes, self.no)
        self.proposed: Service | None = None
        self.link.textChanged.connect(lambda text: self.go.setEnabled(bool(text.strip())))
        self.no.clicked.connect(self.drop)
        self.go.setEnabled(False)
        self.drop()

    def propose(self, service: Service) -> None:
        """Ask whether to use it."""
        self.proposed = service
        where = service.url.partition("://")[2]
        cloud = service.gateway.partition("://")[2]
        kept = tr("accounts are at {where}, and sessions are kept at {cloud}.", where=where, cloud=cloud)
        told = kept if cloud else tr("accounts are at {where}.", where=where)
        named_so = f"{service.title}: " if service.name else ""
        self.question.setText(f"{named_so}{told} {tr('Use it on this laptop?')}")
        self._ask(now=True)

    def drop(self) -> None:
        """No, or done."""
        self.proposed = None
        self._ask(now=False)

    def _ask(self, *, now: bool) -> None:
        for part in (self.question, self._answers):
            part.setVisible(now)


def waiting_words(files: int, size: int) -> str:
    """What is still to be sent: files, bytes."""
    from coachvision.services.sign_in import size_in_words

    if not files:
        return tr("Nothing waits to be sent.")
    return counted(
        files, "1 file waits to be sent, {size}.", "{count} files wait to be sent, {size}.", size=size_in_words(size)
    )
