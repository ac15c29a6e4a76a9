"""What a coach can do on the library's screen, one thin function an action, over `Actions.run`. For that screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from coachvision.app import rooms
from coachvision.events import SessionDeleted, SessionSaved
from coachvision.words import counted, said

if TYPE_CHECKING:
    from coachvision.app.actions import Actions
    from coachvision.app.tasks import Job
    from coachvision.library import Library
    from coachvision.services.cards import SessionCard
    from coachvision.services.export.many import Exported

_TODAY, _WEEK, _MONTH, _YEAR = said("Today"), said("Last 7 days"), said("Last 30 days"), said("This year")
PERIODS = (said("Any time"), _TODAY, _WEEK, _MONTH, _YEAR)


@dataclass(frozen=True)
class Filter:
    """Which sessions are shown. Everything "" shows all. since: a moment, ISO 8601, UTC."""

    search: str = ""
    athlete: str = ""
    team: str = ""
    tag: str = ""
    since: str = ""

    @property
    def empty(self) -> bool:
        """Whether it shows all."""
        return not any(part.strip() for part in asdict(self).values())


@dataclass(frozen=True)
class Names:
    """The names there are to filter by and to choose from. members: the athletes of each team."""

    athletes: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    members: tuple[tuple[str, tuple[str, ...]], ...] = ()


def begin_of(period: str, today: date) -> str:
    """When a period of `PERIODS` begins, by the coach's own midnight, as a moment in UTC; "" for any time."""
    days = {
        _TODAY: 0,
        _WEEK: 6,
        _MONTH: 29,
        _YEAR: (today - today.replace(month=1, day=1)).days,
    }
    if period not in days:
        return ""
    midnight = datetime.combine(today - timedelta(days=days[period]), time()).astimezone()
    return midnight.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def ids(actions: Actions, wanted: Filter, then: Callable[[list[str]], None]) -> Job:
    """The ids of all sessions that fit, the last filmed first."""

    def work(library: Library, _job: Job) -> list[str]:
        return library.session_ids(**{name: value or None for name, value in asdict(wanted).items()})

    return actions.run(work, then, needs=rooms.load_library)


def cards(actions: Actions, sessions: Sequence[str], then: Callable[[list[SessionCard]], None]) -> Job:
    """The cards of these sessions."""

    def work(library: Library, _job: Job) -> list[SessionCard]:
        from coachvision.services.cards import session_cards

        return session_cards(library, sessions)

    return actions.run(work, then, needs=rooms.load_library)


def names(actions: Actions, then: Callable[[Names], None]) -> Job:
    """The athletes, teams and tags of the library."""

    def work(library: Library, _job: Job) -> Names:
        teams = [row.name for row in library.people.all("team")]
        return Names(
            tuple(row.name for row in library.people.all("athlete")),
            tuple(teams),
            tuple(row.name for row in library.people.all("tag")),
            tuple((team, tuple(library.people.members(team))) for team in teams),
        )

    return actions.run(work, then, needs=rooms.load_library)


def tag(actions: Actions, sessions: Sequence[str], name: str, *, off: bool = False) -> Job:
    """Tag sessions, or take the tag off them."""

    def work(library: Library, _job: Job) -> None:
        for session in sessions:
            (library.people.untag if off else library.people.tag)(session, name)
            actions.tell(SessionSaved(session))

    return actions.run(work)


def name_athletes(
    actions: Actions, chosen: Sequence[tuple[str, str]], then: Callable[[list[tuple[str, str]]], None]
) -> Job:
    """Say who is in each session: (session, athlete), athlete "" for nobody. `then` gets who was in them before."""

    def work(library: Library, _job: Job) -> list[tuple[str, str]]:
        before = []
        for session, athlete in chosen:
            before.append((session, library.session(session).athlete or ""))
            library.update_session(session, athlete=athlete)
            actions.tell(SessionSaved(session))
        return before

    return actions.run(work, then)


def add_team(actions: Actions, team: str, athletes: Sequence[str], then: Callable[[None], None]) -> Job:
    """Put athletes into a team; both are made where they are new."""

    def work(library: Library, _job: Job) -> None:
        for athlete in athletes:
            library.people.join(athlete, team)

    return actions.run(work, then)


def trash(actions: Actions, sessions: Sequence[str], then: Callable[[None], None]) -> Job:
    """Put sessions into the trash; `restore` takes them out again."""

    def work(library: Library, _job: Job) -> None:
        for session in sessions:
            library.trash(session)
            actions.tell(SessionDeleted(session))

    return actions.run(work, then)


def restore(actions: Actions, sessions: Sequence[str]) -> Job:
    """Take sessions out of the trash."""

    def work(library: Library, _job: Job) -> None:
        for session in sessions:
            library.untrash(session)
            actions.tell(SessionSaved(session))

    return actions.run(work)


def export(actions: Actions, sessions: Sequence[str], form: str, folder: Path, then: Callable[[Exported], None]) -> Job:
    """Write each session into a folder, as `csv`, `json` or `html`."""

    def work(library: Library, job: Job) -> Exported:
        from coachvision.services.export.many import export_many

        return export_many(library, sessions, form, folder, progress=job.report, cancelled=job.cancelled)

    title = counted(len(sessions), "Exporting 1 session", "Exporting {count} sessions")
    return actions.run(work, then, lane="export", title=title, asks=True)
