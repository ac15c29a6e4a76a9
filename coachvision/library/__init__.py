"""The coach's library on this laptop: SQLite for what is asked for, files for what is large.

Services and the fronts' wiring may import `Library` and the records; nobody else opens its database or its folders.
"""

from __future__ import annotations

from coachvision.library.library import Library

__all__ = ["Library"]
