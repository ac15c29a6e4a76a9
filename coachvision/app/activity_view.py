"""The activity screen: what runs, what waits, what became of the rest; cancel, go on, try again. For the window."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QScrollArea, QVBoxLayout, QWidget

from coachvision.app.activity import share_words, stage_words, time_left
from coachvision.app.cloud_row import CloudRow
from coachvision.app.parts import area, button, label, named
from coachvision.app.screens import Desk, Screen
from coachvision.app.tasks import Job, State
from coachvision.app.theme import GAP, TIGHT, WIDE
from coachvision.errors import CoachVisionError
from coachvision.words import said, tr

_SPAN = 1000
_WIDTH = 920
_ENDS = {State.DONE: said("Done"), State.CANCELLED: said("Cancelled"), State.FAILED: said("Failed")}


class ActivityView(Screen):
    """One row a job; rows stay while their job does, so that a button is not pulled away under the mouse."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.rows: dict[Job, JobRow] = {}
        scroll = named(QScrollArea(), tr("Activity"))
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
        column.setSpacing(GAP)
        column.addWidget(label(tr("Activity"), "heading"))
        self.cloud = CloudRow(desk.account)
        column.addWidget(self.cloud)
        self._sections: dict[str, tuple[QWidget, QVBoxLayout]] = {}
        for title in (tr("Now"), tr("Waiting"), tr("Over")):
            self._sections[title] = self._section(column, title)
        self._quiet = label(tr("Nothing is going on. Videos that are added are prepared and analyzed here."), "muted")
        column.addWidget(self._quiet)
        column.addStretch(1)
        scroll.setWidget(body)
        desk.tasks.changed.connect(self._changed)

    def open(self) -> None:
        """Show the jobs as they are now."""
        self._show()
        self.desk.account.look()

    def _changed(self) -> None:
        if self.isVisible():
            self._show()

    def _show(self) -> None:
        tasks = self.desk.tasks
        shown = {
            tr("Now"): [job for job in tasks.shown if job.state is State.RUNNING],
            tr("Waiting"): [job for job in tasks.shown if job.state is State.WAITING],
            tr("Over"): list(tasks.past),
        }
        kept = [job for jobs in shown.values() for job in jobs]
        for job in [job for job in self.rows if job not in kept]:
            self.rows.pop(job).deleteLater()
        for title, jobs in shown.items():
            section, column = self._sections[title]
            section.setVisible(bool(jobs))
            for at, job in enumerate(jobs):
                row = self.rows.get(job)
                if row is None:
                    row = self.rows[job] = JobRow(job, self._open(job))
                if column.indexOf(row) != at + 1:
                    column.insertWidget(at + 1, row)
                row.refresh()
        self._quiet.setVisible(not kept)

    def _open(self, job: Job) -> Callable[[], None] | None:
        return (lambda: self.desk.open_session(job.session)) if job.session else None

    def _section(self, column: QVBoxLayout, title: str) -> tuple[QWidget, QVBoxLayout]:
        section = QWidget()
        inner = QVBoxLayout(section)
        inner.setContentsMargins(0, GAP, 0, 0)
        inner.setSpacing(GAP)
        inner.addWidget(label(title, "section"))
        column.addWidget(section)
        return section, inner


class JobRow(QWidget):
    """One job: title, what it does or what became of it, a bar, and what can be done about it."""

    def __init__(self, job: Job, open_: Callable[[], None] | None) -> None:
        super().__init__()
        area("panel", self)
        self.job = job
        self._retried = False
        column = QVBoxLayout(self)
        column.setContentsMargins(WIDE, GAP, GAP, GAP)
        column.setSpacing(TIGHT)
        row = QHBoxLayout()
        row.setSpacing(GAP)
        words = QVBoxLayout()
        words.setSpacing(2)
        self._title = label(job.title)
        self._about = label(kind="muted", wrap=True)
        words.addWidget(self._title)
        words.addWidget(self._about)
        row.addLayout(words, 1)
        self.open = button(tr("Open"), "quiet")
        self.open.setAccessibleName(tr("Open: {title}", title=job.title))
        if open_ is not None:
            self.open.clicked.connect(open_)
        self.open.setVisible(open_ is not None)
        self.act = button("")
        self.act.clicked.connect(self._act)
        self.hurry = button(tr("Go on now"))
        self.hurry.setAccessibleName(tr("Go on now: {title}", title=job.title))
        self.hurry.clicked.connect(job.urge)
        for one in (self.open, self.hurry, self.act):
            row.addWidget(one, 0, Qt.AlignmentFlag.AlignVCenter)
        column.addLayout(row)
        self._bar = QProgressBar()
        self._bar.setRange(0, _SPAN)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(tr("Progress: {title}", title=job.title))
        column.addWidget(self._bar)
        self.refresh()

    def refresh(self) -> None:
        """As the job is now."""
        job = self.job
        self._bar.setVisible(job.state is State.RUNNING)
        self._bar.setValue(round(job.done * _SPAN))
        self.hurry.setVisible(bool(job.held) and not job.final)
        self._about.setText(self._words())
        verb = tr("Cancel") if not job.final else "" if job.state is State.DONE or self._retried else tr("Start again")
        self.act.setText(verb)
        self.act.setAccessibleName(f"{verb}: {job.title}")
        self.act.setVisible(bool(verb) and (not job.final or job.retry is not None))
        self.act.setEnabled(job.final or not job.cancelled())

    @property
    def words(self) -> str:
        """What it says below the title."""
        return self._about.text()

    def _words(self) -> str:
        job = self.job
        if job.final:
            told = tr(_ENDS[job.state])
            if isinstance(job.error, CoachVisionError):
                told += ": " + " ".join(part for part in (f"{tr(job.error.title)}.", tr(job.error.hint)) if part)
            elif job.error is not None:
                told += ": " + tr("something went wrong inside the program")
            return told + ("  ·  " + tr("started again") if self._retried else "")
        if job.cancelled():
            return tr("stopping")
        if job.held:
            return job.held
        if job.state is State.WAITING:
            return tr("waits for its turn")
        parts = [stage_words(job.stage), share_words(job.done)]
        if job.seconds_left is not None:
            parts.append(tr("{time} left", time=time_left(job.seconds_left)))
        return "  ·  ".join(parts)

    def _act(self) -> None:
        if not self.job.final:
            self.job.cancel()
        elif self.job.retry is not None:
            self._retried = True
            self.job.retry()
        self.refresh()
