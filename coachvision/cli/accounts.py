"""`login`, `logout` and `whoami`: the account, for those who want one. For `cli.main`."""

from __future__ import annotations

import json as json_format
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from coachvision.cli import common
from coachvision.errors import AccountError, UsageError

if TYPE_CHECKING:
    from coachvision.accounts.account import Account
    from coachvision.accounts.identity import Identity

_ADOPT = "--adopt/--keep-guest"


def add_to(app: typer.Typer) -> None:
    """Put the commands into the program."""
    app.command("login")(login)
    app.command("logout")(logout)
    app.command("whoami")(whoami)


def login(
    context: typer.Context,
    email: Annotated[str | None, typer.Argument(help="Your e-mail address.", metavar="EMAIL")] = None,
    password: Annotated[bool, typer.Option("--password", help="With a password, not a mailed code.")] = False,
    browser: Annotated[bool, typer.Option("--browser", help="In the browser.")] = False,
    provider: Annotated[str, typer.Option(help="With whom the browser signs in, as the service names it.")] = "",
    sign_up: Annotated[bool, typer.Option("--sign-up", help="Make a new account with a password.")] = False,
    recover: Annotated[bool, typer.Option("--recover", help="Replace a forgotten password.")] = False,
    service: Annotated[
        str | None, typer.Option(help="Join a club first: its service.toml, or the link to it.", metavar="FILE|LINK")
    ] = None,
    adopt: Annotated[
        bool | None, typer.Option(_ADOPT, help="Take the sessions made here before into the account, or not.")
    ] = None,
    sync: Annotated[
        bool | None, typer.Option("--sync/--no-sync", help="Keep every session in the cloud, too, or not.")
    ] = None,
) -> None:
    """Sign in: by a mailed code, a password or the browser. Everything works without it, too."""
    from coachvision.accounts import signing
    from coachvision.accounts.account import Account
    from coachvision.services import guest_claim, sign_in

    if sum((password, browser, sign_up, recover)) > 1:
        raise UsageError(
            "Choose one way to sign in", "--password, --browser, --sign-up and --recover exclude each other"
        )
    account = Account()
    if service is not None:
        found = sign_in.read_service(service)
        sign_in.join_service(account, found)
        typer.echo(f"This laptop uses {common.clean(found.title)} from now on.")
    known = account.identity
    if known is not None and not known.ended and (email is None or email == known.email):
        typer.echo(f"You are signed in as {common.clean(known.email)} already.")
    else:
        # Without a service there is nothing to ask an address for, and nothing to keep.
        signing.require_service(account)
        account.secrets.require_lasting()
        # Of whoever is signed in until now.
        guest_claim.note(account)
        who = _enter(account, email, password=password, browser=browser, provider=provider, new=sign_up, lost=recover)
        typer.echo(f"You are signed in as {common.clean(who.email)}.")
    claimed = guest_claim.claim_in_words(account)
    if claimed:
        typer.echo(common.clean(claimed))
    _adopt(context, adopt)
    _keep_in_cloud(account, sync)


def _enter(
    account: Account, email: str | None, *, password: bool, browser: bool, provider: str, new: bool, lost: bool
) -> Identity:
    from coachvision.accounts import signing

    if browser:
        return signing.sign_in_with_browser(account, _show_page, provider)
    email = email or _ask("E-mail address")
    if password:
        return signing.sign_in(account, email, _ask("Password", hidden=True))
    if lost:
        signing.send_recovery(account, email)
        code = _ask(f"Code mailed to {common.clean(email)}")
        return signing.recover(account, email, code, _new_password())
    if new:
        found = signing.sign_up(account, email, _new_password())
        return found or signing.confirm_code(account, email, _ask(f"Code mailed to {common.clean(email)}"), "signup")
    signing.send_code(account, email)
    return signing.confirm_code(account, email, _ask(f"Code mailed to {common.clean(email)}"))


def _show_page(url: str) -> None:
    import webbrowser

    typer.echo("Go on in the browser. Where none opens, open this page yourself:", err=True)
    typer.echo(f"  {url}", err=True)
    webbrowser.open(url)


def _new_password() -> str:
    password = _ask("New password", hidden=True)
    if sys.stdin.isatty() and _ask("Once more", hidden=True) != password:
        raise AccountError("The two passwords differ", "Nothing was changed", hint="Try again.")
    return password


def _ask(question: str, *, hidden: bool = False) -> str:
    """What the coach types; from a pipe, the next line of it."""
    if sys.stdin.isatty():
        return str(typer.prompt(question, hide_input=hidden, err=True))
    typer.echo(f"{question}: ", err=True)
    answer = sys.stdin.readline()
    if not answer:
        raise UsageError("There is no answer", f"{question} was asked, and the input has ended")
    return answer.rstrip("\r\n")


def _adopt(context: typer.Context, wish: bool | None) -> None:
    """Offer the guest's sessions: asked once, in words; with the option it is done without asking."""
    from coachvision.services import sign_in

    if not (common.root_of(context) / "library.db").exists():
        return
    with common.opened(context) as library:
        share = library.adoption.offer() if wish is not None else sign_in.offer_adoption(library)
        if share is None or not share.sessions:
            return
        many = f"{share.sessions} session{'' if share.sessions == 1 else 's'} ({sign_in.size_in_words(share.size)})"
        if wish is None and sys.stdin.isatty():
            typer.echo(f"{many} were made on this laptop without an account.")
            wish = typer.confirm("Take them into yours?", default=True, err=True)
        if wish is None:
            typer.echo(
                f"{many} made here without an account stay so; `coachvision login --adopt` takes them into yours."
            )
        elif wish:
            library.adoption.take()
            typer.echo(f"Yours now: {many}.")
        else:
            library.adoption.decline()
            typer.echo(f"{many} stay the guest's: seen when nobody is signed in.")


def _keep_in_cloud(account: Account, wish: bool | None) -> None:
    """Whether every session is kept in the cloud, too: asked once, in words; with the option without asking."""
    from coachvision.services import keep_in_cloud

    if wish is None and not keep_in_cloud.must_ask(account):
        return
    if wish is None and sys.stdin.isatty():
        wish = typer.confirm("Keep every session in the cloud, too?", default=True, err=True)
    if wish is None:
        typer.echo(
            "Nothing is sent by itself yet: `coachvision login --sync` keeps every session in the cloud, too;"
            " `coachvision sync` sends them when you say so."
        )
        return
    keep_in_cloud.remember(str(account.user_id), wish)
    typer.echo(
        "Every session is kept in the cloud, too, while `coachvision sync` runs or the window is open."
        if wish
        else "Every session stays on this laptop alone."
    )


def logout(
    context: typer.Context,
    forget: Annotated[
        bool, typer.Option("--forget", help="Erase everything of yours in the cloud, too, for good.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask once more.")] = False,
) -> None:
    """Sign out. Every session stays on this laptop, and is shown when you sign in again."""
    from coachvision.accounts.account import Account
    from coachvision.services.sign_in import sign_out

    if forget:
        _forget(context, Account(), sure=yes)
        return
    done = sign_out(Account())
    if done is None:
        typer.echo("Nobody is signed in.")
        return
    stays = "Every session stays on this laptop, and is shown when you sign in again."
    typer.echo(f"{common.clean(done.email)} is signed out. {stays}")
    if not done.told:
        common.warn("the service could not be reached; the sign-in went from this laptop alone")


def _forget(context: typer.Context, account: Account, *, sure: bool) -> None:
    from coachvision.services.sign_in import forget_in_cloud

    who = account.identity
    if who is None:
        typer.echo("Nobody is signed in.")
        return
    question = f"Erase everything of {common.clean(who.email)} in the cloud, for good? Type yes"
    if not sure and _ask(question).strip().casefold() != "yes":
        typer.echo("Nothing was erased.")
        return
    with common.opened(context) as library:
        forget_in_cloud(account, library)
    typer.echo("Nothing of yours is in the cloud any more, and you are signed out. What is on this laptop stays.")


def whoami(json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False) -> None:
    """Say who is signed in on this laptop."""
    from coachvision.accounts.account import Account

    standing = Account().standing
    service = standing.service
    if json:
        told = {
            "schema": 1,
            "state": standing.kind,
            "signed_in": standing.kind == "signed_in",
            "user_id": standing.user_id,
            "email": standing.email or None,
            "service": service.url if service else None,
            "gateway": (service.gateway or None) if service else None,
        }
        sys.stdout.write(json_format.dumps(told, indent=2) + "\n")
    elif standing.kind == "guest":
        typer.echo("Guest: nobody is signed in, and nothing leaves this laptop.")
    elif standing.kind == "ended":
        typer.echo(f"{common.clean(standing.email)}, whose sign-in is over: `coachvision login` signs in again.")
    else:
        where = f" ({common.clean(service.title)})" if service else ""
        typer.echo(f"{common.clean(standing.email or standing.user_id or '')}{where}")
