"""The form that starts the training of an explainer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import Any

import streamlit as st

from emotion_core.emotions.registry import short_name
from emotion_core.errors import EmotionCoreError
from emotion_core.jobs.kinds.training import FollowTraining
from emotion_core.library.queries.browsing import SceneEntry
from emotion_core.render.figures.curves import TERMS
from emotion_core.text import count_of
from emotion_core.training.explainer.config import ExplainerConfig, LossWeights
from emotion_core.training.launching import check_free, run_folder, start_run
from emotion_core.training.runs.origin import RunOrigin
from pages.shared.active_model import active_model, known_models
from pages.shared.services import settings, submit
from pages.shared.text import as_text
from pages.shared.users.visitor import visitor
from pages.training.own_faces import collect_faces, own_scenes

_BACKBONES = {
    "mobilenet_v3_large": "small, for a laptop (MobileNetV3)",
    "tf_efficientnet_lite2": "starts from eme-lite2 (EfficientNet)",
    "tf_efficientnet_lite2_plus": "the same with a finer grid (slower)",
    "resnet50": "large, for a graphics card (ResNet-50)",
}
_TARGETS = {
    "classifier": "what the classifier reads",
    "labels": "its label in the data set",
}
_BACKGROUNDS = {
    "varied": "varied",
    "zero": "always the same grey, as in the paper",
}
_SCENES, _SETS = "My scenes", "Data sets"
_FACES = 500  # of the user's scenes, where no limit is given
_SIZES = (64, 96, 112, 160, 224)
_MEANINGS = {curve.name: curve for curve in TERMS}


def start_form(last: Sequence[str]) -> Path | None:
    """Widgets for a new run.

    Args:
        last: data sets of the run before, offered again.

    Returns:
        The folder of the run that was started just now.
    """
    scenes = own_scenes()
    sources = [_SETS, _SCENES] if last or not scenes else [_SCENES, _SETS]
    if not visitor().is_local:
        sources = [_SCENES]  # data sets are named by their paths
    source = st.segmented_control(
        "Train on", sources, default=sources[0], required=True, key="run-source"
    )
    with st.form("start-run"):
        values = _data_fields(source == _SCENES, scenes, last)
        values |= _network_fields() | _length_fields()
        with st.expander("Training goals: the weight of each term of the loss"):
            weights = _weight_fields()
        with st.expander("More settings"):
            values |= _more_fields()
        pressed = st.form_submit_button(
            "Start training", icon=":material/play_arrow:", type="primary"
        )
        st.caption(
            "Training runs as its own process on this computer. You can close this page or the "
            "browser and come back later."
        )
    if not pressed:
        return None
    try:
        return _start(values, weights, scenes if source == _SCENES else None)
    except (EmotionCoreError, OSError) as error:
        st.error(as_text(str(error)), icon=":material/error:")
        return None


def _data_fields(own: bool, scenes: Sequence[SceneEntry], last: Sequence[str]) -> dict[str, Any]:
    left, right = st.columns([3, 2])
    data = ""
    if own:
        left.markdown(
            f"The faces of your {count_of(len(scenes), 'scene')}, spread over all characters; the "
            "last fifth of each is for validation. An explainer learns from how the classifier "
            "reads them, so they need no labels."
            if scenes
            else "You have no scenes yet. Add one on the page Scene analysis."
        )
    else:
        data = left.text_area(
            "Data sets, one path per line",
            "\n".join(last),
            placeholder="/home/me/faces.zip",
            height=92,
            key="run-data",
            help="A folder or zip on this computer with face images in folders named after the "
            "seven emotions, such as train/happy and val/happy. FER2013 and FER+ work too.",
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
        help="Training does not change it.",
    )
    names, known = list(_BACKBONES), short_name(active_model()) == "eme-lite2"
    backbone = middle.selectbox(
        "Network to train",
        names,
        # the network of the embedded classifier, where that is the one to explain
        index=names.index("tf_efficientnet_lite2") if known else 0,
        format_func=_BACKBONES.__getitem__,
        key="backbone",
        help="Those that start from eme-lite2 already know the emotions, if that is the "
        "classifier to explain.",
    )
    size = right.selectbox(
        "Image side (px)",
        _SIZES,
        index=1,
        key="run-size",
        help="Larger images give finer masks and take longer.",
    )
    return {"model": model, "backbone": backbone, "size": size}


def _length_fields() -> dict[str, Any]:
    epochs, batch, limit, minutes = st.columns(4)
    return {
        "epochs": epochs.number_input(
            "Maximum epochs",
            1,
            1000,
            20,
            key="run-epochs",
            help="An epoch is one pass through all images.",
        ),
        "batch": batch.number_input(
            "Batch size", 2, 512, 8, key="run-batch", help="Images per training step."
        ),
        "limit": limit.number_input(
            "Maximum images",
            2,
            None,
            500,
            key="run-limit",
            help="Per part of the data. Empty: all images.",
        ),
        "minutes": minutes.number_input(
            "Maximum minutes",
            1.0,
            None,
            None,
            format="%.0f",
            placeholder="no limit",
            key="run-minutes",
            help="Training ends within this time, in ever smaller steps.",
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
            said = f"Share of the image that the mask may cover at {which}, from 0 to 1."
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
        "targets": targets.selectbox("Explain", list(_TARGETS), format_func=_TARGETS.__getitem__),
        "background": background.selectbox(
            "Background behind the masks during training",
            list(_BACKGROUNDS),
            format_func=_BACKGROUNDS.__getitem__,
            help="With one constant grey, the outline of a mask can itself look like an "
            "expression, and the network learns a mask that leaks its shape.",
        ),
        "patience": patience.number_input(
            "Patience",
            1,
            None,
            defaults.patience,
            help="Training ends early after this many epochs in a row without improvement.",
        ),
        "learning_rate": rate.number_input(
            "Peak learning rate",
            1e-6,
            1.0,
            1e-3,
            step=1e-4,
            format="%.6f",
            help="How large the training steps are.",
        ),
    }
    weights, seed, test = st.columns([2, 1, 2], vertical_alignment="bottom")
    written = ""
    if visitor().is_local:
        written = weights.text_input(
            "Start from",
            placeholder="new weights",
            help="Path of an explainer's folder to continue from, or of a file with weights in "
            "torchvision or timm format.",
        )
    values["weights"] = Path(written.strip()).expanduser().resolve() if written.strip() else None
    values["seed"] = seed.number_input(
        "Seed", 0, None, 0, help="The same seed gives the same random numbers."
    )
    values["test"] = test.checkbox("Test on the test images at the end", key="run-test")
    return values


def _start(
    values: dict[str, Any], weights: dict[str, float], scenes: Sequence[SceneEntry] | None
) -> Path:
    if weights["area_min"] > weights["area_max"]:
        raise EmotionCoreError("The minimum area of the mask must not exceed the maximum.")
    folder = run_folder(settings().runs_dir, values.pop("name"))
    paths = [Path(line.strip().strip("\"'")) for line in values.pop("data").splitlines()]
    if scenes is not None:
        check_free(folder)
        paths = [collect_faces(folder, scenes, values["limit"] or _FACES)]
    origin = RunOrigin.of(
        "explainer",
        [path for path in paths if str(path) != "."],
        values.pop("model"),
        values.pop("limit"),
        values.pop("test"),
    )
    start_run(folder, ExplainerConfig(**values, loss=LossWeights(**weights)), origin)
    submit(FollowTraining(folder.name))
    return folder
