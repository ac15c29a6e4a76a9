"""S7: the browser's way back: wrong host, wrong path, wrong code, replay; and the whole way through the service."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from coachvision.accounts import service, signing
from coachvision.accounts.account import Account
from coachvision.accounts.loopback import Loopback
from coachvision.errors import AccountError, Cancelled
from tests.accounts.conftest import ANNA, BEN
from tests.support.auth_server import AuthServer


def get(address: str, **headers: str) -> httpx.Response:
    return httpx.get(address, headers=headers, timeout=10, trust_env=False, follow_redirects=True)


@pytest.fixture
def environment(auth_server: AuthServer, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return {}


@pytest.fixture
def account(account: Account, auth_server: AuthServer, config: Path) -> Account:
    found = service.Service(auth_server.url, auth_server.publishable_key, providers=("google",))
    service.keep(found, config)
    return account


class Browser:
    """The system's browser: opens the page in a thread of its own and follows where it leads."""

    def __init__(self, visit: Callable[[str], object] = get) -> None:
        self.pages: list[str] = []
        self._visit = visit
        self._pool = ThreadPoolExecutor(1)

    def open(self, url: str) -> bool:
        self.pages.append(url)
        self.visited = self._pool.submit(self._visit, url)
        return True

    def close(self) -> object:
        self._pool.shutdown()
        return self.visited.result()


def test_the_browser_signs_in(account: Account, auth_server: AuthServer) -> None:
    auth_server.configure(browser_user=ANNA)
    browser = Browser()
    found = signing.sign_in_with_browser(account, browser.open)
    page = browser.close()
    assert isinstance(page, httpx.Response)
    assert (found.email, account.user_id) == (ANNA, found.user_id)
    assert "Back to CoachVision" in page.text
    assert page.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    asked = parse_qs(urlsplit(browser.pages[0]).query)
    assert asked["code_challenge_method"] == ["s256"]
    assert asked["provider"] == ["google"]
    back = urlsplit(asked["redirect_to"][0])
    assert back.hostname == "127.0.0.1"
    assert len(back.path) > 40
    # Nobody listens any more.
    with pytest.raises(httpx.ConnectError):
        get(asked["redirect_to"][0])


def test_every_flow_has_its_own_address() -> None:
    with Loopback() as one, Loopback() as other:
        assert urlsplit(one.address).port != urlsplit(other.address).port
        assert urlsplit(one.address).path != urlsplit(other.address).path


def test_wrong_host_path_method_and_replay_bring_nothing() -> None:
    with Loopback() as loopback, ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(loopback.wait, 30.0)
        parts = urlsplit(loopback.address)
        here = f"http://127.0.0.1:{parts.port}"
        assert get(f"{here}/?code=stolen").status_code == 404
        assert get(f"{here}{parts.path}x?code=stolen").status_code == 404
        assert get(f"{loopback.address}?code=stolen", Host="evil.example").status_code == 404
        assert get(f"{loopback.address}?code=stolen", Host=f"localhost:{parts.port}").status_code == 404
        assert httpx.post(f"{loopback.address}?code=stolen", trust_env=False).status_code == 404
        assert get(loopback.address).status_code == 400
        assert get(f"{loopback.address}?code=one&code=two").status_code == 400
        assert not waiting.done()
        assert get(f"{loopback.address}?code=right").status_code == 200
        assert waiting.result(10) == "right"


def test_a_second_code_is_refused() -> None:
    with Loopback() as loopback:
        answers: list[int] = []
        pages = [
            threading.Thread(target=lambda: answers.append(get(f"{loopback.address}?code=c").status_code))
            for _ in range(4)
        ]
        for page in pages:
            page.start()
        assert loopback.wait(30.0) == "c"
        with pytest.raises(AccountError, match="did not come back"):
            # The others are answered, and none of them counts.
            loopback.wait(0.5)
        for page in pages:
            page.join()
        assert sorted(answers) == [200, 410, 410, 410]


def test_a_silent_connection_does_not_keep_the_browser_out() -> None:
    with Loopback() as loopback, ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(loopback.wait, 30.0)
        port = urlsplit(loopback.address).port
        with socket.create_connection(("127.0.0.1", port or 0)):
            assert get(f"{loopback.address}?code=right").status_code == 200
            assert waiting.result(10) == "right"


def test_a_code_that_the_service_did_not_give_signs_nobody_in(account: Account) -> None:
    def visit(url: str) -> httpx.Response:
        back = parse_qs(urlsplit(url).query)["redirect_to"][0]
        return get(f"{back}?code=11111111-2222-3333-4444-555555555555")

    browser = Browser(visit)
    with pytest.raises(AccountError, match="not right"):
        signing.sign_in_with_browser(account, browser.open)
    browser.close()
    assert account.user_id is None


def test_a_code_of_somebody_elses_flow_signs_nobody_in(account: Account, auth_server: AuthServer) -> None:
    """Whoever slips a victim a code of his own account would see what the victim then uploads."""
    auth_server.configure(browser_user=BEN)

    def visit(url: str) -> httpx.Response:
        parts = urlsplit(url)
        asked = parse_qs(parts.query)
        foreign = url.replace(asked["code_challenge"][0], "A" * 43)
        given = httpx.get(foreign, trust_env=False, follow_redirects=False)
        return get(given.headers["location"])

    browser = Browser(visit)
    with pytest.raises(AccountError, match="not right"):
        signing.sign_in_with_browser(account, browser.open)
    browser.close()
    assert account.user_id is None


def test_a_refusal_in_the_browser_is_told(account: Account) -> None:
    def visit(url: str) -> httpx.Response:
        back = parse_qs(urlsplit(url).query)["redirect_to"][0]
        return get(f"{back}?error=access_denied&error_description=You+said+<b>no</b>")

    browser = Browser(visit)
    with pytest.raises(AccountError, match="You said") as told:
        signing.sign_in_with_browser(account, browser.open)
    page = browser.close()
    assert "brought no sign-in" in told.value.title
    assert isinstance(page, httpx.Response)
    # What came with the address is never put into the page.
    assert "You said" not in page.text


def test_it_can_be_cancelled_and_does_not_wait_for_ever(account: Account) -> None:
    with pytest.raises(Cancelled):
        signing.sign_in_with_browser(account, lambda _url: True, cancelled=lambda: True)
    with pytest.raises(AccountError, match="did not come back") as told:
        signing.sign_in_with_browser(account, lambda _url: True, patience_s=0.2)
    assert told.value.retryable


def test_without_a_provider_the_browser_is_not_offered(account: Account, auth_server: AuthServer, config: Path) -> None:
    service.keep(service.Service(auth_server.url, auth_server.publishable_key), config)
    with pytest.raises(AccountError, match="browser cannot sign in"):
        signing.sign_in_with_browser(account, lambda _url: True)
