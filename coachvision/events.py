"""A bus for what happened, in past tense. Rooms publish; fronts subscribe. Base room, standard library only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class SessionSaved:
    """A session was written to the library."""

    session_id: str


@dataclass(frozen=True)
class SessionDeleted:
    """A session went to the trash."""

    session_id: str


@dataclass(frozen=True)
class MomentsChanged:
    """What the coach tagged in a session is another."""

    session_id: str


@dataclass(frozen=True)
class SessionAnnotated:
    """What is drawn on a session's picture was kept; its results are as they were."""

    session_id: str


@dataclass(frozen=True)
class PlaylistsChanged:
    """A playlist was made, changed or put aside."""


class Bus:
    """Hands each event to the subscribers of its type, in order of subscription, in the publisher's thread."""

    def __init__(self) -> None:
        self._handlers: dict[type, list[Callable[[Any], None]]] = defaultdict(list)

    def subscribe(self, kind: type[T], handler: Callable[[T], None]) -> Callable[[], None]:
        """Call the handler for every event of that type; returns what ends the subscription."""
        self._handlers[kind].append(handler)
        return lambda: self._handlers[kind].remove(handler)

    def publish(self, event: object) -> None:
        """Tell everyone who asked. A handler's exception is the publisher's to see."""
        for handler in tuple(self._handlers[type(event)]):
            handler(event)
