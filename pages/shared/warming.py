"""What the server does before anybody asks for it: imports, and models once a page was shown.

A page waits for what it needs, wherever that stands: the first to ask imports or loads, and whoever
comes meanwhile waits for the same.
"""

from __future__ import annotations

import gc
import importlib
import pkgutil
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress

import pages
from emotion_core.errors import EmotionCoreError

_shown = threading.Event()
_last_run = [0.0]  # when a page was last run
# Seconds without a page being run, after which the processor is taken to be free: what a page
# shows has been fetched, and whoever looks at it does not go on to the next.
_CALM = 4.0
# Of the pages, in the order in which they are likely asked for.
_ORDER = ("shared", "players", "scene", "library", "progression", "compare")
# The one that computes before it shows anything, and so imports what computes.
_COMPUTES = "attributions"
# What is imported where it is needed first: for beats, distances, drawings, colours and tables.
_COMPUTING = (
    "ruptures", "scipy.cluster.hierarchy", "plotly.graph_objects", "plotly.tools",
    "matplotlib", "pyarrow.parquet",
)  # fmt: skip


def warm_up() -> None:
    """Begin, in a thread that ends with the process."""
    threading.Thread(target=_warm_up, name="warming", daemon=True).start()


def page_shown() -> None:
    """A page stands: once nobody asks for another, the processor is free for what comes next."""
    _last_run[0] = time.monotonic()
    _shown.set()


def _warm_up() -> None:
    from pages.shared.users.visitor import as_the_server

    with as_the_server():
        _warm()


def _warm() -> None:
    from pages.shared import services

    _import(name for name in _modules() if not _computes(name))
    with suppress(EmotionCoreError):  # the page says what is wrong with it
        services.library()
        services.dispatcher().start()  # what was open when Eme was closed goes on
    _shown.wait()
    while (left := _last_run[0] + _CALM - time.monotonic()) > 0:
        time.sleep(left)
    _import((*_COMPUTING, *filter(_computes, _modules())))
    with suppress(EmotionCoreError):
        _load()
    # What is there by now stays, and is much: going through all of it for garbage would hold up
    # whichever page brings that about by half a second.
    gc.collect()
    gc.freeze()


def _load() -> None:
    from pages.shared import services
    from pages.shared.faces import masks

    classifier = services.load_models()
    if classifier is not None:
        masks.prepare(classifier)


def import_pages() -> None:
    """Import all that is imported before or after a page is shown."""
    _import((*_modules(), *_COMPUTING))


def _import(names: Iterable[str]) -> None:
    for name in names:
        importlib.import_module(name)


def _computes(name: str) -> bool:
    return name.split(".")[1] == _COMPUTES


def _modules() -> Iterator[str]:
    """What pages are made of, without the scripts: a script runs when it is imported."""
    found = [info.name for info in pkgutil.walk_packages(pages.__path__, "pages.")]
    place = {name: number for number, name in enumerate(_ORDER)}
    for name in sorted(found, key=lambda name: place.get(name.split(".")[1], len(place))):
        if name.rsplit(".", 1)[-1] not in ("page", "server"):
            yield name
