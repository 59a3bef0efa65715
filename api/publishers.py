"""Published lists, fetched from their publishers: each file is kept, and only fetched again if it is another."""

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from api.fetching import BadAddress, NoAnswer, Version, download
from ledger.audit.files import replace_file
from ledger.errors import Refused
from ledger.feeds.archive import Archive
from ledger.feeds.reading import Feed
from ledger.settings import BadSetting, Settings

LARGEST_FILE = 256 * 1024 * 1024
"""In bytes. The largest list that is read here, the EU's, has a tenth of that."""
FILE_SECONDS = 300.0
"""How long one file may take."""


class NotFetched(Refused):
    """A list that its publisher does not give, or not whole."""


@dataclass(frozen=True, slots=True)
class Found:
    """Where a list is, as `Feed.read` takes it."""

    path: Path
    """Of one that was fetched: while the `with` lasts."""
    fetched_on: str | None = None
    """The day on which it was fetched, UTC: what it said on that day, where it states none itself."""
    is_unchanged: bool = False
    """Whether its publisher says that every file is what it was when it was fetched before."""


@contextmanager
def fetched(feed: Feed, settings: Settings, archive: Archive, *, seconds: float = FILE_SECONDS) -> Iterator[Found]:
    """The list of `feed`, from where the settings say, else from its publisher. Raises NotFetched, BadSetting.

    What was fetched before and has not changed is taken from the archive.
    """
    addresses = addresses_of(feed, settings)
    if not addresses:
        raise NotFetched(f"nobody offers {feed.name} for fetching: name a PATH, or its address in RETORSION_FEEDS")
    archive.folder.mkdir(parents=True, exist_ok=True)
    memory = archive.folder / f"{feed.name}.json"
    known = _remembered(memory)
    with tempfile.TemporaryDirectory(prefix=f"{feed.name}-", dir=archive.folder) as folder:
        found = {
            name: _fetch(address, Path(folder, name), known.get(name), archive, seconds)
            for name, address in addresses.items()
        }
        replace_file(memory, json.dumps({name: asdict(file) for name, file in found.items()}, indent=1).encode())
        path = Path(folder) if len(addresses) > 1 else Path(folder, *addresses)
        is_unchanged = all(known.get(name) == file for name, file in found.items())
        yield Found(path, datetime.now(UTC).date().isoformat(), is_unchanged)


def addresses_of(feed: Feed, settings: Settings) -> Mapping[str, str]:
    """The address of each file of the list, by its name. Raises BadSetting."""
    words = settings.feeds.split()
    if len(words) % 2:
        raise BadSetting("RETORSION_FEEDS must have the name of a feed and an address, in turn, for each list")
    address = dict(zip(words[::2], words[1::2], strict=True)).get(feed.name)
    if address is None:
        return feed.addresses
    if len(feed.addresses) > 1:
        return {name: f"{address.rstrip('/')}/{name}" for name in feed.addresses}
    return dict.fromkeys(feed.addresses, address)


@dataclass(frozen=True, slots=True)
class _Known:
    """A file as it was fetched last."""

    address: str
    sha256: str
    etag: str | None
    last_modified: str | None


def _remembered(memory: Path) -> dict[str, _Known]:
    try:
        return {name: _Known(**file) for name, file in json.loads(memory.read_bytes()).items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}  # then all is fetched again, which harms nobody


def _fetch(address: str, to: Path, known: _Known | None, archive: Archive, seconds: float) -> _Known:
    """Have the file at `address` at `to`."""
    is_kept = known is not None and known.address == address and archive.holds(known.sha256)
    since = Version(known.etag, known.last_modified) if known and is_kept else Version()
    try:
        version = download(address, to, since=since, limit_bytes=LARGEST_FILE, seconds=seconds)
    except (NoAnswer, BadAddress) as error:
        raise NotFetched(f"{address} was not fetched: {error}; try again, or name a PATH") from None
    if version is None:
        assert known, "without a version that is known there is always another"
        shutil.copyfile(archive.path_of(known.sha256), to)
        return known
    return _Known(address, archive.keep(to).sha256, version.etag, version.last_modified)
