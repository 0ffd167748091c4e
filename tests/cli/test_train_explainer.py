"""The command ``train explainer``."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from emotion_core.cli.main import app, main
from emotion_core.training.explainer.run import _check_folder
from emotion_core.training.runs.folders import read_run
from tests.emotions.model_folders import make_vit
from tests.training.sets import label_zip, picture, write_zip


def _arguments(data: Path, folder: Path) -> list[str]:
    small = ["--backbone", "mobilenet_v3_large", "--size", "32", "--batch", "4", "--epochs", "1"]
    model = ["--model", str(make_vit(folder / "vit"))]
    return ["train", "explainer", "--data", str(data), "--out", str(folder / "run"), *model, *small]


def test_the_command_is_tried_out_and_leaves_room_for_the_run_itself(tmp_path: Path) -> None:
    data = label_zip(tmp_path / "set.zip", 15)
    arguments = [*_arguments(data, tmp_path), "--limit", "8", "--fast-dev-run"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    assert (tmp_path / "run" / "model" / "model.safetensors").exists()
    _check_folder(tmp_path / "run", resume=False)
    run = read_run(tmp_path / "run")  # and says what it was started with
    assert run.origin is not None
    assert (run.origin.data, run.origin.limit) == ((str(data),), 8)
    assert run.origin.model == str(tmp_path / "vit")


def test_bounds_of_the_area_that_cross_are_refused_at_once(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, [*_arguments(tmp_path, tmp_path), "--area-min", "0.5"])
    assert result.exit_code == 2
    assert "--area-min" in result.output


@pytest.mark.parametrize("kind", ["no classes", "one picture"])
def test_a_set_that_is_none_ends_with_one_sentence_and_code_2(
    tmp_path: Path,
    kind: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    data = tmp_path / "set.zip"
    if kind == "no classes":
        data = tmp_path / "folder"
        data.mkdir()
        (data / "a.png").write_bytes(picture())
    else:
        write_zip(data, {"train/happy/0.png": picture(), "val/happy/1.png": picture()})
    monkeypatch.setattr(sys, "argv", ["emotion_core", *_arguments(data, tmp_path)])
    with pytest.raises(SystemExit) as end:
        main()
    error = capsys.readouterr().err.strip()
    assert end.value.code == 2
    assert error.startswith("Error: ") and len(error.splitlines()) == 1
    assert not (tmp_path / "run").exists()
