"""What a model folder says of itself, without loading it."""

from __future__ import annotations

from pathlib import Path

import pytest
from transformers import AutoModelForImageClassification

from emotion_core.emotions.cards import CardPart, read_card, read_model_summary
from emotion_core.emotions.measured import read_figures
from emotion_core.emotions.registry import (
    REFERENCE_MODEL,
    find_model,
    hash_weights,
    identify_folder,
    identify_model,
    short_name,
)
from emotion_core.errors import ModelError
from emotion_core.settings import load_settings
from tests.emotions.model_folders import make_model, make_vit


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("models") / "my model")


def _card(folder: Path, text: str) -> list[CardPart]:
    (folder / "README.md").write_text(text, encoding="utf-8")
    return read_card(folder)


def test_a_card_is_text_with_its_pictures_in_their_places(model: Path) -> None:
    before, picture, after = read_card(model)
    assert before.text.startswith("### A model of my own") and "license" not in before.text
    assert before.text.endswith("#### How sure it is")
    assert picture == CardPart("calibration of the shares", (model / "calibration.svg").resolve())
    assert "# not a heading ![not an image](calibration.svg)" in after.text


def test_links_to_files_become_words_and_links_to_the_web_stay(tmp_path: Path) -> None:
    (part,) = _card(tmp_path, "See [the code](../cli.py) and [the paper](https://example.org/a).")
    assert part.text == "See the code and [the paper](https://example.org/a)."


@pytest.mark.parametrize("path", ["../secret.png", "/etc/hostname.png", "gone.png", "notes.txt"])
def test_a_picture_that_is_not_in_the_folder_is_not_shown(tmp_path: Path, path: str) -> None:
    (tmp_path / "secret.png").write_bytes(b"picture")
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "notes.txt").write_text("no picture")
    assert _card(folder, f"Look: ![words]({path})") == [CardPart("Look: words")]


def test_a_picture_on_the_web_is_a_link_and_is_not_fetched(tmp_path: Path) -> None:
    (part,) = _card(tmp_path, "![words](https://example.org/a.png)")
    assert part == CardPart("[words](https://example.org/a.png)")


def test_a_folder_without_a_card_has_none_and_a_broken_one_is_reported(tmp_path: Path) -> None:
    assert read_card(tmp_path) == []
    (tmp_path / "README.md").write_bytes(b"\xff\xfe\xfa")
    with pytest.raises(ModelError, match="cannot be read as text"):
        read_card(tmp_path)


def test_facts_are_those_of_the_loaded_network(model: Path) -> None:
    network = AutoModelForImageClassification.from_pretrained(model)
    facts = read_model_summary(model)
    assert facts.parameters == sum(p.numel() for p in network.parameters())
    assert facts.input_size == 32
    assert facts.size == sum(path.stat().st_size for path in model.iterdir())


@pytest.mark.parametrize(
    ("name", "side", "parameters"), [("eme-lite2", 112, 4.9e6), ("eme-vit", 96, 5.4e6)]
)
def test_a_model_that_ships_tells_its_facts(name: str, side: int, parameters: float) -> None:
    facts = read_model_summary(load_settings().models_dir / name)
    assert facts.input_size == side and facts.parameters == pytest.approx(parameters, rel=0.05)


@pytest.mark.parametrize("name", ["eme-lite2", "eme-vit"])
def test_a_model_that_ships_was_measured_with_these_weights_and_says_what_it_is_for(
    name: str,
) -> None:
    folder = load_settings().models_dir / name
    figures = read_figures(folder)
    assert figures is not None and figures.measured is not None
    assert figures.measured.fingerprint == hash_weights(folder)
    parts = read_card(folder)
    assert "For research and education only" in parts[0].text[:100]
    pictures = [part.picture for part in parts if part.picture is not None]
    assert [path.name for path in pictures] == ["calibration.svg"] and pictures[0].is_file()


def test_facts_that_are_not_known_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"no")
    (tmp_path / "config.json").write_text("[]")
    facts = read_model_summary(tmp_path)
    assert facts.parameters is None and facts.input_size is None


def test_a_folder_is_named_as_a_user_writes_it(model: Path) -> None:
    identity = identify_folder(f' "{model}" ', model.parent / "shipped")
    assert identity.name == str(model.resolve()) and short_name(identity.name) == "my model"
    assert find_model(identity.name, model.parent) == model.resolve()
    # a shipped one keeps its short name however it was reached
    assert identify_folder(str(model), model.parent).name == "my model"


@pytest.mark.parametrize("path", ["/no/such/folder", "~nobody/x", "a/b", "\0", "x" * 5000])
def test_a_path_that_leads_nowhere_is_reported_in_one_line(tmp_path: Path, path: str) -> None:
    with pytest.raises(ModelError) as caught:
        identify_folder(path, tmp_path)
    assert "\n" not in str(caught.value)


def test_a_name_that_no_hub_can_have_is_reported(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="neither a folder nor a name"):
        identify_model("my models/the best", tmp_path)


def test_new_weights_in_the_same_folder_are_seen(tmp_path: Path) -> None:
    folder = make_vit(tmp_path / "vit")
    before = identify_model(str(folder), tmp_path)
    make_vit(folder, size=40)
    assert identify_model(str(folder), tmp_path) != before


def test_the_reference_is_nowhere_before_it_was_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    assert find_model(REFERENCE_MODEL, tmp_path) is None
