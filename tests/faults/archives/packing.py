"""Writing archives, and what their faults share."""

from __future__ import annotations

import random
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

SEED = 20_260_612
HUGE, FAR = 1e300, 1e12
TEXT = random.Random(SEED).randbytes(1_500_000).hex()  # which does not shrink when it is packed
Members = dict[str, bytes]
Write = Callable[[Members, Path, Path], None]
Change = Callable[[dict[str, Any]], object]


def pack(members: Mapping[str, bytes], path: Path, method: int = zipfile.ZIP_DEFLATED) -> None:
    """Write a ZIP file."""
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
