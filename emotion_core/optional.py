"""What training and data sets need and the app itself does not."""

from __future__ import annotations

from importlib.util import find_spec

from emotion_core.errors import DatasetError


def need_packages(*packages: str) -> None:
    """Tell in a sentence when packages of the extra ``train`` are not installed.

    Raises:
        DatasetError: one is missing.
    """
    missing = [name for name in packages if find_spec(name) is None]
    if missing:
        raise DatasetError(
            f"This needs {' and '.join(missing)}: install Eme with its extra train, or in a "
            "checkout pip install -r requirements-train.txt."
        )
