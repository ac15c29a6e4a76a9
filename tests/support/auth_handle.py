"""The tests' side of the auth server double: starts its process and steers it. Imported through `auth_server`."""

from __future__ import annotations

from types import TracebackType
from typing import Any

import httpx

from tests.support.auth_state import PUBLISHABLE_KEY
from tests.support.process import ServerProcess


class AuthServer:
    """A running auth server double. url: its root (Supabase's project URL); issuer: `url/auth/v1`."""

    publishable_key = PUBLISHABLE_KEY

    def __init__(self, process: ServerProcess) -> None:
        self.process = process
        self.url: str = process.ready["url"]
        self.issuer = self.url + "/auth/v1"
        self._http = httpx.Client(base_url=self.url + "/control/", timeout=15, trust_env=False)

    @classmethod
    def start(cls, port: int = 0) -> AuthServer:
        return cls(ServerProcess.module("tests.support.auth_server", "--port", str(port)))

    def _do(self, verb: str, **values: object) -> Any:
        answer = self._http.post(verb, json=values)
        answer.raise_for_status()
        return answer.json()

    def reset(self) -> None:
        """Forget users, mails, faults, the log and the skew; signing keys stay."""
        self._do("reset")

    def fail(self, *faults: dict[str, Any]) -> None:
        """These faults from now on, the first that fits wins; none heals. Kinds: see `auth_server`."""
        self._do("faults", faults=list(faults))

    def configure(self, **values: object) -> None:
        """access_s, confirm_emails, skew_s (the server's clock ahead of the real one), browser_user (an email)."""
        self._do("configure", **values)

    def add_user(self, email: str, password: str | None = None, *, confirmed: bool = True) -> str:
        """Returns the user id."""
        return str(self._do("add_user", email=email, password=password, confirmed=confirmed))

    def change_user(self, email: str, *, banned: bool | None = None, deleted: bool = False) -> None:
        self._do("change_user", email=email, banned=banned, deleted=deleted)

    def sign_in(self, email: str) -> dict[str, Any]:
        """A session without the detour of a client: access_token, refresh_token, user... Makes the user if need be."""
        return dict(self._do("sign_in", email=email))

    def end_sessions(self, email: str, *, expire: bool = False) -> None:
        """The user's sessions are removed (session_not_found), or expire (session_expired)."""
        self._do("end_sessions", email=email, expire=expire)

    def mint(self, claims: dict[str, Any], headers: dict[str, Any] | None = None, algorithm: str = "ES256") -> str:
        """Any token at all; see AuthState.mint."""
        return str(self._do("mint", claims=claims, headers=headers, algorithm=algorithm))

    def rotate_key(self, *, forget_old: bool = False) -> str:
        return str(self._do("rotate_key", forget_old=forget_old))

    def mails(self, to: str) -> list[dict[str, Any]]:
        """Emails sent to an address, oldest first: kind, code, token_hash, redirect_to, used."""
        return [mail for mail in self._do("mails") if mail["to"] == to.lower()]

    def code_for(self, email: str) -> str:
        """The six digits of the last email. Raises IndexError where none was sent."""
        return str(self.mails(email)[-1]["code"])

    def asked(self, path: str = "") -> list[dict[str, Any]]:
        """The requests so far (method, path, query, status; status 0 or None: not answered), of one path or all."""
        return [entry for entry in self._do("log") if path in ("", entry["path"])]

    def stop(self) -> None:
        self._http.close()
        self.process.stop()

    def __enter__(self) -> AuthServer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
