"""Whether there is a network, and whether it costs money, as far as the system tells. Services hand one in.

A metered link is known on Linux from NetworkManager and on Windows from the connection's cost; elsewhere nobody knows,
and the coach pauses by hand. Whether the cloud can be reached is found out by asking it, not here: a system that says
"online" in a hotel is wrong.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from typing import Protocol

_LOOK_S = 30.0
_PATIENCE_S = 5.0
# NetworkManager's NMMetered: 1 yes, 3 guessed yes.
_METERED_LINUX = {"u 1", "u 3"}
_NETWORK_MANAGER = "org.freedesktop.NetworkManager"
_LINUX = ["busctl", "get-property", _NETWORK_MANAGER, "/org/freedesktop/NetworkManager", _NETWORK_MANAGER, "Metered"]
_WINDOWS = (
    "[Windows.Networking.Connectivity.NetworkInformation,Windows,ContentType=WindowsRuntime]"
    "::GetInternetConnectionProfile().GetConnectionCost().NetworkCostType"
)


class Network(Protocol):
    """What the system knows of the network."""

    def metered(self) -> bool:
        """Whether sending costs the coach money."""
        ...


class SystemNetwork:
    """This machine's network. What was found is good for half a minute."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._known: tuple[float, bool] | None = None

    def metered(self) -> bool:
        """Whether the system calls the link metered; False where it does not say."""
        now = self._monotonic()
        if self._known is None or now - self._known[0] > _LOOK_S:
            self._known = (now, _metered())
        return self._known[1]


def _metered() -> bool:
    # Asked of the system's own tools; where there are none, the answer is no.
    metered_linux = _answer(_LINUX) in _METERED_LINUX
    return metered_linux or _answer(["powershell", "-NoProfile", "-Command", _WINDOWS]) in {"Fixed", "Variable"}


def _answer(command: list[str]) -> str:
    if shutil.which(command[0]) is None:
        return ""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()
