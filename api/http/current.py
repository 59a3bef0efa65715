"""What the request at hand works with: the ledger, its headers, and the token that came with it."""

from collections.abc import Callable
from functools import cache, wraps
from typing import Any, TypeVar

from flask import current_app, g, request

from api.http.problems import ProblemError
from ledger.service import Ledger
from ledger.settings import Settings
from ledger.store.tokens import Token

F = TypeVar("F", bound=Callable[..., Any])
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="retorsion"'}


def ledger() -> Ledger:
    """The ledger that this application serves."""
    found: Ledger = current_app.extensions["retorsion"]
    return found


def settings() -> Settings:
    """The settings that this application was made with."""
    found: Settings = current_app.config["RETORSION"]
    return found


def header(name: str) -> str | None:
    """The request's header of that name. To Werkzeug each that did not come is an error, to be raised and caught."""
    found: str | None = request.environ.get(_variable(name))
    return found


@cache
def _variable(name: str) -> str:
    """What WSGI calls a header."""
    return f"HTTP_{name.upper().replace('-', '_')}"


def requires(scope: str) -> Callable[[F], F]:
    """The view needs a token with `scope`: 401 without a valid one, 403 with too narrow a one."""

    def decorate(view: F) -> F:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            require(scope)
            return view(*args, **kwargs)

        return guarded  # type: ignore[return-value]

    return decorate


def require(scope: str) -> None:
    """Raise unless the request came with a token that may do what needs `scope`."""
    kind, _, secret = (header("Authorization") or "").partition(" ")
    if kind.lower() != "bearer" or not secret.strip():
        detail = f"send `Authorization: Bearer TOKEN` with a token of scope {scope}: `retorsion token create` makes one"
        raise ProblemError(401, "unauthorized", detail, headers=_CHALLENGE)
    token = ledger().token_of(secret.strip())
    if token is None:
        raise ProblemError(401, "unauthorized", "this token is not known, or was revoked", headers=_CHALLENGE)
    if not token.may(scope):
        raise ProblemError(403, "forbidden", f"token {token.name} has scope {token.scope}, and this needs {scope}")
    g.token = token


def require_reading() -> None:
    """Raise where reading needs a token and none came that may read."""
    if not settings().public_reads:
        require("read")


def current_token() -> Token:
    """The token that came with the request."""
    token: Token = g.token
    return token
