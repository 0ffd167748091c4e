"""The form that starts the training of an explainer."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import Any

import streamlit as st

from emotion_core.emotions.registry import short_name
from emotion_core.errors import EmotionCoreError
from emotion_core.render.figures.curves import TERMS
from emotion_core.training.explainer.config import ExplainerConfig, LossWeights
from emotion_core.training.launching import run_folder, start_run
from emotion_core.training.runs.origin import RunOrigin
from pages.shared.active_model import active_model, known_models
from pages.shared.services import settings
from pages.shared.text import as_text

_BACKBONES = {
    "mobilenet_v3_large": "small, for a laptop (MobileNetV3)",
    "tf_efficientnet_lite2": "begins as eme-lite2 (EfficientNet)",
    "resnet50": "large, for a graphics card (ResNet-50)",
}
_TARGETS = {
    "classifier": "what the classifier reads in it",
    "labels": "its label in the data set",
}
_BACKGROUNDS = {
    "varied": "now this, now that",
    "zero": "always the same grey, as in the paper",
}
_SIZES = (64, 96, 112, 160, 224)
_MEANINGS = {curve.name: curve for curve in TERMS}


def start_form() -> Path | None:
    """Widgets for a new run.

    Returns:
        The folder of the run that was started just now.
    """
    with st.form("start-run"):
        values = _data_fields() | _network_fields() | _length_fields()
        with st.expander("What the masks are trained for: the weight of each term of the loss"):
            weights = _weight_fields()
        with st.expander("More settings"):
            values |= _more_fields()
        pressed = st.form_submit_button(
            "Start training", icon=":material/play_arrow:", type="primary"
        )
        st.caption(
            "It runs as a process of its own on this machine: you may close this page, or the "
            "browser, and come back later."
        )
    if not pressed:
        return None
    try:
        return _start(values, weights)
    except (EmotionCoreError, OSError) as error:
        st.error(as_text(str(error)), icon=":material/error:")
        return None


def _data_fields() -> dict[str, Any]:
    left, right = st.columns([3, 2])
    data = left.text_area(
        "Data sets, one path a line",
        placeholder="/home/me/faces.zip",
        height=92,
        key="run-data",
        help="A folder or a zip on this machine with pictures of faces in folders named after "
        "the seven emotions, such as train/happy and val/happy; FER2013 and FER+ are read too.",
    )
    # once, or the next minute would take the place of what was written
    st.session_state.setdefault("run-name", f"{datetime.now():%Y-%m-%d %H.%M}")
    name = right.text_input("Name of the run", key="run-name")
    return {"data": data, "name": name}


def _network_fields() -> dict[str, Any]:
    left, middle, right = st.columns([2, 2, 1])
    models = known_models()
    if active_model() not in models:
        models = [active_model(), *models]
    model = left.selectbox(
        "Classifier to explain",
        models,
        index=models.index(active_model()),
        format_func=short_name,
        key="run-model",
        help="It is only watched, and stays as it is.",
    )
    names, known = list(_BACKBONES), short_name(active_model()) == "eme-lite2"
    backbone = middle.selectbox(
        "Network that learns",
        names,
        # the network of the embedded classifier, where that is the one to explain
        index=names.index("tf_efficientnet_lite2") if known else 0,
        format_func=_BACKBONES.__getitem__,
        key="backbone",
        help="The one that begins as eme-lite2 knows the emotions from the start, where that is "
        "the classifier to explain.",
    )
    size = right.selectbox(
        "Picture side (px)",
        _SIZES,
        index=1,
        key="run-size",
        help="Larger pictures give finer masks and take longer.",
    )
    return {"model": model, "backbone": backbone, "size": size}


def _length_fields() -> dict[str, Any]:
    epochs, batch, limit, minutes = st.columns(4)
    return {
        "epochs": epochs.number_input(
            "Epochs, at most", 1, 1000, 20, key="run-epochs", help="Times through all pictures."
        ),
        "batch": batch.number_input(
            "Batch", 2, 512, 8, key="run-batch", help="Pictures looked at in one step."
        ),
        "limit": limit.number_input(
            "Pictures, at most",
            2,
            None,
            500,
            key="run-limit",
            help="Of each part of the data. Empty: all of them.",
        ),
        "minutes": minutes.number_input(
            "Minutes, at most",
            1.0,
            None,
            None,
            format="%.0f",
            placeholder="no limit",
            key="run-minutes",
            help="It ends within this time, in ever smaller steps.",
        ),
    }


def _weight_fields() -> dict[str, float]:
    """A number and a sentence a term; names as in LossWeights."""
    defaults = LossWeights()
    values: dict[str, float] = {}
    for name in (field.name for field in fields(LossWeights)):
        number, text = st.columns([1, 4], vertical_alignment="center")
        default = getattr(defaults, name)
        if name in _MEANINGS:
            label, said, most = _MEANINGS[name].title, _MEANINGS[name].meaning, None
        else:
            which = "least" if name == "area_min" else "most"
            label, most = f"Area, at {which}", 1.0
            said = f"Share of the picture that the mask may fill at {which}, from 0 to 1."
        values[name] = number.number_input(
            label, 0.0, most, default, step=0.05, key=f"weight-{name}", label_visibility="collapsed"
        )
        text.markdown(f"**{label}**: {said}")
    return values


def _more_fields() -> dict[str, Any]:
    defaults = ExplainerConfig()
    targets, background = st.columns(2)
    patience, rate = st.columns(2)
    values: dict[str, Any] = {
        "targets": targets.selectbox(
            "The mask of a picture is of", list(_TARGETS), format_func=_TARGETS.__getitem__
        ),
        "background": background.selectbox(
            "Behind the masks, while it learns, is",
            list(_BACKGROUNDS),
            format_func=_BACKGROUNDS.__getitem__,
            help="Before one and the same grey, the outline of a mask can itself be read as an "
            "expression, and the network learns to draw instead of to show.",
        ),
        "patience": patience.number_input(
            "Patience",
            1,
            None,
            defaults.patience,
            help="It ends early after so many epochs in a row without getting better.",
        ),
        "learning_rate": rate.number_input(
            "Learning rate, at its peak",
            1e-6,
            1.0,
            1e-3,
            step=1e-4,
            format="%.6f",
            help="How large the steps are in which the network changes.",
        ),
    }
    weights, seed, test = st.columns([2, 1, 2], vertical_alignment="bottom")
    written = weights.text_input(
        "Weights to begin with",
        placeholder="none: begin anew",
        help="Path of the folder of an explainer to go on from, or of a file with weights as "
        "torchvision or timm names them.",
    )
    values["weights"] = Path(written.strip()).expanduser().resolve() if written.strip() else None
    values["seed"] = seed.number_input(
        "Seed", 0, None, 0, help="The same number gives the same chance."
    )
    values["test"] = test.checkbox("Measure on the test pictures at the end", key="run-test")
    return values


def _start(values: dict[str, Any], weights: dict[str, float]) -> Path:
    if weights["area_min"] > weights["area_max"]:
        raise EmotionCoreError("The least area of the mask must not be larger than the most.")
    folder = run_folder(settings().runs_dir, values.pop("name"))
    paths = [Path(line.strip().strip("\"'")) for line in values.pop("data").splitlines()]
    origin = RunOrigin.of(
        "explainer",
        [path for path in paths if str(path) != "."],
        values.pop("model"),
        values.pop("limit"),
        values.pop("test"),
    )
    start_run(folder, ExplainerConfig(**values, loss=LossWeights(**weights)), origin)
    return folder
