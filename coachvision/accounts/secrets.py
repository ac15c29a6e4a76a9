"""The vault that is used here, found once, and the names of what lies in it. For the accounts room and services."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Mapping
from pathlib import Path

from coachvision import tomlfile
from coachvision.accounts import identity as identities
from coachvision.accounts.service import Service
from coachvision.accounts.vault import FileVault, KeyringVault, MemoryVault, Vault
from coachvision.errors import AccountError, CoachVisionError


class Secrets:
    """One settings folder's. Any thread. service: whose secret it is; None: it belongs to no service.

    why_not_lasting: in words, where what is kept is gone when the program closes; else "".
    """

    def __init__(self, config: Path, environment: Mapping[str, str]) -> None:
        """Reads nothing yet and imports nothing heavy."""
        self._config = config
        self._environment = environment
        self._lock = threading.Lock()
        self._ring = KeyringVault(hashlib.sha256(str(config.resolve()).encode()).hexdigest()[:12])
        self._vault: Vault | None = None
        self.why_not_lasting = ""

    def read(self, name: str, service: Service | None = None) -> str | None:
        """The secret, None where there is none. Raises AccountError."""
        return self._open().read(_key(name, service))

    def keep(self, name: str, value: str | None, service: Service | None = None) -> None:
        """Keep a secret; None: forget it. Raises AccountError."""
        vault, key = self._open(), _key(name, service)
        vault.delete(key) if value is None else vault.write(key, value)

    def read_table(self, name: str) -> dict[str, str]:
        """Several that lie under one name, by their own names; none where it is no such table. Raises AccountError."""
        try:
            kept = json.loads(self.read(name) or "{}")
        except ValueError:
            # Not written by us.
            return {}
        return kept if isinstance(kept, dict) else {}

    def keep_table(self, name: str, secrets: Mapping[str, str]) -> None:
        """Keep several under one name, in one write. Raises AccountError."""
        self.keep(name, json.dumps(dict(secrets)))

    def renew(self, name: str, value: str, service: Service) -> bool:
        """Keep the successor of a secret that is there already; whether it worked, and why not in `why_not_lasting`."""
        try:
            self.keep(name, value, service)
        except CoachVisionError as error:
            self.why_not_lasting = error.message
            return False
        if self.lasting:
            self.why_not_lasting = ""
        return True

    @property
    def lasting(self) -> bool:
        """Whether what is kept outlasts the program. Raises AccountError where the vault does not answer now."""
        return self._open().lasting

    def look_again(self) -> None:
        """Look for a lasting vault anew where there was none. Raises AccountError."""
        self._open(again=True)

    def require_lasting(self) -> None:
        """For a program that ends at once. Raises AccountError where a sign-in would not outlast it."""
        if not self._open(again=True).lasting:
            raise AccountError(
                "There is nowhere to keep the sign-in",
                self.why_not_lasting,
                hint="Set up the system's keyring, or name a file for it with COACHVISION_TOKEN_FILE.",
            )

    def _open(self, *, again: bool = False) -> Vault:
        with self._lock:
            if self._vault is None or (again and not self._vault.lasting):
                self._vault = self._find(self._vault)
            return self._vault

    def _find(self, before: Vault | None) -> Vault:
        named = self._environment.get("COACHVISION_TOKEN_FILE") or self._setting("token_file")
        vault: FileVault | KeyringVault = FileVault(Path(named)) if named else self._ring
        try:
            vault.probe()
        except AccountError as error:
            # A file that was named and cannot be used is a mistake to mend. And whoever signed in with a keyring that
            # does not answer now is not the guest: it is asked again next time.
            if named or identities.read(self._config) is not None:
                raise
            self.why_not_lasting = error.message
            return before or MemoryVault()
        self.why_not_lasting = ""
        return vault

    def _setting(self, name: str) -> str:
        cloud = tomlfile.read(self._config / "settings.toml").get("cloud")
        return str(cloud.get(name, "")) if isinstance(cloud, Mapping) else ""


def _key(name: str, service: Service | None) -> str:
    return name if service is None else f"{name} {service.url}"
