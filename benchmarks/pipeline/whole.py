"""A whole clip read in several ways, each in a process of its own."""

from __future__ import annotations

import json
import resource
import time
from argparse import Namespace
from collections.abc import Callable
from itertools import islice
from pathlib import Path

VIT = "ViT-B/16"


def _study_tables(arguments: Namespace) -> int:
    import torch
    from facenet_pytorch import MTCNN
    from transformers import ViTForImageClassification

    from emotion_core.emotions.preprocessing import FacePreprocessing, crop_face
    from emotion_core.media.decode import read_frames

    detector = MTCNN(keep_all=False)
    model = ViTForImageClassification.from_pretrained(arguments.work / "vit").eval()
    prepare = FacePreprocessing(224, (0.5, 0.5, 0.5), (0.5, 0.5, 0.5))
    _begin()
    frames = [frame.image for frame in islice(read_frames(arguments.clip), arguments.study_frames)]
    readings = []
    for image in frames:
        boxes, _ = detector.detect(image)
        if boxes is None:
            continue
        with torch.inference_mode():
            batch = prepare.to_batch([crop_face(image, boxes[0], 224)])
            readings.append(model(pixel_values=batch).logits.softmax(1))
    return len(frames)


def _study_render(arguments: Namespace) -> int:
    """The radar of one frame after the other, as a picture."""
    import plotly.graph_objects as go

    from emotion_core.emotions.labels import EMOTIONS

    _begin()
    for number in range(arguments.drawn):
        shares = [(k + number) % 7 / 7 for k in range(7)]
        figure = go.Figure(go.Scatterpolar(r=shares, theta=EMOTIONS, fill="toself"))
        figure.update_layout(width=640, height=360)
        figure.to_image(format="png")
    return int(arguments.drawn)


def _ours(arguments: Namespace, *, video: bool) -> int:
    from emotion_core.progress import finish
    from emotion_core.render.video.annotated import write_annotated_video
    from emotion_core.scene.analysis import ClipId

    reader = make_reader(arguments)
    _begin()
    analysis = finish(reader.read(arguments.clip, ClipId("0" * 64, arguments.clip.name)))
    if video:
        finish(write_annotated_video(arguments.clip, analysis.faces, arguments.work / "out.mp4"))
    return len(analysis.frames)


def make_reader(arguments: Namespace):  # type: ignore[no-untyped-def]
    """Ours, with all models loaded."""
    from emotion_core.scene.reader import Reader
    from emotion_core.settings import load_settings

    name = str(arguments.work / "vit") if arguments.model == VIT else arguments.model
    reader = Reader(load_settings(), name)
    _ = reader.classifier, reader.detector, reader.embedder
    return reader


def _stages(arguments: Namespace) -> dict[str, dict[str, float]]:
    from benchmarks.pipeline.stages import arithmetic, measure

    reader = make_reader(arguments)
    found = {
        name: vars(cost) for name, cost in measure(arguments.clip, reader, arguments.rounds).items()
    }
    operations, milliseconds = arithmetic(reader.classifier)
    return {**found, "peak": {"operations": operations, "milliseconds": milliseconds}}


WAYS: dict[str, Callable[[Namespace], int]] = {
    "study-tables": _study_tables,
    "study-render": _study_render,
    "tables": lambda arguments: _ours(arguments, video=False),
    "video": lambda arguments: _ours(arguments, video=True),
}
_started = [0.0, 0.0]


def _begin() -> None:
    """Loading models does not count."""
    _started[:] = time.perf_counter(), time.process_time()


def run(arguments: Namespace) -> None:
    """Go one way in this process, and print what it took as JSON."""
    if arguments.way == "save-vit":
        _save_vit(arguments.work / "vit")
        print(json.dumps({}))
        return
    if arguments.way == "stages":
        print(json.dumps(_stages(arguments)))
        return
    frames = WAYS[arguments.way](arguments)
    wall, cpu = time.perf_counter() - _started[0], time.process_time() - _started[1]
    print(
        json.dumps(
            {
                "frames": frames,
                "wall": 1000 * wall / frames,
                "cpu": 1000 * cpu / frames,
                "peak": _peak_megabytes(arguments.way),
            }
        )
    )


def _peak_megabytes(way: str) -> float:
    """Largest resident memory of this process; the study's drawing is done by a browser."""
    who = resource.RUSAGE_CHILDREN if way == "study-render" else resource.RUSAGE_SELF
    return resource.getrusage(who).ru_maxrss / 1024


def _save_vit(folder: Path) -> None:
    """A ViT-B/16 at 224 px with the seven labels, as the study's, with random weights."""
    from transformers import ViTConfig, ViTForImageClassification, ViTImageProcessor

    from emotion_core.emotions.labels import EMOTIONS

    labels = dict(enumerate(EMOTIONS))
    config = ViTConfig(num_labels=7, id2label=labels, label2id={v: k for k, v in labels.items()})
    ViTForImageClassification(config).save_pretrained(folder)
    ViTImageProcessor().save_pretrained(folder)
