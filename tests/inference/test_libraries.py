"""The libraries that networks are made with, where several threads ask for them first."""

from __future__ import annotations

import subprocess
import sys

_AT_ONCE = """
import importlib
from threading import Thread

from emotion_core.emotions.registry import load_pretrained
from emotion_core.settings import load_settings

settings = load_settings()

def load():
    load_pretrained(settings.model, settings.models_dir)
    print("done", flush=True)

def meet(name):
    importlib.import_module(name)
    print("done", flush=True)

NAMES = "faces.mtcnn", "faces.identity.network", "explanation.mask_network"
threads = [Thread(target=load) for _ in range(3)]
threads += [Thread(target=meet, args=("emotion_core." + name,)) for name in NAMES]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""


def test_several_threads_may_load_models_first_at_the_same_time() -> None:
    # in a process where nothing has imported what models are made with
    done = subprocess.run(
        [sys.executable, "-c", _AT_ONCE], capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == 6 * ["done"], done.stderr[-2000:]
