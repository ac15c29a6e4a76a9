"""The auth server double: a process that serves the real supabase client over HTTP, with every fault switchable.

`AuthServer.start()` gives tests a handle; `python -m tests.support.auth_server [--port N]` runs it in the foreground
until its standard input closes. Sign-in lives under `/auth/v1`, as at Supabase; tests steer it over `/control/VERB`.

A fault is `{"kind": ..., "path": regex, "method": optional, "times": optional}`; the kinds:
`status` (with `status`, `body`, `content_type`), `redirect` (302 to `location`), `captive` (200 with a hotel's page),
`error` (with `code`, `status`: an error as the server words it), `hang` (until the faults change), `reset` (before the
request is served), `lost` (served, then reset), `truncate` (served, half the answer).
"""

from __future__ import annotations

import argparse
import html
import json
import re
import socket
import struct
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.support.auth_handle import AuthServer
from tests.support.auth_state import (
    PUBLISHABLE_KEY,
    AuthFailure,
    AuthState,
    Session,
    User,
    redirect_allowed,
)
from tests.support.process import announce, end_with_parent

__all__ = ["AuthServer"]

PREFIX = "/auth/v1"
# What the gateway in front of the real one lets through without a key: the browser and verifiers come here.
OPEN = ("/authorize", "/continue", "/verify", "/.well-known/jwks.json")
HOTEL = "<!doctype html><title>Welcome</title><h1>Hotel Wi-Fi</h1><p>Please accept the terms to go online.</p>"


class _Answer(Exception):  # noqa: N818 - not an error
    """An answer that is not JSON with 200."""

    def __init__(self, status: int, headers: dict[str, str] | None = None, body: str = "") -> None:
        self.status, self.headers, self.body = status, headers or {}, body


class Server(ThreadingHTTPServer):
    """The state, its lock, the faults in force and the log of what was asked."""

    daemon_threads = True
    # Fifty threads that sign in at once are one of the tests.
    request_queue_size = 256

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.lock = threading.Lock()
        self.state = AuthState()
        self.fresh()

    def fresh(self) -> None:
        """As on the first day, on the same port and with the same signing keys."""
        self.skew_s = 0.0
        keys, kid = self.state.keys, self.state.kid
        self.state = AuthState(self.url + PREFIX, lambda: time.time() + self.skew_s)
        # Whoever has fetched the keys need not do so again.
        self.state.keys, self.state.kid = keys, kid
        self.log: list[dict[str, Any]] = []
        self.set_faults([])

    def set_faults(self, faults: list[dict[str, Any]]) -> None:
        released, self.released = getattr(self, "released", None), threading.Event()
        self.faults = [dict(fault) for fault in faults]
        if released is not None:
            released.set()

    def take_fault(self, method: str, path: str) -> dict[str, Any] | None:
        for fault in self.faults:
            if fault.get("method", method) == method and re.search(fault.get("path", ""), path):
                if fault.get("times") is not None:
                    fault["times"] -= 1
                    if fault["times"] == 0:
                        self.faults.remove(fault)
                return fault
        return None

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is part of the tests; anything else is a defect of this double, shown."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(cast("Any", request), client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Headers and body are two writes, which Nagle's algorithm would hold apart for 40 ms.
    disable_nagle_algorithm = True
    server: Server

    def do_GET(self) -> None:
        self._serve("GET")

    def do_POST(self) -> None:
        self._serve("POST")

    def do_PUT(self) -> None:
        self._serve("PUT")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        pass

    def _serve(self, method: str) -> None:
        url = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(url.query).items()}
        raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        if url.path.startswith("/control/"):
            with self.server.lock:
                told = _CONTROLS[url.path.removeprefix("/control/")](self.server, **json.loads(raw or b"{}"))
            self._send(200, {"content-type": "application/json"}, json.dumps(told))
            return
        path = url.path.removeprefix(PREFIX)
        with self.server.lock:
            fault = self.server.take_fault(method, path)
            released = self.server.released
            entry = {"method": method, "path": path, "query": query, "status": None}
            self.server.log.append(entry)
        kind = fault["kind"] if fault else ""
        if kind == "hang":
            released.wait()
        if fault is None or kind in ("lost", "truncate"):
            status, headers, body = self._answer(method, path, query, raw)
        else:
            status, headers, body = _faulty(fault)
        entry["status"] = status
        if kind in ("reset", "lost", "hang"):
            self._reset()
        else:
            self._send(status, headers, body, cut=kind == "truncate")

    def _answer(self, method: str, path: str, query: dict[str, str], raw: bytes) -> tuple[int, dict[str, str], str]:
        headers = {"content-type": "application/json", "x-supabase-api-version": "2024-01-01"}
        try:
            route = _ROUTES.get((method, path))
            if route is None:
                raise AuthFailure(404, "not_found", "no such endpoint")
            if path not in OPEN and self.headers.get("apikey") != PUBLISHABLE_KEY:
                raise AuthFailure(401, "no_api_key", "No API key found in request")
            try:
                body = json.loads(raw or b"{}")
            except ValueError as error:
                raise AuthFailure(400, "bad_json", "Could not parse request body as JSON") from error
            with self.server.lock:
                return 200, headers, json.dumps(route(self, query, body))
        except AuthFailure as failure:
            told = {"code": failure.code, "message": failure.message, **failure.more}
            return failure.status, headers, json.dumps(told)
        except _Answer as answer:
            return answer.status, answer.headers, answer.body

    def _send(self, status: int, headers: dict[str, str], body: str, *, cut: bool = False) -> None:
        data = body.encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data[: len(data) // 2] if cut else data)
        self.close_connection = self.close_connection or cut

    def date_time_string(self, timestamp: float | None = None) -> str:
        return super().date_time_string(self.server.state.now() if timestamp is None else timestamp)

    def _reset(self) -> None:
        """Hang up with a TCP reset instead of an orderly end."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    # the endpoints; each returns what is answered as JSON

    def _signed_in(self) -> tuple[User, Session]:
        kind, _, token = self.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or token.count(".") != 2:
            raise AuthFailure(401, "no_authorization", "This endpoint requires a Bearer token")
        return self.server.state.read_access(token)

    def sign_up(self, query: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
        state = self.server.state
        email, password = body.get("email"), body.get("password")
        if not email:
            user = state.add_user("")
            user.is_anonymous = True
            return state.sign_in(user)
        if len(str(password)) < 6:
            reasons = {"weak_password": {"reasons": ["length"]}}
            raise AuthFailure(422, "weak_password", "Password should be at least 6 characters.", **reasons)
        known = state.by_email(email)
        if known is not None and known.confirmed is not None:
            if not state.confirm_emails:
                raise AuthFailure(422, "user_already_exists", "User already registered")
            # Nobody learns here who has an account: a user is made up.
            return state.describe(User(email.lower(), state.now()))
        user = known or state.add_user(email, confirmed=not state.confirm_emails)
        user.password, user.data = password, body.get("data") or {}
        if not state.confirm_emails:
            return state.sign_in(user)
        state.send(email, "signup", query.get("redirect_to"), body.get("code_challenge"))
        return state.describe(user)

    def token(self, query: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
        state = self.server.state
        grant = query.get("grant_type")
        if grant == "refresh_token":
            return state.refresh(str(body.get("refresh_token")))
        if grant == "pkce":
            return state.finish_flow(str(body.get("auth_code")), str(body.get("code_verifier")))
        if grant != "password":
            raise AuthFailure(400, "validation_failed", "unsupported_grant_type")
        user = state.by_email(str(body.get("email")))
        if user is None or user.password is None or user.password != body.get("password"):
            raise AuthFailure(400, "invalid_credentials", "Invalid login credentials")
        if user.confirmed is None:
            raise AuthFailure(400, "email_not_confirmed", "Email not confirmed")
        return state.sign_in(user)

    def otp(self, query: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
        state = self.server.state
        email = str(body.get("email"))
        if "@" not in email:
            raise AuthFailure(400, "validation_failed", "Unable to validate email address: invalid format")
        if state.by_email(email) is None:
            if not body.get("create_user", True):
                raise AuthFailure(422, "otp_disabled", "Signups not allowed for otp")
            state.add_user(email, confirmed=False)
        state.send(email, "magiclink", query.get("redirect_to"), body.get("code_challenge"))
        return {}

    def verify(self, query: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
        state = self.server.state
        user = state.take_mail(code=body.get("token"), token_hash=body.get("token_hash"), email=body.get("email"))
        return state.sign_in(user)

    def verify_link(self, query: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
        """The link of the email, opened in a browser."""
        state = self.server.state
        mail = next((m for m in state.mails if m.token_hash == query.get("token")), None)
        target = mail.redirect_to if mail else None
        if not redirect_allowed(target):
            target = "http://127.0.0.1:3000"
        try:
            user = state.take_mail(code=None, token_hash=query.get("token"), email=None)
        except AuthFailure as failure:
            asked = {"error": "access_denied", "error_code": failure.code, "error_description": failure.message}
            raise _Answer(303, {"location": f"{target}?{urlencode(asked)}"}) from failure
        code = state.start_flow(user, (mail.challenge if mail else None) or "")
        raise _Answer(303, {"location": f"{target}?code={code}"})

    def recover(self, query: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
        email = str(body.get("email"))
        if self.server.state.by_email(email) is not None:
            self.server.state.send(email, "recovery", query.get("redirect_to"), body.get("code_challenge"))
        return {}

    def sign_out(self, query: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
        _, session = self._signed_in()
        self.server.state.sign_out(session, query.get("scope", "global"))
        raise _Answer(204)

    def user(self, query: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
        return self.server.state.describe(self._signed_in()[0])

    def update_user(self, query: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
        user, _ = self._signed_in()
        password = body.get("password")
        if password is not None:
            if password == user.password:
                raise AuthFailure(422, "same_password", "New password should be different from the old password.")
            user.password = password
        user.data |= body.get("data") or {}
        return self.server.state.describe(user)

    def authorize(self, query: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
        """The page that the system browser shows; with `browser_user` set, that person has clicked already."""
        state = self.server.state
        if query.get("code_challenge_method", "").lower() != "s256" or not query.get("code_challenge"):
            raise AuthFailure(400, "validation_failed", "PKCE flow requires code_challenge with method s256")
        if state.browser_user is not None:
            return self.go_on({**query, "email": state.browser_user}, body)
        fields = "".join(
            f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'
            for name, value in query.items()
        )
        page = (
            f'<!doctype html><meta charset="utf-8"><title>Sign in</title><form action="{PREFIX}/continue">{fields}'
            '<label>Email <input name="email" type="email"></label> <button>Continue</button></form>'
        )
        raise _Answer(200, {"content-type": "text/html; charset=utf-8"}, page)

    def go_on(self, query: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
        """The person has signed in there: back to the app with a code, or to the project's site."""
        state = self.server.state
        user = state.by_email(query["email"]) or state.add_user(query["email"])
        user.provider = query.get("provider", "email")
        target = query.get("redirect_to")
        if not redirect_allowed(target):
            target = "http://127.0.0.1:3000"
        joint = "&" if "?" in str(target) else "?"
        code = state.start_flow(user, query.get("code_challenge", ""))
        raise _Answer(302, {"location": f"{target}{joint}code={code}"})

    def jwks(self, query: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
        return self.server.state.jwks()


def _faulty(fault: dict[str, Any]) -> tuple[int, dict[str, str], str]:
    kind = fault["kind"]
    if kind == "status":
        body = fault.get("body", "upstream connect error")
        kind_of_text = "application/json" if isinstance(body, dict) else "text/plain"
        text = json.dumps(body) if isinstance(body, dict) else body
        return fault["status"], {"content-type": fault.get("content_type", kind_of_text)}, text
    if kind == "redirect":
        return 302, {"location": fault.get("location", "http://127.0.0.1:9/portal"), "content-type": "text/html"}, HOTEL
    if kind == "captive":
        return 200, {"content-type": "text/html; charset=utf-8"}, HOTEL
    if kind == "error":
        headers = {"content-type": "application/json", "x-supabase-api-version": "2024-01-01"}
        told = {"code": fault["code"], "message": fault.get("message", fault["code"].replace("_", " "))}
        return fault.get("status", 400), headers, json.dumps(told)
    if kind in ("reset", "hang"):
        return 0, {}, ""
    raise ValueError(f"no such fault: {kind}")


_ROUTES = {
    ("POST", "/signup"): _Handler.sign_up,
    ("POST", "/token"): _Handler.token,
    ("POST", "/otp"): _Handler.otp,
    ("POST", "/resend"): _Handler.otp,
    ("POST", "/magiclink"): _Handler.otp,
    ("POST", "/verify"): _Handler.verify,
    ("GET", "/verify"): _Handler.verify_link,
    ("POST", "/recover"): _Handler.recover,
    ("POST", "/logout"): _Handler.sign_out,
    ("GET", "/user"): _Handler.user,
    ("PUT", "/user"): _Handler.update_user,
    ("GET", "/authorize"): _Handler.authorize,
    ("GET", "/continue"): _Handler.go_on,
    ("GET", "/.well-known/jwks.json"): _Handler.jwks,
}


def _add_user(server: Server, email: str, password: str | None = None, *, confirmed: bool = True) -> str:
    return server.state.add_user(email, password, confirmed=confirmed).id


def _change_user(server: Server, email: str, *, banned: bool | None = None, deleted: bool = False) -> None:
    user = server.state.by_email(email)
    if user is None:
        raise KeyError(email)
    if banned is not None:
        user.banned = banned
    if deleted:
        del server.state.users[user.id]


def _sign_in(server: Server, email: str) -> dict[str, Any]:
    user = server.state.by_email(email) or server.state.add_user(email)
    return server.state.sign_in(user)


def _end_sessions(server: Server, email: str, *, expire: bool = False) -> None:
    """Remove the user's sessions, or let them expire where they are."""
    user = server.state.by_email(email)
    for session in [s for s in server.state.sessions.values() if user is not None and s.user_id == user.id]:
        if expire:
            session.expires = server.state.now()
        else:
            del server.state.sessions[session.id]


def _configure(server: Server, **values: object) -> None:
    for name, value in values.items():
        if name == "skew_s":
            server.skew_s = float(cast("float", value))
        elif name in ("access_s", "confirm_emails", "browser_user"):
            setattr(server.state, name, value)
        else:
            raise ValueError(name)


_CONTROLS: dict[str, Any] = {
    "reset": Server.fresh,
    "faults": Server.set_faults,
    "configure": _configure,
    "add_user": _add_user,
    "change_user": _change_user,
    "sign_in": _sign_in,
    "end_sessions": _end_sessions,
    "mint": lambda server, **values: server.state.mint(**values),
    "rotate_key": lambda server, **values: server.state.rotate_key(**values),
    "mails": lambda server: [vars(mail) for mail in server.state.mails],
    "log": lambda server: server.log,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--port", type=int, default=0)
    server = Server(parser.parse_args().port)
    end_with_parent()
    announce(url=server.url, publishable_key=PUBLISHABLE_KEY)
    server.serve_forever()


if __name__ == "__main__":
    main()
