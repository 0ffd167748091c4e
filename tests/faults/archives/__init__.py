"""Archives of a library that are damaged or lie; each is made from a sound one by its number."""

from __future__ import annotations

from dataclasses import dataclass

from tests.faults.archives import containers, manifests, readings, said_lines, tables
from tests.faults.archives.packing import Write, pack


@dataclass(frozen=True)
class ArchiveCase:
    """An archive to be.

    Attributes:
        name: says what is wrong with it.
        write: packs it at a path, from the files of a sound one; it is also given a clip of this
            machine that is in no library.
    """

    name: str
    write: Write


def cases() -> list[ArchiveCase]:
    """All of them, in an order that never changes."""
    found = [ArchiveCase("a sound one", lambda members, path, _: pack(members, path))]
    for module in (manifests, tables, readings, said_lines, containers):
        found += [ArchiveCase(name, write) for name, write in module.cases().items()]
    return found
