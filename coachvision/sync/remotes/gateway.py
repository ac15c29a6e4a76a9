"""The gateway as a remote: JSON, and parts straight to the storage's signed addresses. Services make it.

Whatever is not an answer of the gateway (a hotel's sign-in page, a redirect, HTML) counts as being offline.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol, TypeVar, cast, get_args

from pydantic import BaseModel, ValidationError

from coachvision import errors
from coachvision.sync.faults import (
    Busy,
    Conflict,
    Gone,
    Mismatch,
    Offline,
    Refused,
    SignedOut,
    TooFast,
)
from coachvision.sync.records import Item, Root
from coachvision.sync.remotes.base import Address, Page, Registered, RevConflict, Standing
from coachvision.sync.remotes.line import MOST_BYTES, STALL_S, Line, Reply, TooLong
from coachvision.sync.remotes.storage import Storage, busy, retry_after
from coachvision.sync.states import Reason
from coachvision.wire.gateway import (
    CONTENT_TYPES,
    MANIFEST_BYTES,
    Changes,
    CreateUpload,
    Download,
    ObjectKind,
    PartDigest,
    Problem,
    SessionManifest,
    SessionState,
    SignedParts,
    SignParts,
    Upload,
    UploadStatus,
)

M = TypeVar("M", bound=BaseModel)
# So many records fit into one answer, whatever they hold.
FEW = MOST_BYTES // (2 * MANIFEST_BYTES)


class Tokens(Protocol):
    """The account's tokens. `access_token` may raise errors.SignedOut or errors.Offline."""

    @property
    def user_id(self) -> str | None: ...

    def access_token(self, *, rejected: str | None = None) -> str:
        """A token that is good now. rejected: one that the gateway has just called expired."""
        ...


class GatewayRemote:
    """Any thread. base: the gateway's address."""

    def __init__(self, base: str, tokens: Tokens, *, stall_s: float = STALL_S) -> None:
        self._base = base.rstrip("/")
        self._tokens = tokens
        self._api = Line("the cloud", stall_s)
        self._storage = Storage(stall_s)

    @property
    def owner(self) -> str | None:
        return self._tokens.user_id

    def close(self) -> None:
        self._api.close()
        self._storage.line.close()

    def break_off(self) -> None:
        self._api.break_off()
        self._storage.line.break_off()

    # Uploads

    def register(self, item: Item) -> Registered:
        body = CreateUpload(
            session_id=item.session_id, kind=_kind(item.kind), ext=item.ext, size=item.size, sha256=item.sha256 or "",
            content_type=CONTENT_TYPES.get(item.ext, "application/octet-stream"),
        )  # fmt: skip
        reply = self._reply("POST", "/v1/uploads", body, {"Idempotency-Key": item.key})
        told = _read(reply, Upload)
        if (told.size, told.sha256) != (item.size, item.sha256):
            raise Gone("The cloud remembers another file under this upload.")
        return Registered(told.upload_id, told.part_size, told.state == "stored", fresh=reply.status == 201)

    def sign(self, item: Item, parts: Sequence[tuple[int, str, int]]) -> dict[int, Address]:
        body = SignParts(parts=[PartDigest(n=n, md5=md5) for n, md5, _ in parts])
        told = self._ask("POST", f"/v1/uploads/{item.upload_id}/urls", SignedParts, body)
        addresses = {part.n: Address(part.url, part.headers) for part in told.parts}
        if not addresses.keys() >= {n for n, _, _ in parts}:
            raise Busy("The cloud did not sign what it was asked to.")
        return addresses

    def send(self, address: Address, body: Iterator[bytes], size: int, md5: str) -> None:
        self._storage.send(address, body, size, md5)

    def standing(self, item: Item) -> Standing:
        told = self._ask("GET", f"/v1/uploads/{item.upload_id}", UploadStatus)
        if told.state == "aborted":
            raise Gone("The upload was given up.")
        return Standing(
            told.part_size, told.state == "stored", {part.n: (part.md5, part.size) for part in told.completed}
        )

    def complete(self, item: Item, md5s: Mapping[int, str]) -> None:  # noqa: ARG002 - the gateway knows them
        told = self._ask("POST", f"/v1/uploads/{item.upload_id}/complete", Upload)
        if told.state != "stored":
            raise Busy("The cloud is still putting the parts together.")

    def abort(self, upload_id: str) -> None:
        try:
            self._reply("DELETE", f"/v1/uploads/{upload_id}")
        except (Gone, Conflict):
            return

    # Records

    def put(self, root: Root, manifest: SessionManifest) -> int:
        return self._ask("PUT", f"/v1/sessions/{root.id}", SessionState, manifest, _if_match(root)).rev

    def delete(self, root: Root) -> int:
        return self._ask("DELETE", f"/v1/sessions/{root.id}", SessionState, None, _if_match(root)).rev

    def changes(self, cursor: str) -> Page:
        params = {"cursor": cursor} if cursor else {}
        try:
            told = self._ask("GET", "/v1/changes", Changes, None, {}, params)
        except TooLong:
            # Of records as large as they may be the gateway's own number a page is too many.
            told = self._ask("GET", "/v1/changes", Changes, None, {}, {**params, "limit": str(FEW)})
        return Page(told.changes, told.cursor, told.more, told.anew)

    def fetch(self, object_id: str, offset: int) -> Iterator[bytes]:
        told = self._ask("POST", f"/v1/objects/{object_id}/download", Download)
        yield from self._storage.fetch(told.url, offset)

    # Asking

    def _ask(
        self, method: str, path: str, kind: type[M], body: BaseModel | None = None,
        headers: Mapping[str, str] | None = None, params: Mapping[str, str] | None = None,
    ) -> M:  # fmt: skip
        return _read(self._reply(method, path, body, headers, params), kind)

    def _reply(
        self, method: str, path: str, body: BaseModel | None = None, headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
    ) -> Reply:  # fmt: skip
        content = None if body is None else body.model_dump_json().encode()
        token = self._token()
        reply = self._request(method, path, token, content, headers or {}, params or {})
        if reply.status == 401 and _problem(reply) is not None:
            token = self._token(rejected=token)
            reply = self._request(method, path, token, content, headers or {}, params or {})
        if 200 <= reply.status < 300:
            return reply
        raise _gateway_fault(reply)

    def _token(self, rejected: str | None = None) -> str:
        try:
            token = self._tokens.access_token(rejected=rejected)
        except errors.SignedOut as error:
            raise SignedOut(str(error)) from error
        except errors.Offline as error:
            raise Offline(str(error)) from error

        # Whose objects these are was fixed when they were queued; under another name they are never sent.
        if _subject(token) != self._tokens.user_id:
            raise SignedOut("The sign-in is another account's.")
        return token

    def _request(
        self, method: str, path: str, token: str, content: bytes | None, headers: Mapping[str, str],
        params: Mapping[str, str],
    ) -> Reply:  # fmt: skip
        sent = {"Authorization": f"Bearer {token}", "Accept-Encoding": "gzip, deflate", **headers}
        if content is not None:
            sent["Content-Type"] = "application/json"
        return self._api.request(method, self._base + path, content=content, headers=sent, params=params)


def _subject(token: str) -> str | None:
    """Whom an access token names; only the gateway can tell whether it is genuine."""
    try:
        body = token.split(".")[1]
        return str(json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))["sub"])
    except (IndexError, ValueError, KeyError, TypeError):
        return None


def _kind(kind: str) -> ObjectKind:
    if kind not in get_args(ObjectKind):
        raise Refused("The cloud does not take files of this kind.", Reason.REFUSED)
    return cast("ObjectKind", kind)


def _if_match(root: Root) -> dict[str, str]:
    return {"If-Match": f'"{root.remote_rev}"'}


def _read(reply: Reply, kind: type[M]) -> M:
    try:
        return kind.model_validate_json(reply.body)
    except ValidationError as error:
        # Some network answers in the cloud's place: a sign-in page, a filter.
        raise Offline("Something else than the cloud answered: does this network want you to sign in?") from error


def _problem(reply: Reply) -> Problem | None:
    if not reply.headers.get("Content-Type", "").startswith("application/problem+json"):
        return None
    try:
        return Problem.model_validate_json(reply.body)
    except ValidationError:
        return None


_REFUSED = {
    "too_large": (Reason.TOO_LARGE, "The file is larger than your account may store."),
    "quota_exceeded": (Reason.QUOTA, "Your cloud storage is full."),
    "unsupported_type": (Reason.REFUSED, "The cloud does not take files of this kind."),
    "invalid_request": (Reason.REFUSED, "The cloud did not understand this."),
    "forbidden": (Reason.REFUSED, "Your account may not do this."),
    "method_not_allowed": (Reason.REFUSED, "The cloud does not know how to do this."),
}


def _gateway_fault(reply: Reply) -> Exception:
    problem = _problem(reply)
    asked = retry_after(reply)
    if problem is None:
        if reply.status in (429, 500, 502, 503, 504):
            return busy("The cloud", reply)
        return Offline("Something else than the cloud answered: does this network want you to sign in?")
    if problem.code == "rev_conflict" and problem.current is not None:
        return RevConflict(problem.current)
    if problem.code in _REFUSED:
        reason, words = _REFUSED[problem.code]
        return Refused(words, reason)
    if problem.code in ("token_invalid", "token_expired"):
        return SignedOut("The cloud does not accept this sign-in any more.")
    if problem.code in ("not_found", "upload_gone", "idempotency_mismatch"):
        return Gone("The cloud does not know this upload any more.")
    if problem.code == "checksum_mismatch":
        return Mismatch("What arrived was not what was sent.")
    if problem.code == "state_conflict":
        return Conflict("The upload is in another state.")
    if problem.code == "rate_limited":
        return TooFast("The cloud asks for fewer requests.", asked if asked is not None else problem.retry_after)
    return Busy("The cloud is busy.", asked if asked is not None else problem.retry_after)
