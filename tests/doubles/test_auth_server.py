"""The real supabase client against the auth server double: all ways in, rotation, and each fault as it meets it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import pytest
from supabase_auth import SyncGoTrueClient
from supabase_auth.errors import AuthApiError, AuthError, AuthRetryableError, AuthWeakPasswordError

from tests.support.auth_server import AuthServer

COACH = "Coach@Example.org"


@pytest.fixture
def client(auth_server: AuthServer) -> Iterator[SyncGoTrueClient]:
    with httpx.Client(timeout=1, trust_env=False) as http:
        yield SyncGoTrueClient(
            url=auth_server.issuer,
            headers={"apikey": auth_server.publishable_key},
            auto_refresh_token=False,
            flow_type="pkce",
            http_client=http,
        )


def refresh(client: SyncGoTrueClient, token: str) -> str:
    session = client.refresh_session(token).session
    assert session is not None
    return session.refresh_token


def test_sign_up_confirm_sign_out_and_in_by_password(client: SyncGoTrueClient, auth_server: AuthServer) -> None:
    made = client.sign_up({"email": COACH, "password": "geheim-1"})
    assert made.session is None
    with pytest.raises(AuthApiError, match="Email not confirmed"):
        client.sign_in_with_password({"email": COACH, "password": "geheim-1"})
    client.verify_otp({"email": COACH, "token": auth_server.code_for(COACH), "type": "signup"})
    user = client.get_user()
    assert user is not None
    assert user.user.email == COACH.lower()
    session = client.get_session()
    assert session is not None
    client.sign_out()
    with pytest.raises(AuthApiError) as gone:
        client.refresh_session(session.refresh_token)
    assert gone.value.code == "refresh_token_not_found"
    with pytest.raises(AuthApiError) as wrong:
        client.sign_in_with_password({"email": COACH, "password": "falsch"})
    assert (wrong.value.status, wrong.value.code) == (400, "invalid_credentials")
    assert client.sign_in_with_password({"email": COACH, "password": "geheim-1"}).session is not None


def test_a_short_password_is_refused_with_its_reasons(client: SyncGoTrueClient) -> None:
    with pytest.raises(AuthWeakPasswordError) as refused:
        client.sign_up({"email": COACH, "password": "kurz"})
    assert refused.value.reasons == ["length"]


def test_an_emailed_code_signs_in_once_and_for_an_hour(client: SyncGoTrueClient, auth_server: AuthServer) -> None:
    client.sign_in_with_otp({"email": COACH})
    old = auth_server.code_for(COACH)
    client.sign_in_with_otp({"email": COACH})
    new = auth_server.code_for(COACH)
    if old != new:
        with pytest.raises(AuthApiError, match="expired or is invalid"):
            client.verify_otp({"email": COACH, "token": old, "type": "email"})
    assert client.verify_otp({"email": COACH, "token": new, "type": "email"}).session is not None
    with pytest.raises(AuthApiError) as used:
        client.verify_otp({"email": COACH, "token": new, "type": "email"})
    assert (used.value.status, used.value.code) == (403, "otp_expired")
    client.sign_in_with_otp({"email": COACH})
    late = auth_server.code_for(COACH)
    auth_server.configure(skew_s=3601)
    with pytest.raises(AuthApiError, match="expired"):
        client.verify_otp({"email": COACH, "token": late, "type": "email"})


def test_nobody_is_made_where_only_members_may_sign_in(client: SyncGoTrueClient) -> None:
    with pytest.raises(AuthApiError) as refused:
        client.sign_in_with_otp({"email": COACH, "options": {"should_create_user": False}})
    assert refused.value.code == "otp_disabled"


def test_recovering_sets_a_new_password(client: SyncGoTrueClient, auth_server: AuthServer) -> None:
    auth_server.add_user(COACH, "vergessen")
    client.reset_password_for_email(COACH)
    client.verify_otp({"email": COACH, "token": auth_server.code_for(COACH), "type": "recovery"})
    client.update_user({"password": "gemerkt-2"})
    assert client.sign_in_with_password({"email": COACH, "password": "gemerkt-2"}).session is not None


def browse(client: SyncGoTrueClient, back: str) -> str:
    """Where the system browser ends up."""
    asked = client.sign_in_with_oauth({"provider": "google", "options": {"redirect_to": back}})
    return httpx.get(asked.url, trust_env=False).headers["location"]


def test_the_browser_flow_comes_back_with_a_code_for_its_verifier(
    client: SyncGoTrueClient, auth_server: AuthServer
) -> None:
    auth_server.configure(browser_user=COACH)
    back = browse(client, "http://127.0.0.1:45678/a-random-path")
    url = urlsplit(back)
    assert (url.netloc, url.path) == ("127.0.0.1:45678", "/a-random-path")
    code = parse_qs(url.query)["code"][0]
    with pytest.raises(AuthApiError) as wrong:
        client.exchange_code_for_session({"auth_code": code, "code_verifier": "x" * 64})
    assert wrong.value.code == "bad_code_verifier"
    done = client.exchange_code_for_session({"auth_code": code})
    assert done.user is not None
    assert done.user.email == COACH.lower()
    with pytest.raises(AuthApiError) as replayed:
        client.exchange_code_for_session({"auth_code": code, "code_verifier": "x" * 64})
    assert replayed.value.code == "flow_state_not_found"


def test_a_browser_code_lives_five_minutes(client: SyncGoTrueClient, auth_server: AuthServer) -> None:
    auth_server.configure(browser_user=COACH)
    code = browse(client, "http://127.0.0.1:45678/x").partition("code=")[2]
    auth_server.configure(skew_s=301)
    with pytest.raises(AuthApiError) as late:
        client.exchange_code_for_session({"auth_code": code})
    assert late.value.code == "flow_state_expired"


@pytest.mark.parametrize("back", ["http://localhost:5/x", "https://127.0.0.1:5/x", "http://127.0.0.1@evil.example/x"])
def test_other_redirects_than_loopback_by_number_go_to_the_site(
    client: SyncGoTrueClient, auth_server: AuthServer, back: str
) -> None:
    auth_server.configure(browser_user=COACH)
    assert browse(client, back).startswith("http://127.0.0.1:3000?code=")


def test_the_browser_page_asks_who_it_is(client: SyncGoTrueClient) -> None:
    asked = client.sign_in_with_oauth({"provider": "google", "options": {"redirect_to": "http://127.0.0.1:5/x"}})
    page = httpx.get(asked.url, trust_env=False)
    assert page.headers["content-type"].startswith("text/html")
    assert 'name="email"' in page.text


def test_access_tokens_are_es256_of_this_issuer(client: SyncGoTrueClient, auth_server: AuthServer) -> None:
    token = auth_server.sign_in(COACH)["access_token"]
    told = client.get_claims(token)
    assert told is not None
    assert (told["headers"]["alg"], told["claims"]["iss"]) == ("ES256", auth_server.issuer)
    assert (told["claims"]["aud"], told["claims"]["is_anonymous"]) == ("authenticated", False)
    assert told["claims"]["exp"] - told["claims"]["iat"] == 3600
    auth_server.rotate_key(forget_old=True)
    keys = jwt.PyJWKSet.from_dict(httpx.get(auth_server.issuer + "/.well-known/jwks.json", trust_env=False).json())
    assert [key.key_id for key in keys.keys] != [told["headers"]["kid"]]


def test_refresh_tokens_rotate_with_grace_and_reuse_is_noticed(
    client: SyncGoTrueClient, auth_server: AuthServer
) -> None:
    first = auth_server.sign_in(COACH)["refresh_token"]
    second = refresh(client, first)
    # The reply was lost: the predecessor of the active token is served the active one, however late.
    auth_server.configure(skew_s=60)
    assert refresh(client, first) == second
    third = refresh(client, second)
    # Twice old, but used within the grace.
    assert refresh(client, second) == third
    with pytest.raises(AuthApiError) as reused:
        refresh(client, first)
    assert reused.value.code == "refresh_token_already_used"
    # A thief may hold it: nobody's token of this sign-in is good any more.
    with pytest.raises(AuthApiError) as ended:
        refresh(client, third)
    assert ended.value.code == "refresh_token_already_used"


def test_threads_that_refresh_at_once_are_counted(client: SyncGoTrueClient, auth_server: AuthServer) -> None:
    token = auth_server.sign_in(COACH)["refresh_token"]
    with ThreadPoolExecutor(8) as pool:
        after = set(pool.map(lambda _: refresh(client, token), range(8)))
    assert len(after) == 1
    assert len(auth_server.asked("/token")) == 8


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda server: server.end_sessions(COACH, expire=True), "session_expired"),
        (lambda server: server.end_sessions(COACH), "refresh_token_not_found"),
        (lambda server: server.change_user(COACH, banned=True), "user_banned"),
        (lambda server: server.change_user(COACH, deleted=True), "session_not_found"),
    ],
)
def test_what_ends_a_session_has_its_code(
    client: SyncGoTrueClient, auth_server: AuthServer, change: object, code: str
) -> None:
    token = auth_server.sign_in(COACH)["refresh_token"]
    assert callable(change)
    change(auth_server)
    with pytest.raises(AuthApiError) as ended:
        refresh(client, token)
    assert ended.value.code == code


@pytest.mark.parametrize(
    "code",
    ["refresh_token_not_found", "refresh_token_already_used", "session_not_found", "session_expired", "user_banned"],
)
def test_each_definitive_code_can_be_ordered(client: SyncGoTrueClient, auth_server: AuthServer, code: str) -> None:
    token = auth_server.sign_in(COACH)["refresh_token"]
    auth_server.fail({"kind": "error", "code": code, "path": "/token", "times": 1})
    with pytest.raises(AuthApiError) as failed:
        refresh(client, token)
    assert failed.value.code == code
    assert refresh(client, token)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"kind": "status", "status": 500}, AuthError),
        ({"kind": "status", "status": 503, "body": {"message": "later"}}, AuthRetryableError),
        ({"kind": "redirect"}, AuthError),
        ({"kind": "captive"}, ValueError),
        ({"kind": "hang"}, AuthRetryableError),
        ({"kind": "reset"}, AuthRetryableError),
        ({"kind": "lost"}, AuthRetryableError),
        ({"kind": "truncate"}, AuthRetryableError),
    ],
)
def test_each_fault_of_a_network_meets_the_client(
    client: SyncGoTrueClient, auth_server: AuthServer, fault: dict[str, object], error: type[Exception]
) -> None:
    token = auth_server.sign_in(COACH)["refresh_token"]
    auth_server.fail(fault)
    with pytest.raises(error):
        refresh(client, token)
    auth_server.fail()
    assert refresh(client, token) != token
    # Served and only the reply lost, or never served.
    served = auth_server.asked("/token")[0]["status"] == 200
    assert served == (fault["kind"] in ("lost", "truncate", "captive"))


def test_a_wrong_clock_of_the_server_shows_in_tokens_and_date(
    client: SyncGoTrueClient, auth_server: AuthServer
) -> None:
    before = auth_server.sign_in(COACH)["expires_at"]
    auth_server.configure(skew_s=-86400)
    assert before - auth_server.sign_in(COACH)["expires_at"] >= 86390


def test_requests_without_the_publishable_key_are_refused(auth_server: AuthServer) -> None:
    answer = httpx.post(auth_server.issuer + "/otp", json={"email": COACH}, trust_env=False)
    assert answer.status_code == 401
