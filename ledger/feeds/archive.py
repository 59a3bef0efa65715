"""The archive: a copy of every file that was read, named by its SHA-256, which the sources of events name.

Where a reading has several files, there is one more: what `sha256sum` prints of them, named by its own SHA-256.
"""

import os
import shutil
from pathlib import Path

from ledger.audit.files import UNFINISHED, replace_file, sync_folder
from ledger.feeds.reading import BrokenList, File, Reading, file_at


class Archive:
    """A folder of files by their SHA-256; made when the first is kept."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path_of(self, sha256: str) -> Path:
        """Where the file with that hash is, or would be."""
        return self.folder / sha256

    def holds(self, sha256: str) -> bool:
        """Whether that file is here, and undamaged."""
        kept = self.path_of(sha256)
        return kept.is_file() and file_at(kept).sha256 == sha256

    def keep(self, file: Path) -> File:
        """Keep a copy of `file`, durably. Raises BrokenList where it cannot be read."""
        self.folder.mkdir(parents=True, exist_ok=True)
        found = file_at(file)
        if not self.holds(found.sha256):
            kept = self.path_of(found.sha256)
            unfinished = kept.with_name(f"{kept.name}.{os.getpid()}{UNFINISHED}")
            shutil.copyfile(file, unfinished)
            with unfinished.open("rb+") as copied:
                os.fsync(copied.fileno())
            unfinished.replace(kept)
            sync_folder(self.folder)
        return found

    def keep_reading(self, path: Path, reading: Reading) -> None:
        """Keep the files of a reading of `path`. Raises BrokenList where one is not as it was read."""
        for file in reading.files:
            if self.keep(path / file.name if path.is_dir() else path) != file:
                raise BrokenList(f"{file.name} was changed while it was read: import it again")
        if len(reading.files) > 1 and not self.holds(reading.sha256):
            replace_file(self.path_of(reading.sha256), reading.sums.encode())
