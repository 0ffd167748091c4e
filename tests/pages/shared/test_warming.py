"""What the server does before anybody asks for it."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from emotion_core.explanation.methods.mask_explainer import MaskExplainer
from pages.shared import services, warming
from pages.shared.faces import masks

ROOT = Path(__file__).resolve().parents[3]


def test_what_is_imported_before_the_first_page_is_no_page_and_needs_no_torch() -> None:
    names = list(warming._modules())
    assert "pages.scene.characters" in names
    assert not [name for name in names if name.endswith((".page", ".server"))]
    heavy = "{'torch', 'transformers', 'scipy'} & set(sys.modules)"
    script = (
        "import importlib, sys; from pages.shared import warming;"
        "[importlib.import_module(name) for name in warming._modules()"
        " if not warming._computes(name)];"
        f"assert not {heavy}, {heavy}"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_models_are_loaded_once_a_page_stands_and_not_before(
    monkeypatch: pytest.MonkeyPatch, own_data: Path
) -> None:
    loaded = threading.Event()
    monkeypatch.setattr(warming, "_shown", threading.Event())
    monkeypatch.setattr(warming, "_CALM", 0)
    monkeypatch.setattr(services, "load_models", loaded.set)
    warming.warm_up()
    assert not loaded.wait(0.5)
    warming.page_shown()
    assert loaded.wait(60)


def test_models_wait_until_nobody_goes_on_to_another_page(
    monkeypatch: pytest.MonkeyPatch, own_data: Path
) -> None:
    loaded = threading.Event()
    monkeypatch.setattr(warming, "_shown", threading.Event())
    monkeypatch.setattr(warming, "_CALM", 1.0)
    monkeypatch.setattr(services, "load_models", loaded.set)
    warming.warm_up()
    for _ in range(6):
        warming.page_shown()
        assert not loaded.wait(0.4)
    assert loaded.wait(60)


def test_a_model_that_is_not_on_this_machine_is_not_fetched_beforehand(
    monkeypatch: pytest.MonkeyPatch, own_data: Path
) -> None:
    monkeypatch.setattr(services, "last_model", lambda: "somebody/far-away")
    monkeypatch.setattr(services, "identify_model", lambda *_: None)
    monkeypatch.setattr(services, "exact_classifier", lambda _: pytest.fail("it was loaded"))
    assert services.load_models() is None


def test_what_explains_the_model_is_loaded_with_it(
    monkeypatch: pytest.MonkeyPatch, own_data: Path
) -> None:
    warming._load()
    name = services.settings().model
    monkeypatch.setattr(MaskExplainer, "load", lambda *_: pytest.fail("loaded again"))
    monkeypatch.setattr(masks, "methods_for", lambda *_: pytest.fail("tried again"))
    classifier = services.exact_classifier(name)
    method = masks.load_method(classifier, masks.method_names(classifier)[0])
    assert isinstance(method, MaskExplainer)
