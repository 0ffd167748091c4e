"""How long a fresh server computes before it shows a page with the sample scene.

    python -m benchmarks.first_page [--against CHECKOUT] [--rounds 3]

Each look at a page is a process of its own. A row gives the median processor seconds of a page,
and with another checkout, such as one of an earlier version, those of both in turns and their
ratio.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGES = (
    "scene",
    "library",
    "attributions",
    "progression",
    "compare",
    "practice",
    "models",
    "training",
)
LOOK = """
import sys
from tests.pages.opening import at_page
app = at_page(sys.argv[1]).run()
assert not app.exception, app.exception
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--against", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    checkouts = [ROOT, *([arguments.against] if arguments.against else [])]
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "EME_DATA_DIR": folder}
        sample = [sys.executable, "-m", "emotion_core", "sample"]
        subprocess.run(sample, cwd=ROOT, env=environment, check=True, capture_output=True)
        names = "".join(f"{name:>10}" for name in ("this", "other", "ratio"))
        print(f"{'page':<14}{names}" if arguments.against else f"{'page':<14}{'this':>10}")
        for page in PAGES:
            taken: list[list[float]] = [[] for _ in checkouts]
            for _ in range(arguments.rounds):
                for seconds, checkout in zip(taken, checkouts, strict=True):
                    seconds.append(look(page, checkout, environment))
            medians = [statistics.median(seconds) for seconds in taken]
            ratio = [f"{medians[1] / medians[0]:>10.1f}"] if len(medians) == 2 else []
            print(f"{page:<14}", *(f"{one:>9.2f}" for one in medians), *ratio, flush=True)


def look(page: str, checkout: Path, environment: dict[str, str]) -> float:
    """Processor seconds of a process that shows a page once."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-c", LOOK, page]
    subprocess.run(command, cwd=checkout, env=environment, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
