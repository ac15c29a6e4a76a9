"""Dates and lengths of time as a coach reads them. For `app` alone."""

from __future__ import annotations

from datetime import date, datetime

from coachvision.words import said, tr

_MONTHS = (
    said("January"), said("February"), said("March"), said("April"), said("May"), said("June"), said("July"),
    said("August"), said("September"), said("October"), said("November"), said("December"),
)  # fmt: skip
# As they stand on an axis.
_SHORT = (
    said("Jan"), said("Feb"), said("Mar"), said("Apr"), said("May"), said("Jun"), said("Jul"), said("Aug"), said("Sep"),
    said("Oct"), said("Nov"), said("Dec"),
)  # fmt: skip


def day(created: str, today: date) -> str:
    """A stored time (UTC, ISO 8601) as a day here: Today, Yesterday, 3 March, 3 March 2025."""
    local = datetime.fromisoformat(created).astimezone()
    gone = (today - local.date()).days
    if gone in (0, 1):
        return f"{(tr('Today'), tr('Yesterday'))[gone]}, {local:%H:%M}"
    named = tr("{day} {month}", day=local.day, month=tr(_MONTHS[local.month - 1]))
    return named if local.year == today.year else tr("{day} {year}", day=named, year=local.year)


def length(seconds: float) -> str:
    """`0:08`, `12:31`, `1:02:05`."""
    whole = int(seconds + 0.5)
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"


def short_day(when: datetime) -> str:
    """A day on an axis: 3 Mar."""
    local = when.astimezone()
    return tr("{day} {month}", day=local.day, month=tr(_SHORT[local.month - 1]))
