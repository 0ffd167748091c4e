"""What the server does before anybody asks for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from pages.shared import warming

ROOT = Path(__file__).resolve().parents[3]


def test_what_is_imported_before_the_first_page_is_no_page_and_needs_no_torch() -> None:
    names = list(warming._modules())
    assert "pages.scene.characters" in names
    assert not [name for name in names if name.endswith((".page", ".server"))]
    heavy = "{'torch', 'transformers', 'scipy'} & set(sys.modules)"
    script = (
        "import importlib, sys; from pages.shared import warming;"
        "[importlib.import_module(name) for name in warming._modules()];"
        f"assert not {heavy}, {heavy}"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
