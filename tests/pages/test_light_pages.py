"""What a fresh server loads before it shows a page: nobody looks at an empty one for long."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

from emotion_core.scene.store import AnalysisStore
from emotion_core.settings import load_settings
from tests.media.clips import make_clip
from tests.scene.scenes import make_scene

ROOT = Path(__file__).resolve().parents[2]
# Attributions computes a mask before it shows anything.
PAGES = ("library", "scene", "progression", "compare", "practice", "models", "training")
HEAVY = ("torch", "transformers", "timm", "captum", "lightning")
# AppTest looks through all installed packages for components, each time anew for half a second.
SCRIPT = """
import sys
from functools import cache
from streamlit.components.v2 import manifest_scanner
from tests.pages.opening import at_page
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)
for page in sys.argv[1].split():
    app = at_page(page).run()
    assert not app.exception, app.exception
    print(page, *(name for name in sys.argv[2].split() if name in sys.modules))
"""


def test_pages_show_stored_scenes_without_the_libraries_that_only_reading_needs(
    own_data: Path,
) -> None:
    clip = make_clip(own_data / "clip.mp4", n=100, size=(64, 36))
    AnalysisStore(load_settings().analyses_dir).save(make_scene(), clip)
    command = [sys.executable, "-c", SCRIPT, " ".join(PAGES), " ".join(HEAVY)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split("\n")[:-1] == list(PAGES)


def test_every_cache_of_a_page_has_a_bound() -> None:
    unbounded = []
    for path in (ROOT / "pages").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.FunctionDef):
                continue
            for mark in map(ast.unparse, node.decorator_list):
                if mark.startswith(("st.cache_data", "st.cache_resource")):
                    unbounded += [f"{path.name}:{node.name}"] * ("max_entries=" not in mark)
    assert unbounded == []
