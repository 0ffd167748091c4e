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

done = []

def load():
    load_pretrained(settings.model, settings.models_dir)
    done.append("models")

def meet(name):
    importlib.import_module("emotion_core." + name)
    done.append(name)

NAMES = "faces.mtcnn", "faces.identity.network", "explanation.mask_network"
threads = [Thread(target=load) for _ in range(3)]
threads += [Thread(target=meet, args=(name,)) for name in NAMES]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(len(done))
"""


def test_several_threads_may_load_models_first_at_the_same_time() -> None:
    # in a process where nothing has imported what models are made with
    done = subprocess.run(
        [sys.executable, "-c", _AT_ONCE], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "6", done.stderr[-2000:]
