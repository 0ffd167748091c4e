"""Loading a classifier."""

from __future__ import annotations

import subprocess
import sys

_TWO_AT_ONCE = """
from threading import Thread
from emotion_core.emotions.registry import load_pretrained
from emotion_core.settings import load_settings

settings = load_settings()

def load():
    load_pretrained(settings.model, settings.models_dir)
    print("loaded", flush=True)

threads = [Thread(target=load) for _ in range(3)]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""


def test_several_threads_may_load_a_model_first_at_the_same_time() -> None:
    # in a process where nothing has imported what it is made with
    done = subprocess.run(
        [sys.executable, "-c", _TWO_AT_ONCE], capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == 3 * ["loaded"], done.stderr[-2000:]
