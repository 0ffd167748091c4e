"""What the server does before anybody asks for it: it imports what pages are made of.

A page waits for what it needs, wherever that stands: the first to ask imports, and whoever comes
meanwhile waits for the same. What computes is not imported here, nor are models loaded:
transformers imports its modules as they are needed, and a clip that was opened meanwhile found them
half done.
"""

from __future__ import annotations

import importlib
import pkgutil
import threading
from collections.abc import Iterator
from contextlib import suppress

import pages
from emotion_core.errors import EmotionCoreError

# Of the pages, in the order in which they are likely asked for.
_ORDER = ("shared", "players", "scene", "library", "progression", "compare")
# The one that computes before it shows anything, and so imports what computes.
_COMPUTES = "attributions"


def warm_up() -> None:
    """Begin, in a thread that ends with the process."""
    threading.Thread(target=_warm_up, name="warming", daemon=True).start()


def _warm_up() -> None:
    from pages.shared import services

    for name in _modules():
        importlib.import_module(name)
    with suppress(EmotionCoreError):  # the page says what is wrong with it
        services.library()


def _modules() -> Iterator[str]:
    """What pages are made of that does not compute; a page's script runs when it is imported."""
    found = [info.name for info in pkgutil.walk_packages(pages.__path__, "pages.")]
    place = {name: number for number, name in enumerate(_ORDER)}
    for name in sorted(found, key=lambda name: place.get(name.split(".")[1], len(place))):
        if name.rsplit(".", 1)[-1] not in ("page", "server") and name.split(".")[1] != _COMPUTES:
            yield name
