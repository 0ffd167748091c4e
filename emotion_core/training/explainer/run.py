"""A run that trains an explainer: what it starts from, its folder, and what comes out."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import lightning
import torch
from lightning.pytorch.callbacks import ModelCheckpoint
from lightning.pytorch.loggers import TensorBoardLogger

from emotion_core.emotions.classifier import EmotionClassifier
from emotion_core.errors import DatasetError, ModelError, OutputError
from emotion_core.explanation.explainers import ExplainerCard, coarser
from emotion_core.explanation.mask_network import MaskNetwork, load_explainer
from emotion_core.files import cannot_write, whole_file
from emotion_core.training.common.averaging import RunningAverage
from emotion_core.training.common.batches import FaceBatches
from emotion_core.training.common.callbacks import MaskRecorder, TrackedEarlyStopping
from emotion_core.training.common.data import FaceSet, channel_statistics
from emotion_core.training.common.trainer import (
    begin_run,
    fit,
    last_checkpoint,
    make_trainer,
    take_best,
)
from emotion_core.training.explainer.config import ExplainerConfig
from emotion_core.training.explainer.export import (
    export_explainer,
    fill_backbone,
    take_backbone,
)
from emotion_core.training.explainer.frozen_classifier import FrozenClassifier
from emotion_core.training.explainer.module import ExplainerModule
from emotion_core.training.runs.origin import RunOrigin
from emotion_core.training.runs.status import is_first_process, tracked_run


def train_explainer(
    config: ExplainerConfig,
    classifier: EmotionClassifier,
    train: FaceSet,
    val: FaceSet,
    run: Path,
    *,
    test: FaceSet | None = None,
    resume: bool = False,
    trainer_options: dict[str, Any] | None = None,
    origin: RunOrigin | None = None,
) -> Path:
    """Train, keep the best epoch by ``val/loss``, measure it, and export it.

    Args:
        config: settings.
        classifier: what is to be explained, loaded with ``exact=True``.
        train, val: data; ``val`` decides when to stop and which epoch is kept.
        run: folder of the run: ``config.json``, ``metrics.csv``, ``tensorboard/``,
            ``checkpoints/``, ``masks/`` (see :class:`MaskRecorder`), ``status.json`` (see
            :class:`RunStatus`), and the explainer in ``model/``.
        test: what the best epoch is measured on at the end, into ``test.json``.
        resume: continue from the last checkpoint of the folder, where there is one; the metrics so
            far are kept as ``metrics-1.csv`` and so on.
        trainer_options: passed to Lightning's Trainer, such as ``fast_dev_run`` or ``devices``.
        origin: what the run is started with, for whoever resumes it.

    Returns:
        The folder of the exported explainer.

    Raises:
        DatasetError: there are too few pictures, or labels are needed and missing.
        ModelError: the weights or the checkpoint are damaged, or of another explainer.
        OutputError: the folder holds another run, or cannot be written to.
    """
    _check_faces(config, train, val)
    before = _card_of(run) if resume else None
    if before is None and is_first_process():
        _check_folder(run, resume)
    frozen = FrozenClassifier(classifier)
    start = None if before or not config.weights else _start_of(config)
    if before is not None:
        _check_same(before, config, frozen, run)
    # weights belong to the statistics that they were trained with
    lent = frozen.lend(config.backbone) if before is None and config.weights is None else None
    known = before or (start and start[1]) or (frozen if lent else None)
    mean, std = (known.mean, known.std) if known else channel_statistics(train, config.size)
    try:
        begin_run(config, config.seed, run, origin)
    except OSError as error:
        raise cannot_write(run, error) from error
    with tracked_run(run):
        module = ExplainerModule(config, frozen, mean, std)
        if start is not None:
            module.network.begin_as(start[0])
        elif config.weights is not None and before is None:
            take_backbone(module.network, config.weights)
        elif lent is not None:
            fill_backbone(module.network, lent, classifier.identity.name)
        batches = FaceBatches(train, val, config.size, config.batch, config.balance, test=test)
        checkpoint = ModelCheckpoint(
            run / "checkpoints",
            "best",
            monitor="val/loss",
            mode="min",
            # Lightning would leave a last one even where a run is only tried out
            save_last=not (trainer_options or {}).get("fast_dev_run"),
        )
        trainer = _make_trainer(config, val, run, checkpoint, trainer_options)
        fit(trainer, module, batches, run, resume=resume)
        take_best(module, checkpoint.best_model_path)
        if test is not None:
            _measure(trainer, module, batches, run)
        if trainer.is_global_zero:
            export_explainer(module.network, module.card, run / "model")
    return run / "model"


def _make_trainer(
    config: ExplainerConfig,
    val: FaceSet,
    run: Path,
    checkpoint: ModelCheckpoint,
    options: dict[str, Any] | None,
) -> lightning.Trainer:
    stopping = TrackedEarlyStopping(
        run, "val/loss", min_delta=config.min_delta, patience=config.patience
    )
    return make_trainer(
        run,
        [
            MaskRecorder(run, val, config.size),
            RunningAverage(config.average),
            checkpoint,
            stopping,
        ],
        epochs=config.epochs,
        minutes=config.minutes,
        validate_every=config.validate_every,
        loggers=[TensorBoardLogger(run, name="tensorboard", version="")],
        options=options,
    )


def _measure(
    trainer: lightning.Trainer, module: ExplainerModule, batches: FaceBatches, run: Path
) -> None:
    """Measure on the split test, into ``test.json``."""
    (figures,) = trainer.test(module, datamodule=batches, verbose=False)
    if trainer.is_global_zero:
        with whole_file(run / "test.json") as part:
            part.write_text(json.dumps(figures, indent=2))


def _check_faces(config: ExplainerConfig, train: FaceSet, val: FaceSet) -> None:
    # the network's batch normalisation cannot learn from one picture
    if len(train) < 2 or config.batch < 2:
        raise DatasetError("Training an explainer needs at least two faces.")
    if config.targets == "labels":
        for part in (train, val):
            if not (part.targets.sum(axis=1) > 0).all():
                raise DatasetError("Some faces have no label. Use the classifier's targets.")


def _check_folder(run: Path, resume: bool) -> None:
    """That a new run may be begun here; one that left no checkpoint may be begun again."""
    if run.is_file():
        raise OutputError(f"{run} is a file; a run needs a folder.")
    checkpoints = any((run / "checkpoints").glob("*.ckpt"))
    if not resume and (checkpoints or (run / "metrics.csv").exists()):
        raise OutputError(
            f"{run} already has a run. Resume it with --resume, or name another folder."
        )
    if checkpoints:
        last = last_checkpoint(run).name
        raise ModelError(f"The run in {run} cannot be resumed: {last} is missing.")


def _card_of(run: Path) -> ExplainerCard | None:
    """What the last checkpoint of a run is of; ``None`` where there is no checkpoint."""
    last = last_checkpoint(run)
    if not last.exists():
        return None
    try:
        checkpoint: Any = torch.load(last, map_location="cpu", weights_only=True, mmap=True)
        card = checkpoint.get("explainer")
    except (OSError, RuntimeError, AttributeError, EOFError, pickle.UnpicklingError) as error:
        raise ModelError(f"{last} is damaged or truncated. Start a new run.") from error
    return ExplainerCard.from_dict(card, last)


def _start_of(config: ExplainerConfig) -> tuple[MaskNetwork, ExplainerCard] | None:
    """The explainer that is gone on from, of whatever classifier; ``None`` if there is none."""
    if config.weights is None or not config.weights.is_dir():
        return None
    network, card = load_explainer(config.weights)
    if card.architecture not in (config.backbone, coarser(config.backbone)):
        raise ModelError(
            f"The explainer in {config.weights} has the backbone {card.architecture}, "
            f"not {config.backbone}."
        )
    return network, card


def _check_same(
    before: ExplainerCard, config: ExplainerConfig, classifier: FrozenClassifier, run: Path
) -> None:
    pairs = (
        ("backbone", before.architecture, config.backbone),
        ("input size", before.size, config.size),
        ("classifier", before.classifier.fingerprint, classifier.identity.fingerprint),
    )
    for what, had, has in pairs:
        if had != has:
            raise ModelError(f"The run in {run} cannot be resumed: its {what} is {had}, not {has}.")
