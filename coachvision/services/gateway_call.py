"""One question to the gateway in an account's name, and what its answers mean in plain words. For the services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from coachvision.errors import AccountError, Offline, SignedOut

if TYPE_CHECKING:
    import httpx
    from pydantic import BaseModel

    M = TypeVar("M", bound=BaseModel)

_TIMEOUT_S = 15.0
_UNAUTHORIZED = 401


class Access(Protocol):
    """Whose account, with which tokens: `accounts.account.Access`."""

    @property
    def gateway(self) -> str: ...
    def access_token(self, *, rejected: str | None = None) -> str: ...


class Unknown(AccountError):  # noqa: N818 - it is an outcome
    """The gateway knows no such thing, or it is somebody else's."""


def ask(
    access: Access, method: str, path: str, body: BaseModel | None = None, *, timeout_s: float = _TIMEOUT_S
) -> httpx.Response:
    """A good answer. Raises Offline, SignedOut, Unknown, AccountError (refused, or the service has no gateway)."""
    import httpx

    gateway = require(access.gateway)
    rejected: str | None = None
    try:
        with httpx.Client(timeout=timeout_s, follow_redirects=False) as client:
            for _ in range(2):
                token = access.access_token(rejected=rejected)
                answer = _send(client, method, gateway + path, f"Bearer {token}", body)
                if answer.status_code != _UNAUTHORIZED:
                    break
                # Its own clock may have let the token expire before ours.
                rejected = token
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise _unreachable(gateway, error) from error
    if answer.status_code == _UNAUTHORIZED:
        raise SignedOut("The cloud does not know your sign-in", gateway, hint="Sign out, and in again.")
    return _good(gateway, answer)


def ask_as_stranger(gateway: str, method: str, path: str) -> httpx.Response:
    """The same in nobody's name. Raises Offline, AccountError."""
    import httpx

    try:
        with httpx.Client(timeout=_TIMEOUT_S, follow_redirects=False) as client:
            answer = client.request(method, require(gateway) + path)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise _unreachable(gateway, error) from error
    return _good(gateway, answer)


def read(gateway: str, answer: httpx.Response, kind: type[M]) -> M:
    """What the answer says. Raises Offline where something else than the gateway answered."""
    try:
        return kind.model_validate_json(answer.content)
    except ValueError as error:
        raise _nonsense(gateway) from error


def require(gateway: str) -> str:
    """The address, where there is one. Raises AccountError."""
    if not gateway:
        raise AccountError(
            "There is no cloud to ask", "The service names no gateway; nothing of yours left this laptop"
        )
    return gateway


def _send(client: httpx.Client, method: str, url: str, caller: str, body: BaseModel | None) -> httpx.Response:
    headers = {"Authorization": caller}
    if body is None:
        return client.request(method, url, headers=headers)
    headers["Content-Type"] = "application/json"
    return client.request(method, url, headers=headers, content=body.model_dump_json().encode())


def _good(gateway: str, answer: httpx.Response) -> httpx.Response:
    if answer.is_success:
        return answer
    raise _refused(gateway, answer)


def _refused(gateway: str, answer: httpx.Response) -> AccountError | Offline:
    from coachvision.wire.gateway import Problem

    try:
        problem = Problem.model_validate_json(answer.content)
    except ValueError:
        return _nonsense(gateway)
    if answer.is_server_error or problem.retry_after is not None:
        return Offline("The cloud is busy", problem.detail, hint="Try again a little later.", retryable=True)
    if problem.code == "not_found":
        return Unknown("The cloud knows nothing of it", problem.detail)
    return AccountError("The cloud refused", problem.detail)


def _unreachable(gateway: str, error: Exception) -> Offline:
    return Offline("The cloud cannot be reached", f"{gateway}: {error}", retryable=True)


def _nonsense(gateway: str) -> Offline:
    return Offline("The cloud gave no sensible answer", gateway, hint="Try again later.", retryable=True)
