"""File systems for tests, which count what they are asked and fail where a test wants it."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path
from typing import Any, ClassVar

import fsspec
from fsspec.implementations.local import LocalFileSystem


class Disk(LocalFileSystem):  # type: ignore[misc]
    """Files and folders, as on a mounted disk.

    Attributes:
        calls: how often each method was asked.
        failing: what methods raise.
    """

    protocol = "disk"
    calls: ClassVar[Counter[str]] = Counter()
    failing: ClassVar[dict[str, Exception]] = {}

    def __init__(self) -> None:
        """As that of SFTP, which gives options that it does not know to its client."""
        super().__init__()

    def _count(self, name: str) -> None:
        Disk.calls[name] += 1
        if name in Disk.failing:
            raise Disk.failing[name]

    def ls(self, path: str, detail: bool = False, **_: Any) -> Any:
        self._count("list")
        return super().ls(path, detail)

    def _open(self, path: str, mode: str = "rb", block_size: Any = None, **named: Any) -> Any:
        self._count("open")
        return super()._open(path, mode, block_size, **named)

    def put_file(self, path1: str, path2: str, **_: Any) -> None:
        self._count("put")
        shutil.copyfile(path1, self._strip_protocol(path2))

    def cp_file(self, path1: str, path2: str, **_: Any) -> None:
        self._count("copy")
        shutil.copyfile(path1, path2)

    def rm_file(self, path: str) -> None:
        self._count("remove")
        super().rm_file(path)


class Bucket(Disk):
    """Object storage: names without folders, listed by their beginning, written whole."""

    protocol = "bucket"

    def __init__(self, *, use_listings_cache: bool) -> None:
        super().__init__()
        assert not use_listings_cache

    def find(self, path: str, prefix: str = "", detail: bool = False, **_: Any) -> Any:
        self._count("list")
        if not Path(path[: path.index("/kept") + 5]).is_dir():
            raise FileNotFoundError("The specified bucket does not exist")
        found = {str(one): self.info(str(one)) for one in Path(path).glob(f"{prefix}*")}
        return found if detail else list(found)

    def put_file(self, path1: str, path2: str, **_: Any) -> None:
        self._count("put")
        Path(path2).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path1, path2)

    def cp_file(self, path1: str, path2: str, **_: Any) -> None:
        self._count("copy")
        Path(path2).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path1, path2)


fsspec.register_implementation("disk", Disk, clobber=True)
fsspec.register_implementation("bucket", Bucket, clobber=True)
