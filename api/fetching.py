"""Asking a server that may be slow, broken or hostile: the whole exchange has a time, and the answer a length."""

import asyncio
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeVar

import httpx

T = TypeVar("T")
EXCHANGE_SECONDS = 20.0
"""For one request, from the look-up of the name to the last byte of the answer."""
MOST_REDIRECTS = 5
_REDIRECTS = {301, 302, 303, 307, 308}
_HEADERS = {"User-Agent": "retorsion", "Accept-Encoding": "identity"}


class NoAnswer(Exception):
    """Nobody answered, or not all in time. The text says what happened, as the second half of a sentence."""


class BadAddress(ValueError):
    """No request can be sent to that URL."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, whatever its status. The body is as it came, not decompressed."""

    status: int
    media_type: str
    """Without its parameters, in lowercase; "" where none was given."""
    body: bytes

    def said(self) -> str:
        """The status, and the beginning of the body in one line, for people."""
        text = " ".join(self.body[:200].decode("utf-8", "replace").split())
        return f"{self.status}: {text}" if text else str(self.status)


def answer_of(
    url: str,
    *,
    limit_bytes: int,
    parameters: Mapping[str, int] | None = None,
    posted: bytes | None = None,
    seconds: float = EXCHANGE_SECONDS,
) -> Answer:
    """The answer to a GET of `url` with those query parameters, or to a POST of `posted`. Redirects are not followed.

    Raises NoAnswer where there is none within `seconds`, or one of more than `limit_bytes`; BadAddress.
    """
    return _run(_answer(_address_of(url), limit_bytes, parameters, posted, seconds), seconds)


def _run(exchange: Coroutine[object, object, T], seconds: float) -> T:
    """What an exchange gives. Raises NoAnswer where it does not end within `seconds`.

    httpx alone has a timeout for each read: a server that sends a byte now and then would never reach it.
    """
    try:
        return asyncio.run(asyncio.wait_for(exchange, seconds))
    except TimeoutError:
        raise NoAnswer(f"it has not answered in full after {seconds:g} seconds") from None
    except httpx.HTTPError as error:
        raise NoAnswer(f"it does not answer: {str(error) or type(error).__name__}") from None


@dataclass(frozen=True, slots=True)
class Version:
    """By what a server tells whether it offers the same still (RFC 9110, 8.8): its validators, as it gave them."""

    etag: str | None = None
    last_modified: str | None = None

    def conditions(self) -> dict[str, str]:
        """The headers of a request for anything else."""
        given = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in given.items() if value}


def download(url: str, to: Path, *, since: Version, limit_bytes: int, seconds: float) -> Version | None:
    """Write what is at `url` to the file `to`; its version, or None, and nothing is written, where it is `since` still.

    Up to MOST_REDIRECTS redirects are followed, but never from https to http. Raises NoAnswer where there is not all of
    it within `seconds`, or more than `limit_bytes`; BadAddress. Then what is in `to` is of no use.
    """
    address = _address_of(url)
    with to.open("wb") as file:
        return _run(_download(address, file, since, limit_bytes, seconds), seconds)


async def _download(
    address: httpx.URL, file: BinaryIO, since: Version, limit_bytes: int, seconds: float
) -> Version | None:
    headers = _HEADERS | since.conditions()
    async with httpx.AsyncClient(timeout=seconds, headers=headers) as client:
        for _ in range(MOST_REDIRECTS + 1):
            answer = await client.send(client.build_request("GET", address), stream=True)
            try:
                if answer.status_code not in _REDIRECTS:
                    return await _kept(answer, file, since, limit_bytes)
            finally:
                await answer.aclose()
            address = _redirected(address, answer)
    raise NoAnswer(f"it redirects more than {MOST_REDIRECTS} times")


async def _kept(answer: httpx.Response, file: BinaryIO, since: Version, limit_bytes: int) -> Version | None:
    """Write the body of `answer`. What is shorter than its Content-Length raises an error of httpx."""
    if answer.status_code == 304 and since.conditions():
        return None
    if answer.status_code != 200:
        raise NoAnswer(f"it answers {answer.status_code} {answer.reason_phrase}".rstrip())
    if encoding := answer.headers.get("Content-Encoding", "").replace("identity", ""):
        raise NoAnswer(f"it sends it as {encoding}, which it was not asked for")
    size = 0
    async for part in answer.aiter_raw():
        size += len(part)
        if size > limit_bytes:
            raise NoAnswer(f"what it sends is longer than {limit_bytes} bytes")
        file.write(part)
    return Version(answer.headers.get("ETag"), answer.headers.get("Last-Modified"))


def _redirected(address: httpx.URL, answer: httpx.Response) -> httpx.URL:
    """Where `answer` leads to from `address`."""
    try:
        target = _address_of(str(address.join(answer.headers.get("Location", ""))))
    except (BadAddress, httpx.InvalidURL):
        raise NoAnswer("it redirects to what is no address") from None
    if address.scheme == "https" and target.scheme != "https":
        raise NoAnswer(f"it redirects from https to {target}, which is not encrypted")
    return target


def _address_of(url: str) -> httpx.URL:
    try:
        address = httpx.URL(url)
        if address.scheme not in {"http", "https"} or not address.host:
            raise ValueError("it has to begin with http:// or https:// and the name of a host")
        if address.port is not None and not 1 <= address.port <= 65535:
            raise ValueError(f"there is no port {address.port}")
    except (httpx.InvalidURL, ValueError) as error:
        raise BadAddress(f"{url!r} is no address: {error}") from None
    return address


async def _answer(
    address: httpx.URL, limit_bytes: int, parameters: Mapping[str, int] | None, posted: bytes | None, seconds: float
) -> Answer:
    async with httpx.AsyncClient(timeout=seconds, headers=_HEADERS) as client:
        request = client.build_request("GET" if posted is None else "POST", address, params=parameters, content=posted)
        answer = await client.send(request, stream=True)
        try:
            body = bytearray()
            async for part in answer.aiter_raw():
                body += part
                if len(body) > limit_bytes:
                    raise NoAnswer(f"its answer is longer than {limit_bytes} bytes")
        finally:
            await answer.aclose()
    media_type = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return Answer(answer.status_code, media_type, bytes(body))
