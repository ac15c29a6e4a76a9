"""The activity bar: what runs now, how far, how long still, and a way to stop it. Hidden while nothing does."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from coachvision.app.parts import area, button, label
from coachvision.app.tasks import Job, State, Tasks
from coachvision.app.theme import GAP, TIGHT, WIDE
from coachvision.words import said, tr

_STAGES = {
    "": said("starting"), "video": said("reading the video"), "pose": said("finding the athlete"),
    "angles": said("measuring angles"), "saving": said("saving"),
}  # fmt: skip
_SPAN = 1000


class ActivityBar(QWidget):
    """One running job, and how many there are besides: the video needs the room. more_wanted: show them all."""

    more_wanted = Signal()

    def __init__(self, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        area("activity", self)
        self.setAccessibleName(tr("Activity"))
        self._tasks = tasks
        self._put_away = False
        row = QHBoxLayout(self)
        row.setContentsMargins(WIDE, TIGHT, WIDE, TIGHT)
        row.setSpacing(GAP)
        self.line = _Line(self)
        row.addWidget(self.line, 1)
        self._more = button("", "quiet")
        self._more.clicked.connect(self.more_wanted)
        row.addWidget(self._more)
        tasks.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the jobs as they are now."""
        jobs = self._tasks.shown
        running = [job for job in jobs if job.state is State.RUNNING and not job.held] or jobs[:1]
        self.line.show_job(running[0] if running else None)
        more = len(jobs) - 1
        self._more.setText(tr("{more} more", more=more))
        self._more.setVisible(more > 0)
        self.setVisible(bool(jobs) and not self._put_away)

    def put_away(self, *, away: bool) -> None:
        """Where the activity screen is shown, the bar would say it twice."""
        self._put_away = away
        self.refresh()


class _Line(QWidget):
    """One job: its title, what it does, a thin bar, time left, a button that stops it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(WIDE)
        self._title = label()
        self._stage = label(kind="muted")
        self._bar = QProgressBar()
        self._bar.setRange(0, _SPAN)
        self._bar.setTextVisible(False)
        self._left = label(kind="muted")
        self._left.setMinimumWidth(120)
        self._left.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._stop = button(tr("Cancel"), "quiet")
        for widget, stretch in ((self._title, 0), (self._stage, 0), (self._bar, 1), (self._left, 0), (self._stop, 0)):
            row.addWidget(widget, stretch)
        self._job: Job | None = None
        self._stop.clicked.connect(self._cancel)

    def show_job(self, job: Job | None) -> None:
        """Show that job, or nothing."""
        self._job = job
        self.setVisible(job is not None)
        if job is None:
            return
        self._title.setText(job.title)
        self._stop.setAccessibleName(tr("Cancel: {title}", title=job.title))
        self._stop.setEnabled(not job.cancelled())
        self._stage.setText(tr("stopping") if job.cancelled() else job.held or stage_words(job.stage))
        self._bar.setValue(round(job.done * _SPAN))
        left = share_words(job.done)
        if job.seconds_left is not None:
            left = tr("{share}, {time} left", share=left, time=time_left(job.seconds_left))
        self._left.setText(left)

    def _cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self.show_job(self._job)


def stage_words(stage: str) -> str:
    """What a job does, for people."""
    return tr(_STAGES.get(stage, stage))


def doing_words(job: Job) -> str:
    """What a job does and how far it is: `Finding the athlete  ·  40 %`."""
    stage = stage_words(job.stage)
    words = f"{stage[:1].upper()}{stage[1:]}"
    return f"{words}  ·  {share_words(job.done)}" if job.done else words


def share_words(done: float) -> str:
    """`43 %`."""
    return f"{done:.0%}".replace("%", " %")


def time_left(seconds: float) -> str:
    """`12 s`, `3 min`."""
    whole = max(1, round(seconds))
    return f"{whole} s" if whole < 90 else tr("{minutes} min", minutes=round(whole / 60))
