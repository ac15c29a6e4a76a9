"""`/s/{token}`: for whoever was sent a link. The work is in `gateway.public_shares`."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Cookie, Path, Response

from coachvision.gateway import public_shares
from coachvision.gateway.calls import Stranger
from coachvision.web.problems import problems
from coachvision.wire.gateway import Token
from coachvision.wire.gateway_sharing import Playback, SharedCard, UnlockShare

router = APIRouter(prefix="/s/{token}", tags=["links"])
_KNOWN: Final = ("not_found", "share_gone")
_COOKIE = "unlocked"

PathToken = Annotated[Token, Path()]
Sealed = Annotated[str, Cookie(alias=_COOKIE, max_length=200)]


@router.get("/card", responses=problems(*_KNOWN))
async def card(token: PathToken, call: Stranger, response: Response, sealed: Sealed = "") -> SharedCard:
    """What the page shows beside the film."""
    response.headers.update(_PRIVATE)
    return await public_shares.card(call, token, sealed)


@router.post("/unlock", status_code=204, responses=problems(*_KNOWN, "forbidden", "state_conflict"))
async def unlock(token: PathToken, body: UnlockShare, call: Stranger, response: Response) -> None:
    """Give the password; a cookie of this link alone remembers it for an hour."""
    response.headers.update(_PRIVATE)
    response.set_cookie(
        _COOKIE,
        await public_shares.unlock(call, token, body.password),
        max_age=public_shares.UNLOCKED_S,
        path=f"/s/{token}",
        secure=call.context.settings.public_url.startswith("https:"),
        httponly=True,
        samesite="strict",
    )


@router.post("/play", responses=problems(*_KNOWN, "forbidden"))
async def play(token: PathToken, call: Stranger, response: Response, sealed: Sealed = "") -> Playback:
    """The film's address for the next minutes."""
    response.headers.update(_PRIVATE)
    return await public_shares.play(call, token, sealed)


_PRIVATE = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}
