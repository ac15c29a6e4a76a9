"""The rooms below the window, loaded once, off the UI thread, by one thread alone. For `tasks`.

PySide hooks into every import, asks a module for attributes while others still load it, and so breaks modules that load
parts of themselves on demand (pydantic) when two threads import at once: seen as an ImportError about one start in two.
"""

from __future__ import annotations

from threading import Lock

_LOADING = Lock()


def load() -> None:
    """Import what the actions use; whoever comes meanwhile waits. The second time it costs nothing."""
    with _LOADING:
        import coachvision.capture.camera
        import coachvision.capture.sources
        import coachvision.library
        import coachvision.services.analyze_session
        import coachvision.services.cards
        import coachvision.services.drawn_athlete
        import coachvision.services.export.numbers
        import coachvision.services.import_video
        import coachvision.services.progress
        import coachvision.services.session
        import coachvision.settings  # noqa: F401 - for their being loaded


def load_cloud() -> None:
    """Import what accounts and sync use, for those who have an account; guests never pay for it."""
    with _LOADING:
        import coachvision.accounts.signing
        import coachvision.services.cloud_account
        import coachvision.services.restore
        import coachvision.services.sync_now  # noqa: F401 - for their being loaded
        from coachvision.accounts import client

        client.load()
