"""How long to wait before trying again: full jitter, the server's word first. Pure.

Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015: the wait is drawn evenly between
nothing and the exponential bound, which spreads clients that failed together.
"""

from __future__ import annotations

LONGEST_S = 300.0
# A server that asks for more than an hour is asked again after one: what it said may have been a mistake.
LONGEST_ASKED_S = 3600.0


def wait(attempts: int, draw: float, retry_after: float | None = None) -> float:
    """Seconds before attempt number attempts + 1. draw: an even random number in 0..1."""
    if retry_after is not None:
        return min(max(retry_after, 0.0), LONGEST_ASKED_S)
    return draw * min(LONGEST_S, 2.0 ** min(attempts, 30))


def due(next_at: float, now: float) -> bool:
    """Whether a stored time has come. A clock that was set back holds a file up for an hour at most."""
    return next_at <= now or next_at - now > LONGEST_ASKED_S
