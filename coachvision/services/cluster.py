"""The executor of a Dask cluster, for `analyze --cluster`. Dask is an extra; nothing else here knows it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from urllib.parse import urlsplit

from coachvision.errors import UsageError

CONNECT_S = 10


@contextmanager
def cluster_executor(address: str) -> Iterator[Executor]:
    """An executor on the scheduler at `tcp://host:port` (or tls). Raises UsageError: no Dask, or nobody answers."""
    try:
        from distributed import Client
    except ImportError as error:
        raise UsageError(
            "The cluster extra is not installed",
            "--cluster needs Dask.",
            hint="Install it: pip install 'coachvision[cluster]'",
        ) from error
    _knock(address)
    with Client(address, timeout=CONNECT_S) as client, client.get_executor() as executor:
        yield executor


def _knock(address: str) -> None:
    """See whether anybody listens: a Dask client that finds nobody leaves its thread behind."""
    try:
        parts = urlsplit(address)
        socket.create_connection((parts.hostname or "", parts.port or 0), timeout=CONNECT_S).close()
    except (OSError, ValueError) as error:
        raise UsageError(
            "The cluster cannot be reached",
            f"No Dask scheduler answers at {address}.",
            hint="Check the address (tcp://host:8786) and that the scheduler runs.",
        ) from error
