"""JavaScript of the players, run without a browser."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any

NODE = shutil.which("node")


def run_node(*arguments: str) -> Any:
    """What Node writes as JSON when it is called so."""
    done = subprocess.run(
        [str(NODE), *arguments], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
