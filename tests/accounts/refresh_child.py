"""The separate process of `test_processes`: does one thing with the account of a settings folder.

errand: `sign-in` (more: email, password), `refresh` (more: how many times), `sign-out`.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

# Imported by the process that forks, once for all.
import keyring  # noqa: F401
import supabase_auth  # noqa: F401

from coachvision.accounts import signing
from coachvision.accounts.account import Account


def work(config: str, errand: str, more: list[str], surroundings: dict[str, str]) -> None:
    os.environ.update(surroundings)
    account = Account(Path(config), os.environ)
    if errand == "sign-in":
        signing.sign_in(account, *more)
    elif errand == "refresh":
        token = account.access_token()
        for _ in range(int(more[0]) - 1):
            token = account.access_token(rejected=token)
        print(token)
    elif errand == "sign-out":
        account.sign_out()
    else:
        raise ValueError(errand)


if __name__ == "__main__":
    work(sys.argv[1], sys.argv[2], sys.argv[3:], {})
