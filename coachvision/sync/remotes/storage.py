"""The storage's side of an upload, which is the same for every remote: parts PUT to signed addresses, objects read."""

from __future__ import annotations

from collections.abc import Iterator

from coachvision.sync.faults import Busy, Expired, Fault, Gone, Mismatch, Offline, TooFast
from coachvision.sync.remotes.base import Address
from coachvision.sync.remotes.line import STALL_S, Line, Reply


class Storage:
    """Parts to, and objects from, signed addresses."""

    def __init__(self, stall_s: float = STALL_S) -> None:
        # Apart from the gateway's connections: no header of the one ever goes to the other.
        self.line = Line("the storage", stall_s)

    def send(self, address: Address, body: Iterator[bytes], size: int, md5: str) -> None:
        """PUT one part; confirmed by the storage's own MD5. Raises a Fault."""
        headers = {**address.headers, "Content-Length": str(size)}
        reply = self.line.request("PUT", address.url, content=body, headers=headers)
        if not 200 <= reply.status < 300:
            raise _fault(reply)
        # A success without the storage's own MD5 of the bytes is none: error bodies have come with status 200.
        if reply.headers.get("ETag", "").strip('"').lower() != md5:
            raise Mismatch("The storage did not confirm what was sent.")

    def fetch(self, url: str, offset: int) -> Iterator[bytes]:
        """The bytes of an object from an offset on. Raises a Fault."""
        headers = {"Range": f"bytes={offset}-"} if offset else {}
        with self.line.stream(url, headers) as (reply, body):
            if reply.status not in (200, 206):
                raise _fault(reply)
            if offset and reply.status != 206:
                raise Busy("The storage began from the start again.")
            yield from body


def _fault(reply: Reply) -> Fault:
    status = reply.status
    if status == 403:
        return Expired("The address to send to has expired.")
    if status in (404, 410):
        return Gone("The storage does not know this upload any more.")
    if status == 400 and b"BadDigest" in reply.body[:4096]:
        return Mismatch("What arrived was not what was sent.")
    if 300 <= status < 400:
        return Offline("Something else than the storage answered: does this network want you to sign in?")
    return busy("The storage", reply)


def busy(who: str, reply: Reply) -> Busy:
    """A server that cannot now, or not so fast."""
    kind = TooFast if reply.status == 429 else Busy
    return kind(f"{who} is busy.", retry_after(reply))


def retry_after(reply: Reply) -> float | None:
    """Seconds; dates are not understood on purpose: they would need both clocks to be right."""
    value = reply.headers.get("Retry-After", "")
    return float(value) if value.isascii() and value.isdigit() else None
