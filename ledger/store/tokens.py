"""API tokens. Only the hash of a secret is stored."""

import secrets
from dataclasses import dataclass
from hashlib import sha256

from ledger.domain.values import is_slug
from ledger.errors import Refused
from ledger.store.session import Session
from ledger.store.tables import tokens

SCOPES = ("read", "append", "admin")
"""From the narrowest to the widest; each may do what those before it may."""


@dataclass(frozen=True, slots=True)
class Token:
    """Somebody who may call the API."""

    name: str
    scope: str
    created_at: int
    revoked_at: int | None

    def may(self, scope: str) -> bool:
        """Whether it may do what needs `scope`."""
        return SCOPES.index(self.scope) >= SCOPES.index(scope)


class TokenRefused(Refused):
    """A token that cannot be made or revoked."""


def create_token(session: Session, name: str, scope: str, now: int) -> str:
    """A new token's secret, which is told this once. Raises TokenRefused where the name or the scope cannot be."""
    if not is_slug(name):
        raise TokenRefused(f"the name {name!r} must be a slug, as sanctions-desk")
    if scope not in SCOPES:
        raise TokenRefused(f"the scope must be one of {', '.join(SCOPES)}")
    if session.row("SELECT 1 FROM tokens WHERE name = :name", name=name):
        raise TokenRefused(f"there is, or was, a token {name}: events say who recorded them, so choose a new name")
    secret = f"rt_{secrets.token_urlsafe(32)}"
    session.insert(tokens, [(name, scope, _hash(secret), now, None)])
    return secret


def token_of(session: Session, secret: str) -> Token | None:
    """The token with that secret, unless it was revoked."""
    row = session.row(
        "SELECT name, scope, created_at, revoked_at FROM tokens WHERE secret_hash = :hash AND revoked_at IS NULL",
        hash=_hash(secret),
    )
    return Token(*row) if row else None


def all_tokens(session: Session) -> list[Token]:
    """Every token there is or was, by name."""
    return [Token(*row) for row in session.rows("SELECT name, scope, created_at, revoked_at FROM tokens ORDER BY name")]


def revoke_token(session: Session, name: str, now: int) -> None:
    """From now on its secret is refused. Raises TokenRefused where there is no such token in use."""
    revoked = session.run(
        "UPDATE tokens SET revoked_at = :now WHERE name = :name AND revoked_at IS NULL", name=name, now=now
    )
    if not revoked:
        raise TokenRefused(f"there is no token {name} in use: `retorsion token list` shows those there are")


def _hash(secret: str) -> bytes:
    return sha256(secret.encode("utf-8", "surrogateescape")).digest()
