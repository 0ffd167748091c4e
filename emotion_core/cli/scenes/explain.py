"""The command ``explain``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from emotion_core.cli.progress import show_progress

if TYPE_CHECKING:
    from emotion_core.emotions.classifier import EmotionClassifier
    from emotion_core.explanation.methods.interface import AttributionMethod
    from emotion_core.export.masks import ExplanationWriter

_SHOWN = 10


def explain(
    source: Annotated[
        Path, typer.Argument(metavar="IMAGE_OR_CLIP", help="A photograph or a film clip.")
    ],
    out: Annotated[
        Path, typer.Option(help="Folder in which a folder with the file's name is written.")
    ] = Path("results"),
    method: Annotated[
        str | None,
        typer.Option(
            help="explainer (trained for one model, fast), occlusion, grad-cam (fast; no better "
            "than chance for the built-in model), integrated-gradients and rise (slow), "
            "rollout (vision transformers only), random and gaussian (baselines). Default: "
            "the model's explainer, or occlusion if it has none."
        ),
    ] = None,
    explainer: Annotated[
        Path | None,
        typer.Option(help="Folder of your own explainer, trained for the model."),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(help="Built-in model, folder, or hub name such as OWNER/NAME."),
    ] = None,
    every: Annotated[
        int, typer.Option(min=1, help="For a clip, explain every Nth frame only.")
    ] = 25,
) -> None:
    """Show where in each face of IMAGE_OR_CLIP the model reads each emotion.

    Writes masks.npz (masks (n, 7, H, W) in 0 to 1, labels, probabilities, boxes, tracks, frames,
    times) and an image of each face, with the masks of all emotions above chance, to
    OUT/<file name>/.
    """
    from emotion_core.errors import MediaError
    from emotion_core.explanation.found_faces import check_source, find_faces
    from emotion_core.export.masks import open_writer, remove_pictures, write_explanations
    from emotion_core.files import completed_folder
    from emotion_core.media.pictures import is_picture
    from emotion_core.scene.reader import Reader
    from emotion_core.settings import load_settings

    check_source(source)  # a bad file is reported before anything is loaded or written
    settings = load_settings()
    reader = Reader(settings, model, exact=True)
    classifier = reader.classifier
    chosen = _choose_method(method, explainer, classifier, settings.explainer_folders())
    warnings: list[str] = []
    size = classifier.preprocessing.size
    batches = find_faces(source, reader.detector, reader.mesh, size, every, warnings.append)
    target, still = out / source.stem, is_picture(source)
    with completed_folder(target) as work, open_writer(work, chosen.name, still=still) as writer:
        task = write_explanations(batches, classifier, chosen, writer)
        show_progress(task, f"Explaining {source.name}")
        if not writer.places:
            raise MediaError(f"No face was found in {source.name}.")
        remove_pictures(target)  # those of an earlier run would not match the new masks
    _print_readings(writer)
    for warning in warnings:
        print(f"Note: {warning}")
    print(f"Where {classifier.identity.name} reads each emotion, by {chosen.name}.")
    print("This explains a performed expression, not what anyone feels.")
    print(f"Written to {target}")


def _choose_method(
    name: str | None, explainer: Path | None, classifier: EmotionClassifier, folders: list[Path]
) -> AttributionMethod:
    """The method that was asked for, or the best one, which is then named.

    Args:
        name: what was asked for, if anything was.
        explainer: the folder of an explainer that was asked for.
        classifier: whose readings are to be explained.
        folders: where its explainer is looked for, if no folder was named.

    Raises:
        ModelError: the two do not go together, or the method cannot be had.
    """
    from emotion_core.errors import ModelError
    from emotion_core.explanation.methods.mask_explainer import MaskExplainer
    from emotion_core.explanation.methods.registry import build_method, default_method

    if explainer is not None:
        if name not in (None, MaskExplainer.name):
            raise ModelError(f"Choose either --explainer or the method {name}, not both.")
        return MaskExplainer.load(explainer, classifier)
    if name is not None:
        return build_method(name, classifier, folders)
    name = default_method(classifier.identity, folders)
    if name == MaskExplainer.name:
        print(f"Explained by the explainer trained for {classifier.identity.name}.")
    else:
        print(f"{classifier.identity.name} has no trained explainer; using {name}.")
    return build_method(name, classifier, folders)


def _print_readings(writer: ExplanationWriter) -> None:
    """What the first faces are read as, in words."""
    from emotion_core.emotions.labels import EMOTIONS, describe

    for place, reading in list(zip(writer.places, writer.probabilities, strict=True))[:_SHOWN]:
        when = "" if writer.still else f" at {place.time:.2f} s"
        shares = dict(zip(EMOTIONS, map(float, reading), strict=True))
        print(f"Face {place.track + 1}{when}: {describe(shares)}")
    if len(writer.places) > _SHOWN:
        print(f"and {len(writer.places) - _SHOWN} more")
