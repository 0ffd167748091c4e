"""A library to measure pages with: a scene and a film, made up, but stored as the app stores them.

Shots of some seconds show one to three of the characters, or nobody; faces come late, leave early
and drop out in between; readings wander from frame to frame as those of a classifier do. The clip
shows three faces where the analysis says that they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import cv2
import numpy as np
import pandas as pd
import skimage.data
from av.video.stream import VideoStream

from emotion_core.emotions.labels import EMOTIONS, valence_arousal
from emotion_core.emotions.registry import ModelId, identify_model
from emotion_core.faces.identity.track_embeddings import TrackEmbeddings
from emotion_core.library.database.engine import Database
from emotion_core.library.scenes import enter_scene, open_library
from emotion_core.library.thumbnails import thumbnails_path, write_thumbnails
from emotion_core.scene.analysis import (
    FACE_DTYPES,
    FRAME_DTYPES,
    MESH_COLUMNS,
    AnalysisParameters,
    ClipId,
    SceneAnalysis,
)
from emotion_core.scene.clips.store import clips_of
from emotion_core.scene.store import AnalysisStore
from emotion_core.settings import Settings
from emotion_core.stats import entropy
from emotion_core.types import ImageArray, VideoInfo

FPS, SIZE = 24, (640, 360)
SIDE = 180  # px of a face's picture; three stand beside each other
LOOP = 8  # s of pictures that are encoded, and repeated to the length of the clip
BIT_RATE = 600_000  # of the pictures, as a copy for the browser has
SHOT = 5.0  # s, mean length
NOBODY = 0.12  # share of the shots
VECTOR = 128


@dataclass(frozen=True, slots=True)
class Length:
    """What is made: a name, seconds, and how many characters there are."""

    name: str
    seconds: int
    characters: int


SCENE, FILM = Length("scene", 300, 4), Length("film", 7200, 12)


def fill(settings: Settings, lengths: tuple[Length, ...] = (SCENE, FILM)) -> dict[str, str]:
    """Enter a clip with its reading for each length; gives the addresses of the analyses."""
    database = open_library(settings)
    try:
        return {length.name: _enter(settings, database, length) for length in lengths}
    finally:
        database.close()


def _enter(settings: Settings, database: Database, length: Length) -> str:
    work = settings.data_dir / f"{length.name}.mp4"
    write_clip(work, length.seconds)
    with work.open("rb") as file:
        clip, name = clips_of(settings).add(file, f"The {length.name}.mp4")
    work.unlink()
    model = identify_model(settings.model, settings.models_dir)
    assert model is not None
    analysis = make_analysis(length, name, model)
    store = AnalysisStore(settings.analyses_dir)
    store.save(analysis, clip)
    enter_scene(database, store, analysis.id, analysis=analysis)
    strip = thumbnails_path(settings.thumbnails_dir, name.sha256)
    strip.parent.mkdir(parents=True, exist_ok=True)
    write_thumbnails(clip, analysis, strip)
    return analysis.id


def write_clip(path: Path, seconds: int) -> None:
    """Some seconds of three faces before noise, encoded once and repeated without encoding."""
    loop = path.with_suffix(".loop.mp4")
    portrait, noise = _portrait(), np.random.default_rng(0)
    with av.open(str(loop), "w") as container:
        stream = container.add_stream("libx264", FPS, options={"preset": "ultrafast"})
        assert isinstance(stream, VideoStream)
        stream.width, stream.height = SIZE
        stream.pix_fmt, stream.bit_rate = "yuv420p", BIT_RATE
        for index in range(LOOP * FPS):
            picture = noise.integers(40, 80, (SIZE[1] // 8, SIZE[0] // 8, 3)).astype(np.uint8)
            picture = cv2.resize(picture, SIZE, interpolation=cv2.INTER_LINEAR)
            for place in range(3):
                x, y = _corner(place, index)
                picture[y : y + SIDE, x : x + SIDE] = portrait
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts = index
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    _repeat(loop, path, seconds)
    loop.unlink()


def _repeat(loop: Path, path: Path, seconds: int) -> None:
    with av.open(str(path), "w", options={"movflags": "faststart"}) as out:
        target = None
        for turn in range(-(-seconds // LOOP)):
            with av.open(str(loop)) as container:
                source = container.streams.video[0]
                if target is None:
                    target = out.add_stream_from_template(source)
                base = source.time_base or Fraction(1, FPS)
                shift = round(turn * LOOP / base)
                for packet in container.demux(source):
                    if packet.dts is None or packet.pts is None:
                        continue
                    if turn * LOOP + packet.pts * base >= seconds:
                        continue
                    packet.pts, packet.dts = packet.pts + shift, packet.dts + shift
                    packet.stream = target
                    out.mux(packet)


def _portrait() -> ImageArray:
    face = skimage.data.astronaut()[0:260, 90:350]
    return cv2.resize(face, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.uint8)


def _corner(place: int, index: int) -> tuple[int, int]:
    """Where a face's picture stands in a frame: it sways a little, and is back after a loop."""
    turn = 2 * np.pi * index / (LOOP * FPS)
    x, y = 20 + place * 205 + 12 * np.sin(turn + place), 80 + 20 * np.cos(2 * turn + place)
    return round(float(x)), round(float(y))


def make_analysis(length: Length, clip: ClipId, model: ModelId) -> SceneAnalysis:
    """A reading of such a clip."""
    random = np.random.default_rng(length.seconds)
    frames = length.seconds * FPS
    cuts = np.cumsum(random.gamma(2.5, SHOT / 2.5, length.seconds)) * FPS
    edges = [0, *np.unique(cuts[cuts < frames - FPS].astype(int)).tolist(), frames]
    numbers = np.arange(frames)
    shot = np.searchsorted(edges[1:], numbers, side="right")
    # the first leads, the second is seen half as often, the third a third as often
    seen = 1 / np.arange(1, length.characters + 1)
    seen /= seen.sum()
    tracks: list[pd.DataFrame] = []
    whose: list[int] = []
    for number, (start, end) in enumerate(pairwise(edges)):
        if end - start < 8 or random.random() < NOBODY:
            continue
        count = random.choice([1, 2, 3], p=[0.6, 0.3, 0.1])
        shown = random.choice(length.characters, count, replace=False, p=seen)
        for place, character in enumerate(shown.tolist()):
            rows = _track(random, start, end, place, character)
            tracks.append(rows.assign(shot=number, track=len(tracks)))
            whose.append(character)
    faces = pd.concat(tracks).sort_values(["frame", "track"], ignore_index=True)
    faces = faces.assign(character=pd.NA, time=faces["frame"] / FPS)
    counts = faces.groupby("frame").size().reindex(numbers, fill_value=0).to_numpy()
    table = pd.DataFrame({"frame": numbers, "time": numbers / FPS, "shot": shot, "faces": counts})
    return SceneAnalysis(
        clip=clip,
        info=VideoInfo(*SIZE, FPS, float(length.seconds), frames, False),
        shots=tuple((a / FPS, b / FPS) for a, b in pairwise(edges)),
        faces=faces[list(FACE_DTYPES)].astype(FACE_DTYPES),
        frames=table.astype(FRAME_DTYPES),
        model=model,
        parameters=AnalysisParameters(),
        identity=_identity(random, tracks, whose, length.characters),
    )


def _track(
    random: np.random.Generator, start: int, end: int, place: int, character: int
) -> pd.DataFrame:
    """A face through a shot: it may come late, leave early, and be lost for a moment."""
    first = start + (random.integers(0, (end - start) // 4) if random.random() < 0.2 else 0)
    frames = np.arange(first, end)
    if random.random() < 0.15 and len(frames) > 3 * FPS:
        lost = random.integers(FPS, len(frames) - FPS)
        frames = np.delete(frames, slice(lost, lost + FPS // 2))
    n = len(frames)
    # one emotion leads, and the others come and go over a second or so
    logits = np.cumsum(random.normal(0, 0.16, (n, 7)), axis=0) + random.normal(0, 0.25, (n, 7))
    logits[:, (character + random.integers(0, 3)) % 7] += 2.5
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares = (shares / shares.sum(axis=1, keepdims=True)).astype(np.float32)
    corners = np.array([_corner(place, frame) for frame in frames.tolist()], np.float32)
    inside = np.array([40, 28, 150, 166], np.float32)  # the face in its picture
    boxes = np.hstack([corners, corners]) + inside + random.normal(0, 0.7, (n, 4))
    valence, arousal = valence_arousal(shares)
    columns = dict(zip(EMOTIONS, shares.T, strict=True))
    return pd.DataFrame(
        {
            "frame": frames,
            **dict(zip(("x1", "y1", "x2", "y2"), boxes.T, strict=True)),
            "confidence": 0.99,
            "detected": (frames - first) % 5 == 0,
            **columns,
            "valence": valence,
            "arousal": arousal,
            "entropy": entropy(shares),
            "sharpness": random.gamma(8, 0.15, n),
            "turn": np.abs(random.normal(0, 0.15, n)),
            **dict.fromkeys(MESH_COLUMNS, np.nan),
        }
    )


def _identity(
    random: np.random.Generator, tracks: list[pd.DataFrame], whose: list[int], characters: int
) -> TrackEmbeddings:
    people = random.normal(0, 1, (characters, VECTOR))
    vectors = people[whose] + random.normal(0, 0.5, (len(whose), VECTOR))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    small = cv2.cvtColor(cv2.resize(_portrait(), (112, 112)), cv2.COLOR_RGB2BGR)
    portrait = cv2.imencode(".jpg", small)[1].tobytes()
    return TrackEmbeddings(
        np.arange(len(tracks), dtype=np.int32),
        vectors.astype(np.float32),
        np.array([max(len(rows) / FPS / 0.4, 1) for rows in tracks], np.float32),
        (portrait,) * len(tracks),
        "made up",
        0.5,
    )
