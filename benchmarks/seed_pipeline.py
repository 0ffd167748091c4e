"""The 2023 study's way of reading a clip beside ours: speed and memory, in one run.

    python -m benchmarks.seed_pipeline [CLIP]

The study's notebook loaded every frame of a clip into a list, called MTCNN and then a ViT-B/16
once a frame, and drew a Plotly radar for each frame through a browser. Its ViT is stood in for
by one of the same shape with random weights, in float32; its fixed smallest face of 200 px, which
misses most faces, by MTCNN's own 20 px. Ours reads the same clip with that same ViT and with the
embedded model. Each variant runs in a process of its own; loading of models is left out of the
speed on both sides and is in the memory.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DEFAULT_CLIP = ROOT.parent / "shared" / "clips" / "short_hamilton_clip.mp4"
LOOPS = 10


def main() -> None:
    """Run the variants one after the other and print the tables."""
    arguments = _arguments()
    if arguments.variant:
        frames, seconds = VARIANTS[arguments.variant](arguments)
        print(json.dumps({"frames": frames, "seconds": seconds, "peak": _peak_megabytes()}))
        return
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        clip = arguments.clip or _default_clip(work)
        _save_vit(work / "vit")
        _print_speed(clip, work, arguments.frames, arguments.rendered)
        if not arguments.skip_memory:
            _print_memory(clip, work)


def _print_speed(clip: Path, work: Path, frames: int, rendered: int) -> None:
    found = {
        name: _run(name, clip, work, "--frames", frames, "--rendered", rendered)
        for name in VARIANTS
    }
    per_frame = {name: 1000 * run["seconds"] / run["frames"] for name, run in found.items()}
    drawn = per_frame["study-tables"] + per_frame["study-render"]
    rows = [
        ("the study's way: tables", per_frame["study-tables"], "study-tables", "tables"),
        ("the study's way: with the video", drawn, "study-render", "video"),
        ("ours, same ViT: tables", per_frame["vit-tables"], "vit-tables", "tables"),
        ("ours, same ViT: with the video", per_frame["vit-video"], "vit-video", "video"),
        ("ours, embedded model: tables", per_frame["lite-tables"], "lite-tables", "tables"),
        ("ours, embedded model: with the video", per_frame["lite-video"], "lite-video", "video"),
    ]
    baseline = {"tables": per_frame["study-tables"], "video": drawn}
    print(f"\n{clip.name}: {frames} frames by the study's way, {rendered} of them drawn")
    print(f"{'':<38}{'ms a frame':>12}{'frames/s':>10}{'times faster':>14}{'peak MB':>9}")
    for label, cost, name, kind in rows:
        ratio = baseline[kind] / cost
        print(
            f"{label:<38}{cost:>12.1f}{1000 / cost:>10.1f}{ratio:>14.1f}{found[name]['peak']:>9.0f}"
        )


def _print_memory(clip: Path, work: Path) -> None:
    """Peak memory for the clip and for the clip ten times over."""
    looped = _loop(clip, work / "looped.mp4")
    print(f"\nPeak memory in MB for the clip, and for it {LOOPS} times over")
    for label, name in (("ours: tables", "lite-tables"), ("ours: with the video", "lite-video")):
        once, often = (_run(name, path, work)["peak"] for path in (clip, looped))
        print(f"{label:<38}{once:>12.0f}{often:>10.0f}{often / once:>14.2f}")


def _study_tables(arguments: argparse.Namespace) -> tuple[int, float]:
    import torch
    from facenet_pytorch import MTCNN
    from transformers import ViTForImageClassification

    from emotion_core.emotions.preprocessing import FacePreprocessing, crop_face
    from emotion_core.media.decode import read_frames

    detector = MTCNN(keep_all=False)
    model = ViTForImageClassification.from_pretrained(arguments.work / "vit").eval()
    prepare = FacePreprocessing(224, (0.5, 0.5, 0.5), (0.5, 0.5, 0.5))
    started = time.perf_counter()
    frames = [frame.image for frame in islice(read_frames(arguments.clip), arguments.frames)]
    readings = []
    for image in frames:
        boxes, _ = detector.detect(image)
        if boxes is None:
            continue
        with torch.inference_mode():
            batch = prepare.to_batch([crop_face(image, boxes[0], 224)])
            readings.append(model(pixel_values=batch).logits.softmax(1))
    return len(frames), time.perf_counter() - started


def _study_render(arguments: argparse.Namespace) -> tuple[int, float]:
    """The radar of one frame after the other, as a picture."""
    import plotly.graph_objects as go

    from emotion_core.emotions.labels import EMOTIONS

    started = time.perf_counter()
    for number in range(arguments.rendered):
        shares = [(k + number) % 7 / 7 for k in range(7)]
        figure = go.Figure(go.Scatterpolar(r=shares, theta=EMOTIONS, fill="toself"))
        figure.update_layout(width=640, height=360)
        figure.to_image(format="png")
    return arguments.rendered, time.perf_counter() - started


def _ours(model: str, *, video: bool) -> Callable[[argparse.Namespace], tuple[int, float]]:
    def run(arguments: argparse.Namespace) -> tuple[int, float]:
        from emotion_core.progress import finish
        from emotion_core.render.video.annotated import write_annotated_video
        from emotion_core.scene.analysis import ClipId
        from emotion_core.scene.reader import Reader
        from emotion_core.settings import load_settings

        name = str(arguments.work / "vit") if model == "vit" else model
        reader = Reader(load_settings(), name)
        _ = reader.classifier, reader.detector, reader.embedder  # loading does not count
        clip = ClipId("0" * 64, arguments.clip.name)
        started = time.perf_counter()
        analysis = finish(reader.read(arguments.clip, clip))
        if video:
            out = arguments.work / "annotated.mp4"
            finish(write_annotated_video(arguments.clip, analysis.faces, out))
        return len(analysis.frames), time.perf_counter() - started

    return run


VARIANTS: dict[str, Callable[[argparse.Namespace], tuple[int, float]]] = {
    "study-tables": _study_tables,
    "study-render": _study_render,
    "vit-tables": _ours("vit", video=False),
    "vit-video": _ours("vit", video=True),
    "lite-tables": _ours("eme-lite2", video=False),
    "lite-video": _ours("eme-lite2", video=True),
}


def _run(name: str, clip: Path, work: Path, *options: object) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.seed_pipeline", str(clip)]
    command += ["--variant", name, "--work", str(work), *map(str, options)]
    result = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, env={**os.environ}
    )
    if result.returncode:
        sys.exit(f"{name} failed:\n{result.stderr[-2000:]}")
    return dict(json.loads(result.stdout.splitlines()[-1]))


def _peak_megabytes() -> float:
    """Largest resident memory of this process and of the largest process that it started."""
    own, started = (
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return (own + started) / 1024


def _save_vit(folder: Path) -> None:
    """A ViT-B/16 at 224 px with the seven labels, as the study's, with random weights."""
    from transformers import ViTConfig, ViTForImageClassification, ViTImageProcessor

    from emotion_core.emotions.labels import EMOTIONS

    labels = dict(enumerate(EMOTIONS))
    config = ViTConfig(num_labels=7, id2label=labels, label2id={v: k for k, v in labels.items()})
    ViTForImageClassification(config).save_pretrained(folder)
    ViTImageProcessor().save_pretrained(folder)


def _loop(clip: Path, out: Path) -> Path:
    from moviepy.config import FFMPEG_BINARY

    command = [FFMPEG_BINARY, "-y", "-loglevel", "error", "-stream_loop", str(LOOPS - 1)]
    command += ["-i", str(clip), "-c", "copy", str(out)]
    subprocess.run(command, check=True)
    return out


def _default_clip(work: Path) -> Path:
    from emotion_core.media.sample import build_sample_scene

    return DEFAULT_CLIP if DEFAULT_CLIP.exists() else build_sample_scene(work / "sample.mp4")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("clip", type=Path, nargs="?")
    parser.add_argument("--frames", type=int, default=100, help="read by the study's way")
    parser.add_argument("--rendered", type=int, default=5, help="drawn by the study's way")
    parser.add_argument("--skip-memory", action="store_true", help="print the speed only")
    parser.add_argument("--variant", choices=list(VARIANTS), help=argparse.SUPPRESS)
    parser.add_argument("--work", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
