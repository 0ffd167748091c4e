"""The embedder that ships, on real faces."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from matplotlib import cbook

from emotion_core.faces.identity.embedder import AlignedEmbedder, load_embedder
from emotion_core.faces.identity.track_embeddings import DEFAULT_EMBEDDER
from emotion_core.faces.mtcnn import MTCNNDetector
from emotion_core.library.characters.listing import characters_of_scene
from emotion_core.library.database.engine import open_database
from emotion_core.library.queries.browsing import scene_at
from emotion_core.library.scenes import read_scene
from emotion_core.progress import finish
from emotion_core.scene.clips.store import identify
from emotion_core.scene.reader import Reader
from emotion_core.settings import Settings
from emotion_core.types import FloatArray, ImageArray
from tests.conftest import place
from tests.media.clips import make_clip

SIZE = (320, 240)


@pytest.fixture(scope="module")
def embedder() -> AlignedEmbedder:
    found = load_embedder(DEFAULT_EMBEDDER, Settings().models_dir)
    assert isinstance(found, AlignedEmbedder)
    return found


@pytest.fixture(scope="module")
def hopper() -> ImageArray:
    """Grace Hopper, U.S. Navy, public domain."""
    encoded = Path(str(cbook.get_sample_data("grace_hopper.jpg", asfileobj=False))).read_bytes()
    image = cv2.imdecode(np.frombuffer(encoded, np.uint8), cv2.IMREAD_COLOR_RGB)
    return np.ascontiguousarray(image[:512, :512], np.uint8)


def embed(embedder: AlignedEmbedder, image: ImageArray) -> FloatArray:
    found = MTCNNDetector().detect(image)
    assert len(found) == 1 and found.landmarks is not None
    crop = embedder.crop(image, found.xyxy[0], found.landmarks[0])
    return np.asarray(embedder.embed([crop])[0])


def varied(image: ImageArray) -> list[ImageArray]:
    """The same face mirrored, turned, grey and dark, and small."""
    turn = cv2.getRotationMatrix2D((256, 256), 15, 1.0)
    grey = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    return [
        np.ascontiguousarray(image[:, ::-1]),
        np.asarray(cv2.warpAffine(image, turn, (512, 512)), np.uint8),
        np.asarray(grey // 2, np.uint8),
        place(image, (320, 240), 20, 20, 200),
    ]


def test_a_face_is_known_again_in_other_light_size_and_position_and_from_another(
    embedder: AlignedEmbedder, portrait: ImageArray, hopper: ImageArray
) -> None:
    one, other = embed(embedder, portrait), embed(embedder, hopper)
    for image in varied(portrait):
        found = embed(embedder, image)
        assert found @ one > embedder.threshold
        assert found @ other < embedder.threshold - 0.1


def test_two_clips_of_one_person_and_two_of_another_have_two_characters(
    tmp_path: Path, portrait: ImageArray, hopper: ImageArray
) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    database = open_database(settings)
    people, reader = [], Reader(settings, "eme-lite2")
    for number, face in enumerate((portrait, hopper, portrait[:, ::-1], hopper[:, ::-1])):
        clip = make_clip(
            tmp_path / f"{number}.mp4",
            n=40,
            size=SIZE,
            picture=lambda index, face=face, number=number: place(
                np.ascontiguousarray(face), SIZE, index // 2 + 5 * number, 0, 240 - 8 * number
            ),
        )
        analysis = finish(read_scene(reader, clip, identify(clip)))
        assert analysis.faces["track"].nunique() == 1
        scene = scene_at(database, analysis.id)
        assert scene is not None
        (member,) = characters_of_scene(database, scene)
        people.append(member.label)
    assert people == ["Person 1", "Person 2", "Person 1", "Person 2"]


def test_the_card_is_of_these_weights_and_shows_its_failures() -> None:
    card = Settings().models_dir / "embedders" / DEFAULT_EMBEDDER / "README.md"
    text = card.read_text(encoding="utf-8")
    assert "For research and education" in text and "Where it fails" in text
    threshold = load_embedder(DEFAULT_EMBEDDER, Settings().models_dir).threshold
    assert f"{threshold:.3f}" in text
