from __future__ import annotations

import pytest

from benchmarks.mesh import speed


def test_each_backbone_is_measured_at_each_size(capsys: pytest.CaptureFixture[str]) -> None:
    sizes = ["--sizes", "32", "64", "--rounds", "1", "--batch", "2"]
    speed.main(["--backbones", "mobilenetv3_small_050", *sizes])
    rows = [line.split() for line in capsys.readouterr().out.splitlines()[1:]]
    assert [row[:2] for row in rows] == [["mobilenetv3_small_050", size] for size in ("32", "64")]
    assert all(float(value) > 0 for row in rows for value in row[2:])
