"""A playlist written as one film, under Activity. For the playlists' screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from coachvision.words import tr

if TYPE_CHECKING:
    from coachvision.app.actions import Actions
    from coachvision.app.tasks import Job
    from coachvision.library import Library
    from coachvision.library.records import PlaylistRow


def export(actions: Actions, row: PlaylistRow, target: Path, then: Callable[[None], None]) -> Job:
    """Write it; it can be cancelled, and a window that closes asks first."""

    def work(library: Library, job: Job) -> None:
        from coachvision.analysis.progress import Progress
        from coachvision.services.playlists import export_playlist

        export_playlist(
            library,
            row.id,
            target,
            progress=lambda done: job.report(Progress(done, "drawing")),
            cancelled=job.cancelled,
        )

    return actions.run(work, then, lane="export", title=tr("Exporting {title}", title=row.title), asks=True)
