"""Pictures that are left out of a data set: how many for each reason, and which, for example."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

# Names that are given as examples of a reason.
_EXAMPLES = 3


class LeftOut(dict[str, int]):
    """Counts by reason, as JSON and tests see it; remembers a few names of each reason."""

    def __init__(self, counts: Mapping[str, int] | Iterable[tuple[str, int]] = ()) -> None:
        super().__init__(counts)
        self.examples: dict[str, list[str]] = {}

    @classmethod
    def of(cls, reasons: Mapping[str, str]) -> LeftOut:
        """From the reason of each name."""
        found = cls()
        for name, reason in reasons.items():
            found.add(reason, name)
        return found

    def add(self, reason: str, name: str) -> None:
        """One more picture."""
        self[reason] = self.get(reason, 0) + 1
        self._remember(reason, name)

    def merge(self, other: LeftOut) -> None:
        """Add those of another set."""
        for reason, count in other.items():
            self[reason] = self.get(reason, 0) + count
            for name in other.examples.get(reason, ()):
                self._remember(reason, name)

    def describe(self) -> str:
        """In words, the most frequent first: ``not an image 2 (sad/a.tif, sad/b.tif)``."""
        return ", ".join(
            f"{reason} {count}{self._named(reason, count)}"
            for reason, count in sorted(self.items(), key=lambda item: -item[1])
        )

    def _remember(self, reason: str, name: str) -> None:
        names = self.examples.setdefault(reason, [])
        if len(names) < _EXAMPLES:
            names.append(name)

    def _named(self, reason: str, count: int) -> str:
        names = self.examples.get(reason)
        return f" ({', '.join(names)}{', ...' * (count > len(names))})" if names else ""
