"""The separate process of `test_claims_story`: signs in with the real client, then claims what the guest shared.

errand: `sign-in` (more: email, password), `claim`, `sign-out`.
"""

from __future__ import annotations

import os
from pathlib import Path

# Imported by the process that forks, once for all.
import keyring  # noqa: F401

from coachvision.accounts import client, signing
from coachvision.accounts.account import Account
from coachvision.services import guest_claim, sign_in

client.load_supabase()


def work(config: str, errand: str, more: list[str], surroundings: dict[str, str]) -> None:
    os.environ.update(surroundings)
    account = Account(Path(config), os.environ)
    if errand == "sign-in":
        signing.sign_in(account, *more)
    elif errand == "claim":
        guest_claim.claim(account)
    elif errand == "sign-out":
        sign_in.sign_out(account)
    else:
        raise ValueError(errand)
