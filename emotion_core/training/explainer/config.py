"""Settings of the explainer's training; read without PyTorch, as the app does.

Stalder et al. 2022, "What You See is What You Classify: Black Box Attributions" (NeurIPS), with
the settings of the study that this product follows, where they are not said to differ.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Targets = Literal["classifier", "labels"]
Background = Literal["varied", "zero"]


@dataclass(frozen=True, slots=True)
class LossWeights:
    """Weights of the terms, as the authors trained with them, but for ``drawing`` and ``order``.

    Attributes:
        classification: of the cross-entropy of what is shown.
        entropy: of the negative entropy of what is left.
        variation: of the total variation of both masks.
        bound: of the bound on the area of m.
        target_area, other_area: of the mean of m and of n.
        drawing: of what the mask of another emotion adds to a reading; no term of the paper.
        order: of how well m shows which parts come first; no term of the paper.
        area_min, area_max: share of the picture that m fills at least and at most.
    """

    classification: float = 1.0
    entropy: float = 1.0
    variation: float = 1.0
    bound: float = 1.0
    target_area: float = 0.1
    other_area: float = 0.3
    drawing: float = 1.0
    order: float = 1.0
    area_min: float = 0.05
    area_max: float = 0.30

    def __post_init__(self) -> None:
        if not 0 <= self.area_min <= self.area_max <= 1:
            raise ValueError(
                "the areas must satisfy 0 <= area_min <= area_max <= 1, but are "
                f"{self.area_min} and {self.area_max}"
            )


@dataclass(frozen=True, slots=True)
class ExplainerConfig:
    """Settings of a training run.

    The paper aggregates masks by the labels that come with a picture, and so did the study
    (``targets="labels"``). The default is the classifier's own reading of the very picture that
    the explainer sees: labels of emotions are noisy, and on every sixth face the classifier does
    not follow them. There a mask for the label would be rewarded for making the classifier say
    what it does not say; it would explain the label and not the reading. Nor does the default need
    labels. Of a face in which several emotions are read, with more than a seventh each, one is
    drawn by its share: each of them gets a mask that shows it, and not only the leading one;
    n is of the others alone. While it is measured, the leading one is the target.

    The paper hides with the normalised zero (``background="zero"``, with weights of 0 for
    ``drawing`` and ``order``); see :func:`vary_background` for why the default does not, while it
    trains.

    Attributes:
        backbone: ``resnet50`` as in the study, ``mobilenet_v3_large``, small enough to ship, or
            ``tf_efficientnet_lite2``, smaller still: where that is the classifier's own network,
            the explainer begins with the classifier's weights, and so knows the emotions.
            ``tf_efficientnet_lite2_plus`` is the same on a grid that is twice as fine; given the
            coarser one as ``weights``, it begins with the very same masks.
        weights: file with weights of the backbone as torchvision or timm names them, folder with an
            explainer to continue from, also one of another classifier, or ``None`` to start anew.
        size: side of the explainer's input in pixels; the classifier gets its own.
        epochs: passes over the training set, at most.
        batch: pictures a step.
        learning_rate: peak of the one-cycle cosine schedule of AdamW.
        weight_decay: of AdamW.
        targets: whose emotion the mask m is of.
        background: what stands, in training, where a mask hides the face.
        loss: weights of the terms.
        augment: strength of the augmentation.
        balance: how far rare emotions, by label, are drawn more often, from 0 to 1.
        average: decay of the running average of the weights, a step; what is validated and kept.
        minutes: time after which the run ends, its rates having run their course.
        validate_every: epochs from one validation and checkpoint to the next.
        patience: validations without a ``val/loss`` better by ``min_delta`` before it stops.
        min_delta: see ``patience``.
        seed: of everything random.
    """

    backbone: str = "resnet50"
    weights: Path | None = None
    size: int = 224
    epochs: int = 300
    batch: int = 16
    learning_rate: float = 3e-4
    weight_decay: float = 0.01
    targets: Targets = "classifier"
    background: Background = "varied"
    loss: LossWeights = field(default_factory=LossWeights)
    augment: float = 0.5
    balance: float = 0.0
    average: float = 0.99
    minutes: float | None = None
    validate_every: int = 1
    patience: int = 5
    min_delta: float = 0.001
    seed: int = 0
