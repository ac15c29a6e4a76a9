"""The account as the gateway knows it: what it holds against its limits, and erasing all of it. For the fronts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from coachvision.errors import AccountError, Offline, SignedOut

if TYPE_CHECKING:
    import httpx

    from coachvision.wire.gateway import Account as CloudAccount

_TIMEOUT_S = 15.0
_UNAUTHORIZED = 401


class Access(Protocol):
    """Whose account, with which tokens: `accounts.account.Access`."""

    @property
    def gateway(self) -> str: ...
    def access_token(self, *, rejected: str | None = None) -> str: ...


def usage(access: Access) -> CloudAccount:
    """What the cloud holds of this account. Raises Offline, SignedOut, AccountError (no gateway)."""
    from coachvision.wire.gateway import Account

    answer = _ask(access, "GET")
    try:
        return Account.model_validate_json(answer.content)
    except ValueError as error:
        raise _nonsense(access) from error


def erase(access: Access) -> None:
    """Erase everything of this account in the cloud, for good. Raises Offline, SignedOut, AccountError."""
    _ask(access, "DELETE")


def _ask(access: Access, method: str) -> httpx.Response:
    import httpx

    if not access.gateway:
        raise AccountError(
            "There is no cloud to ask", "The service names no gateway; nothing of yours left this laptop"
        )
    rejected: str | None = None
    try:
        with httpx.Client(timeout=_TIMEOUT_S, follow_redirects=False) as client:
            for _ in range(2):
                token = access.access_token(rejected=rejected)
                answer = client.request(
                    method, f"{access.gateway}/v1/account", headers={"Authorization": f"Bearer {token}"}
                )
                if answer.status_code != _UNAUTHORIZED:
                    break
                # Its own clock may have let the token expire before ours.
                rejected = token
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Offline("The cloud cannot be reached", f"{access.gateway}: {error}", retryable=True) from error
    if answer.status_code == _UNAUTHORIZED:
        raise SignedOut("The cloud does not know your sign-in", access.gateway, hint="Sign out, and in again.")
    if answer.is_success:
        return answer
    raise _refused(access, answer)


def _refused(access: Access, answer: httpx.Response) -> AccountError | Offline:
    from coachvision.wire.gateway import Problem

    try:
        problem = Problem.model_validate_json(answer.content)
    except ValueError:
        return _nonsense(access)
    if answer.is_server_error or problem.retry_after is not None:
        return Offline("The cloud is busy", problem.detail, hint="Try again a little later.", retryable=True)
    return AccountError("The cloud refused", problem.detail)


def _nonsense(access: Access) -> Offline:
    return Offline("The cloud gave no sensible answer", access.gateway, hint="Try again later.", retryable=True)
