"""Who has signed in, where the app asks for that."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class User:
    """Somebody whom an OpenID provider has signed in.

    Attributes:
        issuer, subject: who it is, for ever (OpenID Connect Core 1.0, section 5.7: no other claim
            is a stable name of a user).
        email: empty where the provider says that it is not theirs.
        name: what to call them.
    """

    issuer: str
    subject: str
    email: str = ""
    name: str = ""

    @property
    def library(self) -> str:
        """Name of their own library, of 32 hexadecimal digits; says nothing of who they are."""
        return hashlib.sha256(f"{self.issuer}\n{self.subject}".encode()).hexdigest()[:32]


def is_listed(email: str, addresses: frozenset[str]) -> bool:
    """Whether an address is among some addresses and domains, as ``ana@x.org`` and ``@y.org``."""
    email = email.casefold()
    return bool(email) and (email in addresses or f"@{email.rpartition('@')[2]}" in addresses)
