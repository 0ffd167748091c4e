"""The commands ``dataset crop``, ``split``, ``collect``, ``landmarks`` and ``meshes``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from emotion_core.cli.progress import show_progress
from emotion_core.errors import DatasetError
from emotion_core.optional import need_packages

if TYPE_CHECKING:
    from emotion_core.datasets.left_out import LeftOut
    from emotion_core.datasets.splitting import SplitSummary

dataset_app = typer.Typer(help="Collect, crop and split sets of face images.", no_args_is_help=True)


_TERMS = (
    "Images found by a search mostly have no licence for redistribution. Use them for research "
    "only, and follow the terms of the sites."
)
# As emotion_core.datasets.duplicates.NEAR, which would import NumPy before --help answers.
_NEAR = 24
_Near = Annotated[
    int,
    typer.Option(
        help="Largest difference between near-duplicates, in bits of 256; -1 turns the search off."
    ),
]


@dataset_app.callback()
def _dataset() -> None:
    """Collect, crop and split sets of face images (needs requirements-train.txt)."""


@dataset_app.command()
def collect(
    out: Annotated[
        Path, typer.Argument(help="Output folder. A folder of an earlier run is resumed.")
    ],
    engine: Annotated[
        str, typer.Option(help="bing, google, or urls for your own list of addresses.")
    ] = "bing",
    urls: Annotated[
        Path | None, typer.Option(help="The list: one emotion and one address per line.")
    ] = None,
    words: Annotated[
        Path | None,
        typer.Option(help="Search terms: TOML, or CSV with the columns class and word."),
    ] = None,
    count: Annotated[int, typer.Option(min=1, help="Images per emotion.")] = 100,
    pause: Annotated[
        float, typer.Option(min=0, help="Seconds between two requests to one host.")
    ] = 1.0,
    license: Annotated[
        str,
        typer.Option(
            help="The search engine's licence filter, such as creativecommons or publicdomain."
        ),
    ] = "",
    min_side: Annotated[
        int, typer.Option(min=1, help="Minimum length of the shorter side in pixels.")
    ] = 64,
    retry: Annotated[bool, typer.Option("--retry", help="Try skipped images again.")] = False,
    user_agent: Annotated[str | None, typer.Option(help="User agent that hosts see.")] = None,
) -> None:
    """Collect images of the seven emotions by search terms into OUT/<class>/*.

    OUT/manifest.csv lists where each image is from, OUT/skipped.csv what was skipped and why.
    Ctrl-C stops; the same command resumes and downloads nothing twice.
    """
    need_packages("icrawler", "requests")
    from emotion_core.datasets import searching
    from emotion_core.datasets.collecting import collect as collect_faces

    session = searching.PoliteSession(pause, user_agent or searching.USER_AGENT)
    finder: searching.Engine
    if urls is not None or engine == "urls":
        if urls is None:
            raise DatasetError("The engine urls needs a list of addresses: --urls FILE.")
        finder = addresses = searching.AddressList.read(urls, license)
        searched = addresses.words()
    else:
        finder = searching.search_engine(engine, session, license)
        searched = searching.read_words(words) if words else dict(searching.DEFAULT_WORDS)
    print(_TERMS)
    try:
        task = collect_faces(out, searched, finder, session, count, min_side=min_side, retry=retry)
        found = show_progress(task, "Collecting")
    except KeyboardInterrupt:
        print(f"Stopped. Run the same command again to resume {out}.")
        raise typer.Exit(130) from None
    for emotion, there in sorted(found.counts.items()):
        print(f"  {emotion:<10} {there:>7}")
    if found.skipped:
        print("Skipped: " + ", ".join(f"{reason} {n}" for reason, n in found.skipped.items()))
    for note in found.notes:
        print(f"Note: {note}")
    print(f"Written to {out}")


@dataset_app.command()
def crop(
    source: Annotated[Path, typer.Argument(help="Images: folder, zip, or FER2013 table.")],
    out: Annotated[Path, typer.Argument(help="New folder, or new zip if it ends in .zip.")],
    size: Annotated[int, typer.Option(min=24, help="Maximum side of a crop in pixels.")] = 224,
    confidence: Annotated[
        float, typer.Option(min=0, max=1, help="Minimum confidence of the face detection.")
    ] = 0.9,
    min_face: Annotated[int, typer.Option(min=1, help="Minimum side of a face in pixels.")] = 24,
    sharpness: Annotated[
        float, typer.Option(min=0, help="Minimum sharpness; a sharp face has about 1.")
    ] = 0.08,
    largest: Annotated[
        bool, typer.Option("--largest", help="If there are several faces, take the largest.")
    ] = False,
    near: _Near = _NEAR,
) -> None:
    """Crop the faces out of SOURCE, framed as in the app.

    Class folders and splits are kept. OUT/manifest.csv lists where each crop is from,
    OUT/rejects.csv what was left out and why. OUT appears when everything is done.
    """
    need_packages("imagehash")
    from emotion_core.datasets.cropping import CropOptions, crop_dataset
    from emotion_core.emotions.classifier import choose_device
    from emotion_core.faces.mesh.mesh import DEFAULT_MESH, load_mesh_reader
    from emotion_core.faces.mtcnn import MTCNNDetector
    from emotion_core.settings import load_settings

    options, settings = (
        CropOptions(size, confidence, min_face, sharpness, largest, near),
        load_settings(),
    )
    device = choose_device(settings.device)
    mesh = load_mesh_reader(DEFAULT_MESH, settings.models_dir, device)
    task = crop_dataset(source, out, options, MTCNNDetector(device=device), mesh)
    summary = show_progress(task, "Cropping")
    print(f"{sum(summary.counts.values())} faces written to {out}")
    for emotion, count in sorted(summary.counts.items()):
        print(f"  {emotion:<10} {count:>7}")
    _print_rejected(summary.rejected)


@dataset_app.command()
def split(
    source: Annotated[Path, typer.Argument(help="Images: folder, zip, or FER2013 table.")],
    out: Annotated[Path, typer.Argument(help="New folder, or new zip if it ends in .zip.")],
    train: Annotated[float, typer.Option(help="Share of train, 0 to 1.")] = 0.8,
    val: Annotated[float, typer.Option(help="Share of val, 0 to 1.")] = 0.1,
    test: Annotated[float, typer.Option(help="Share of test, 0 to 1.")] = 0.1,
    seed: int = 0,
    person_from_name: Annotated[
        str | None,
        typer.Option(help=r"Expression for file names without ending, such as '(.+)_\d+'."),
    ] = None,
    person_column: Annotated[
        str | None, typer.Option(help="Column of SOURCE/manifest.csv with the person.")
    ] = None,
    near: _Near = _NEAR,
    labels: Annotated[
        Literal["auto", "folders"],
        typer.Option(help="Labels from votes (default where they exist) or from folders."),
    ] = "auto",
    link: Annotated[
        bool, typer.Option("--link", help="Hard-link the images instead of copying them.")
    ] = False,
) -> None:
    """Split SOURCE into train, val and test, without a person or near-duplicate in two splits.

    Each split gets its share of every class, as far as groups that stay together allow. The same
    seed gives the same splits. OUT appears when everything is done.
    """
    need_packages("imagehash")
    from emotion_core.datasets.splitting import SplitOptions, split_dataset

    options = SplitOptions((train, val, test), seed, person_from_name, person_column, near, link)
    summary = show_progress(split_dataset(source, out, options, labels), "Reading pictures")
    _print_split(summary)
    print(f"Written to {out}")


@dataset_app.command()
def landmarks(
    source: Annotated[Path, typer.Argument(help="Images of one face each: folder or zip.")],
    out: Annotated[Path, typer.Argument(help="Output table, a CSV file.")],
) -> None:
    """Find eyes, nose and mouth in the faces of SOURCE, for `train embedder`.

    Training then needs no face detector and detects nothing twice.
    """
    from emotion_core.datasets.landmarks import write_landmarks
    from emotion_core.emotions.classifier import choose_device
    from emotion_core.faces.mtcnn import MTCNNDetector
    from emotion_core.settings import load_settings

    # the smallest face is half of the picture, since it shows little else
    detector = MTCNNDetector(0.3, device=choose_device(load_settings().device))
    counts = show_progress(write_landmarks(source, out, detector), "Finding landmarks")
    print(f"{counts.pop('found', 0)} faces in {out}")
    _print_rejected(counts)


@dataset_app.command()
def meshes(
    source: Annotated[Path, typer.Argument(help="Images of one face each: folder or zip.")],
    out: Annotated[Path, typer.Argument(help="Output file, ending in .npz.")],
    teacher: Annotated[
        Path, typer.Option(help="Teacher: MediaPipe's network of face landmarks, a .tflite file.")
    ],
    people: Annotated[
        bool, typer.Option("--people", help="Each folder of SOURCE is a person.")
    ] = False,
) -> None:
    """Ask a teacher for the 468 points of the faces of SOURCE, for `train mesh`.

    Training then needs no teacher. Pictures in which it sees no face are left out.
    """
    from emotion_core.datasets.meshes.labels import write_meshes
    from emotion_core.datasets.meshes.teacher import MeshTeacher

    task = write_meshes(source, out, MeshTeacher(teacher), people=people)
    counts = show_progress(task, "Asking the teacher")
    print(f"{counts.pop('found', 0)} faces in {out}")
    _print_rejected(counts)


@dataset_app.command()
def music(
    out: Annotated[Path, typer.Argument(help="Output folder.")],
    soundfont: Annotated[
        Path | None, typer.Option(help="Sound font of General MIDI, a .sf2 file.")
    ] = None,
    train: Annotated[int, typer.Option(min=0, help="Pieces for training.")] = 320,
    val: Annotated[int, typer.Option(min=0, help="Pieces for validation.")] = 50,
    test: Annotated[int, typer.Option(min=0, help="Pieces for the test.")] = 90,
    seed: int = 0,
) -> None:
    """Render music for `train sound`: scores of the music21 corpus and made-up pieces.

    Needs the program FluidSynth and a sound font. No score is in two splits, and half of the test
    is played by instruments that are not heard in training.
    """
    need_packages("music21")
    from emotion_core.datasets.music.rendering import SOUNDFONT, RenderOptions, render_music

    options = RenderOptions(soundfont or SOUNDFONT, train, val, test, seed=seed)
    count = show_progress(render_music(out, options), "Rendering music")
    print(f"{count} pieces in {out}")


@dataset_app.command()
def sounds(
    out: Annotated[Path, typer.Argument(help="Output file, ending in .npz.")],
    voices: Annotated[
        list[Path],
        typer.Option(help="Speech, <emotion>/<speaker>_<id>.ogg: folder or zip. Can be repeated."),
    ],
    music: Annotated[Path, typer.Option(help="Folder from `dataset music`.")],
    train: Annotated[int, typer.Option(min=1, help="Pieces of 10 s of each kind.")] = 1500,
    val: Annotated[int, typer.Option(min=1, help="Mixes of 10 s for validation.")] = 400,
    seed: int = 0,
) -> None:
    """Prepare speech, music and other sounds for `train sound`."""
    from emotion_core.training.sound.prepared import prepare_sounds

    task = prepare_sounds(voices, music, out, train=train, val=val, seed=seed)
    print(f"{show_progress(task, 'Preparing sounds')} pieces in {out}")


def _print_split(summary: SplitSummary) -> None:
    splits = list(summary.counts)
    print(f"{'':<10}" + "".join(f"{split:>9}" for split in splits))
    for emotion in summary.counts[splits[0]]:
        counts = (summary.counts[split][emotion] for split in splits)
        print(f"{emotion:<10}" + "".join(f"{count:>9}" for count in counts))
    totals = (sum(summary.counts[split].values()) for split in splits)
    print(f"{'all':<10}" + "".join(f"{total:>9}" for total in totals))
    print("mean (RGB, 0 to 1) " + " ".join(f"{value:.4f}" for value in summary.mean))
    print("std  (RGB, 0 to 1) " + " ".join(f"{value:.4f}" for value in summary.std))
    print(f"{summary.groups} groups kept together; {summary.near_duplicates} near-duplicates")
    _print_rejected(summary.rejected)
    for warning in summary.warnings:
        print(f"Note: {warning}")


def _print_rejected(rejected: LeftOut) -> None:
    if rejected:
        print(f"Skipped: {rejected.describe()}")
