"""The rooms below the window, loaded off the UI thread, by one thread alone. For `tasks`.

Modules that import each other in a circle can be met half loaded where two threads come from two sides: so one thread
loads, and whoever comes meanwhile waits. What the cards need is loaded first, and is a third of it all.
"""

from __future__ import annotations

from threading import Lock

_LOADING = Lock()
_loaded: set[str] = set()


def load_library() -> None:
    """Import what reads the library, its cards and the settings."""
    # Once it is there, cards wait for nobody who loads the rest.
    if "library" in _loaded:
        return
    with _LOADING:
        import coachvision.library
        import coachvision.services.cards
        import coachvision.services.sign_in
        import coachvision.settings  # noqa: F401 - for their being loaded
    _loaded.add("library")


def load() -> None:
    """Import what the actions use. The second time it costs nothing."""
    load_library()
    with _LOADING:
        import coachvision.capture.camera
        import coachvision.capture.sources
        import coachvision.services.analyze_session
        import coachvision.services.drawn_athlete
        import coachvision.services.export.numbers
        import coachvision.services.import_video
        import coachvision.services.progress
        import coachvision.services.session  # noqa: F401 - for their being loaded


def load_cloud() -> None:
    """Import what accounts and sync use, for those who have an account; guests never pay for it."""
    with _LOADING:
        import coachvision.accounts.signing
        import coachvision.services.cloud_account
        import coachvision.services.restore
        import coachvision.services.sync_now  # noqa: F401 - for their being loaded
        from coachvision.accounts import client

        client.load()
