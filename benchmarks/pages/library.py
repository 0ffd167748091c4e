"""How long the page Library takes, and how often it asks, in a small and in a large library.

    python -m benchmarks.pages.library

Builds two libraries in a temporary folder, one of 10 films and one of 500 with ten scenes each,
all with strips of pictures and 40 lines a scene, and prints the script time of the page for a first
look, searches, filters and orders. A row is the median of some runs in one process, so that the two
libraries can be compared with each other; the last column is the number of queries that are not
about jobs, which must not differ.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import threading
import time
from collections.abc import Callable

import numpy as np
from PIL import Image
from sqlalchemy import event, select
from streamlit.testing.v1 import AppTest

from emotion_core.library.database.engine import Database
from emotion_core.library.database.tables import Scene
from emotion_core.library.queries.filters import Order
from emotion_core.library.thumbnails import TILE_HEIGHT, TILE_WIDTH, TILES, thumbnails_path
from pages.shared import services
from tests.library.shelves import fill, say
from tests.pages.opening import at_page

FILMS = (10, 500)
RUNS = 5
Action = Callable[[AppTest], object]
ACTIONS: dict[str, Action] = {
    "open": lambda app: app,
    "search": lambda app: app.text_input(key="library-search").set_value("letter rain"),
    "search a line": lambda app: app.text_input(key="library-search").set_value("sixteen go"),
    "filter by tag": lambda app: app.selectbox(key="library-tag").set_value("rain"),
    "filter by emotion": lambda app: app.selectbox(key="library-emotion").set_value("sad"),
    "filter by country": lambda app: app.selectbox(key="library-country").set_value("Philippines"),
    "order by newest": lambda app: _order(app, Order.NEWEST),
    "order by length": lambda app: _order(app, Order.LENGTH),
    "line and film": lambda app: app.text_input(key="library-search").set_value("film sixteen"),
    "all at once": lambda app: [ACTIONS[name](app) for name in list(ACTIONS)[2:7]],
}


def main() -> None:
    print(f"{'films':>6} {'scenes':>7}  {'what is done':<18} {'seconds':>8} {'queries':>8}")
    for films in FILMS:
        with tempfile.TemporaryDirectory() as folder:
            os.environ["EME_DATA_DIR"] = folder
            os.environ.pop("EME_DATABASE_URL", None)
            services.server_settings.cache_clear()
            library = services.library()
            fill(library, films)
            _draw_strips(library)
            _write_lines(library)
            for name, action in ACTIONS.items():
                seconds, queries = measure(library, action)
                print(f"{films:>6} {films * 10:>7}  {name:<18} {seconds:>8.3f} {queries:>8}")
            library.close()


def _write_lines(library: Database) -> None:
    """Forty lines a scene; one in a hundred scenes has a line with "sixteen" and "go" in it."""
    with library.writing() as session:
        for scene in session.scalars(select(Scene.id)).all():
            said = [f"The word {place} of {scene} is spoken here, going on" for place in range(40)]
            said[-1] += " to sixteen" if scene % 100 == 0 else ""
            say(session, scene, [("ANA", text) for text in said])


def measure(library: Database, action: Action) -> tuple[float, int]:
    """Median script time in seconds, and the largest number of queries."""
    # the page of a scene would look for the files of each, which there are none of
    app = at_page("library", 120).run()
    action(app)
    sent: list[str] = []

    def note(_connection, _cursor, statement, *_):  # type: ignore[no-untyped-def]
        # who has jobs done asks as well, in another thread, and how often a page asks about jobs
        # changes with what runs
        if "scriptThread" in threading.current_thread().name and "FROM jobs" not in statement:
            sent.append(statement)

    event.listen(library.engine, "before_cursor_execute", note)
    seconds, queries = [], []
    for _ in range(RUNS):
        sent.clear()
        began = time.perf_counter()
        app.run()
        seconds.append(time.perf_counter() - began)
        queries.append(len([one for one in sent if not one.startswith("BEGIN")]))
    event.remove(library.engine, "before_cursor_execute", note)
    if app.exception:
        raise RuntimeError(app.exception[0].value)
    return statistics.median(seconds), max(queries)


def _order(app: AppTest, order: Order) -> object:
    return next(box for box in app.selectbox if box.label == "Sort by").set_value(order)


def _draw_strips(library: Database) -> None:
    """A strip for each scene, as large as a real one."""
    folder = services.settings().thumbnails_dir
    folder.mkdir(parents=True)
    noise = np.random.default_rng(0).integers(
        0, 255, (TILE_HEIGHT // 8, TILES * TILE_WIDTH // 8, 3)
    )
    picture = Image.fromarray(noise.astype(np.uint8)).resize((TILES * TILE_WIDTH, TILE_HEIGHT))
    picture.save(folder / "first.webp", "WEBP", quality=80)
    with library.reading() as session:
        for sha in session.scalars(select(Scene.clip_sha256)):
            thumbnails_path(folder, sha).hardlink_to(folder / "first.webp")


if __name__ == "__main__":
    main()
