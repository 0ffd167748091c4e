"""How far the points of a mesh tremble on a face that does not move.

    python -m benchmarks.mesh.jitter PICTURE ... [--frames 50] [--noise 4]

A picture becomes a clip that stands still but for the noise of film, which is drawn anew in each
frame, and is coded as JPEG; the face in it is followed as in an analysis. Printed is the standard
deviation of the points over time, in percent of the distance between the eyes: the mean over all,
and over those of lids and lips.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np

from emotion_core.faces.mesh.mesh import DEFAULT_MESH, load_mesh_reader
from emotion_core.faces.mesh.points import eye_distance, points_of
from emotion_core.faces.mesh.upright import SeenFace, turn_upright
from emotion_core.faces.mtcnn import MTCNNDetector
from emotion_core.faces.tracking.follow import follow_faces
from emotion_core.media.pictures import read_picture
from emotion_core.scene.analysis import AnalysisParameters
from emotion_core.settings import load_settings
from emotion_core.types import Frame, ImageArray

_FPS, _QUALITY = 25.0, 80


def stands_still(image: ImageArray, frames: int, noise: float) -> Iterator[tuple[Frame, int]]:
    """The frames of a clip in which nothing moves, all of one shot.

    Args:
        image: (H, W, 3) uint8 RGB.
        frames: how many.
        noise: standard deviation of the grain, of 255.
    """
    random = np.random.default_rng(0)
    for index in range(frames):
        grain = random.normal(0, noise, image.shape[:2])[..., None]
        noisy = np.clip(image + grain, 0, 255).astype(np.uint8)
        coded = cv2.imencode(".jpg", noisy, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1]
        shown = np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)
        yield Frame(shown, index, index / _FPS, 1 / _FPS), 0


def main(given: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("pictures", type=Path, nargs="+")
    parser.add_argument("--mesh", default=DEFAULT_MESH, help="name or folder of the network")
    parser.add_argument("--frames", type=int, default=50)
    parser.add_argument("--noise", type=float, default=4.0)
    arguments = parser.parse_args(given)
    mesh = load_mesh_reader(arguments.mesh, load_settings().models_dir)
    detector, parameters = MTCNNDetector(), AnalysisParameters()
    follow = parameters.tracking_at(_FPS), parameters.detect_every(_FPS)
    print(f"{'':<24}{'all':>8}{'lids':>8}{'lips':>8}")
    for picture in arguments.pictures:
        clip = stands_still(read_picture(picture), arguments.frames, arguments.noise)
        faces = [
            SeenFace(item.frame.image, item.faces.xyxy[0], item.faces.landmarks[0])
            for item in follow_faces(clip, detector, *follow)
            if len(item.faces)
        ]
        points = turn_upright(mesh, faces).meshes.points[..., :2]
        trembles = np.linalg.norm(points.std(axis=0), axis=1) / eye_distance(points).mean()
        groups = (points_of("right_eye", "left_eye"), points_of("lips_outer", "lips_inner"))
        values = [trembles.mean(), *(trembles[group].mean() for group in groups)]
        cells = "".join(f"{100 * value:>7.2f}%" for value in values)
        print(f"{picture.name:<24}{cells}")


if __name__ == "__main__":
    main()
