"""The tests' side of the fault proxy: starts its process and steers it. Imported through `fault_proxy`."""

from __future__ import annotations

from types import TracebackType
from typing import Any

import httpx

from tests.support.process import ServerProcess


class FaultProxy:
    """A running proxy. url: what the client is given in place of the upstream's address."""

    def __init__(self, process: ServerProcess) -> None:
        self.process = process
        self.url: str = process.ready["url"]
        self._http = httpx.Client(base_url=process.ready["control"], timeout=15, trust_env=False)

    @classmethod
    def start(cls, upstream: str) -> FaultProxy:
        return cls(ServerProcess.module("tests.support.fault_proxy", upstream))

    def _do(self, verb: str, **values: object) -> Any:
        answer = self._http.post("/" + verb, json=values)
        answer.raise_for_status()
        return answer.json()

    def reset(self) -> None:
        """A good network again, counters at nought."""
        self._do("reset")

    def fail(self, *faults: dict[str, Any]) -> None:
        """These faults from now on, the first that fits wins; none heals, and ends every stall. See `fault_proxy`."""
        self._do("faults", faults=list(faults))

    def configure(self, **values: object) -> None:
        """offline (every connection reset), rate (bytes of bodies a second), cut_after (bytes of bodies from now on,
        then offline), r2 (R2's rules hold)."""
        self._do("configure", **values)

    def requests(self, method: str | None = None, containing: str = "") -> list[dict[str, Any]]:
        """What was asked so far: method, target, status (None: no answer), at (monotonic seconds)."""
        asked = self._do("log")["requests"]
        return [r for r in asked if method in (None, r["method"]) and containing in r["target"]]

    def passed(self) -> tuple[int, int]:
        """Bytes of bodies that went up and down."""
        told = self._do("log")
        return int(told["up"]), int(told["down"])

    def stop(self) -> None:
        self._http.close()
        self.process.stop()

    def __enter__(self) -> FaultProxy:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
