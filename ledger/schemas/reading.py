"""Reading JSON strictly: RFC 8259 in UTF-8, no member twice, no number that is none, no depth without end."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any, NoReturn


class NotJSON(ValueError):
    """The text is not JSON as it is read here. The message says where and why."""


def json_in(body: bytes) -> Any:
    """The value that `body` is. Raises NotJSON."""
    try:
        return json.loads(body.decode("utf-8"), object_pairs_hook=_members, parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise NotJSON(f"not UTF-8 at byte {error.start}") from None
    except RecursionError:
        raise NotJSON("nested too deeply") from None
    except json.JSONDecodeError as error:
        raise NotJSON(f"not JSON at line {error.lineno}, column {error.colno}: {error.msg}") from None
    except NotJSON:
        raise
    except ValueError:
        raise NotJSON("a number has too many digits") from None


def lines_in(body: bytes) -> Iterator[Any]:
    """The values of NDJSON, one on a line; blank lines are passed over. Raises NotJSON, naming the line."""
    for number, line in enumerate(body.split(b"\n"), 1):
        if line.strip():
            try:
                yield json_in(line)
            except NotJSON as error:
                raise NotJSON(f"line {number}: {error}") from None


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        twice, _ = Counter(name for name, _ in pairs).most_common(1)[0]
        raise NotJSON(f"the member {twice!r} is given twice in one object")
    return members


def _no_constant(name: str) -> NoReturn:
    raise NotJSON(f"{name} is not JSON")
