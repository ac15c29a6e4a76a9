"""What brings everything in the cloud onto this laptop, how far it is, and what stops it. For the account screen."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from coachvision.app.activity import share_words, stage_words, time_left
from coachvision.app.parts import button, label, named
from coachvision.app.tasks import Job
from coachvision.app.theme import GAP
from coachvision.words import tr

_SPAN = 1000


class RestoreStrip(QWidget):
    """A button; while it works, words, a bar and a way to stop it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, GAP, 0, 0)
        column.setSpacing(GAP)
        self.about = label("", "muted", wrap=True)
        self.bar = named(QProgressBar(), tr("How much has come"))
        self.bar.setRange(0, _SPAN)
        self.bar.setTextVisible(False)
        row = QHBoxLayout()
        self.start = button(tr("Restore to this laptop"))
        self.cancel = button(tr("Cancel"))
        self.cancel.setAccessibleName(tr("Cancel restoring"))
        for part in (self.start, self.cancel):
            row.addWidget(part)
        row.addStretch(1)
        column.addWidget(self.about)
        column.addWidget(self.bar)
        column.addLayout(row)
        self.show_job(None)

    def show_job(self, job: Job | None) -> None:
        """How far that is; None: nothing is under way."""
        self.start.setVisible(job is None)
        self.bar.setVisible(job is not None)
        self.cancel.setVisible(job is not None)
        if job is None:
            self.about.setText(tr("Restore brings everything in the cloud here. What is here stays as it is."))
            return
        self.bar.setValue(round(job.done * _SPAN))
        self.cancel.setEnabled(not job.cancelled())
        words = tr("stopping") if job.cancelled() else f"{share_words(job.done)}, {stage_words(job.stage)}"
        left = "" if job.seconds_left is None else tr(", {time} left", time=time_left(job.seconds_left))
        self.about.setText(tr("Restoring: {words}", words=words + left))
