"""Faults of what an archive says of itself, its films, scenes and people."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

from tests.faults.archives.packing import HUGE, TEXT, Change, Members, Write, pack


def cases() -> dict[str, Write]:
    """All of them, by name."""
    changes = _MANIFESTS.items()
    return {f"manifest: {name}": partial(_with_manifest, change) for name, change in changes}


def _with_manifest(change: Change, members: Members, path: Path, _: Path) -> None:
    manifest = json.loads(members["library.json"])
    change(manifest)
    text = json.dumps(manifest)  # writes NaN and Infinity as such
    pack({**members, "library.json": text.encode()}, path)


def _scene(**values: Any) -> Change:
    return lambda manifest: manifest["scenes"][0].update(values)


def _film(**values: Any) -> Change:
    return lambda manifest: manifest["films"][0].update(values)


def _take(**values: Any) -> Change:
    take = {"number": 1, "title": "t", "recorded": "2026-01-01T00:00:00Z"}
    return _scene(take={**take, **values})


def _many_films(count: int) -> Change:
    return lambda m: m.update(
        films=[{**m["films"][0], "uuid": f"f{k}", "title": f"Film {k}"} for k in range(count)]
    )


def _many_scenes(count: int) -> Change:
    return lambda m: m.update(
        scenes=[
            {**m["scenes"][0], "clip_sha256": f"{k:064x}", "clip": "", "analyses": []}
            for k in range(count)
        ]
    )


def _character(**values: Any) -> Change:
    box = [0.0, 0.1, 0.1, 0.2, 0.2]
    track = {"start": 0, "end": 1, "seconds": 1, "anchors": [box]}
    return _scene(characters=[{"uuid": "x", "number": 1, "tracks": [track], **values}])


_MANIFESTS: dict[str, Change] = {
    "a film without a title": _film(title=""),
    "a title of 3 million letters": _film(title=TEXT),
    "a director of 3 million letters": _film(director=TEXT),
    "what to look for of 3 million letters": _film(looking_for=TEXT),
    "a year of a million": _film(year=1_000_000),
    "a year in words": _film(year="last"),
    "a film of the year 1": _film(created="0001-01-01T00:00:00+14:00"),
    "a film of the year 9999": _film(created="9999-12-31T23:59:59-14:00"),
    "a film of no zone": _film(created="2026-01-01T00:00:00"),
    "a film of another time": _film(created=1e300),
    "a film of a negative time": _film(created=-1e14),
    "notes of 3 million letters": _scene(notes=TEXT),
    "a quote of 3 million letters": _scene(quote=TEXT),
    "a name of 3 million letters": _scene(clip_name=TEXT),
    "a scene of the year 1": _scene(created="0001-01-01T00:00:00+14:00"),
    "a scene of the year 9999": _scene(created="9999-12-31T23:59:59-14:00"),
    "a scene of no zone": _scene(created="2026-01-01T00:00:00"),
    "a scene of no length": _scene(duration=float("nan")),
    "a scene without end": _scene(duration=float("inf")),
    "a scene of 10^300 seconds": _scene(duration=HUGE),
    "a scene of minus a second": _scene(duration=-1),
    "a scene twice": lambda m: m["scenes"].append(m["scenes"][0]),
    "a film twice": lambda m: m["films"].append(m["films"][0]),
    "a film that is not there": _scene(film="nowhere"),
    "a film that is a number": _scene(film=7),
    "200,000 tags": _scene(tags=[f"tag {k}" for k in range(200_000)]),
    "a tag of 3 million letters": _scene(tags=[TEXT]),
    "tags of nothing": _scene(tags=["", " ", "\0", "\ud800"]),
    "tags that are numbers": _scene(tags=[1, 2]),
    "100,000 films": _many_films(100_000),
    "200,000 scenes": _many_scenes(200_000),
    "500,000 bookmarks": _scene(bookmarks=[{"time": k / 1e5} for k in range(500_000)]),
    "a bookmark of 3 million letters": _scene(bookmarks=[{"time": 1, "comment": TEXT}]),
    "a bookmark at no time": _scene(bookmarks=[{"time": float("nan")}]),
    "a bookmark without end": _scene(bookmarks=[{"time": 1, "end": float("inf")}]),
    "a bookmark before it begins": _scene(bookmarks=[{"time": 3, "end": 1}]),
    "a clip elsewhere": _scene(clip="../../etc/passwd"),
    "a clip of the root": _scene(clip="/etc/passwd"),
    "a clip of another name": _scene(clip="media/" + "0" * 64 + ".mp4"),
    "a clip that is missing": lambda m: m["scenes"][0].update(
        clip=f"media/{m['scenes'][0]['clip_sha256']}.avi"
    ),
    "a hash of capitals": lambda m: m["scenes"][0].update(
        clip_sha256=m["scenes"][0]["clip_sha256"].upper()
    ),
    "an analysis elsewhere": lambda m: m["scenes"][0].update(
        analyses=[m["scenes"][0]["clip_sha256"] + "/../../../x"]
    ),
    "an analysis that is missing": lambda m: m["scenes"][0]["analyses"].append(
        m["scenes"][0]["clip_sha256"] + "/other"
    ),
    "an analysis 100,000 times": lambda m: m["scenes"][0].update(
        analyses=m["scenes"][0]["analyses"] * 100_000
    ),
    "an analysis of another clip": _scene(analyses=["0" * 64 + "/model"]),
    "a character of no name": _character(uuid=""),
    "a character of a long number": _character(number=10**30),
    "a character of NaN": _character(
        tracks=[{"start": float("nan"), "end": 1, "seconds": 1, "anchors": [[0] * 5]}]
    ),
    "100,000 characters": _scene(
        characters=[{"uuid": str(k), "number": 1, "tracks": []} for k in range(100_001)]
    ),
    "a said line elsewhere": lambda m: m["said_lines"][0].update(name="../../../../x"),
    "a said line that is missing": lambda m: m["said_lines"][0].update(name="0" * 32),
    "a said line twice": lambda m: m["said_lines"].append(m["said_lines"][0]),
    "a recording elsewhere": lambda m: m["said_lines"][0].update(recording="recording./../x"),
    "100,000 said lines": lambda m: m.update(
        said_lines=[{"name": f"{k:032x}", "recording": "recording.wav"} for k in range(100_000)]
    ),
    "a take of a negative number": _take(number=-3),
    "a take of the year 1": _take(recorded="0001-01-01T00:00:00+14:00"),
    "a take of 3 million letters": _take(title=TEXT),
    "a take of no JSON": _take(exercise="{not json"),
    "a take of an odd exercise": _take(exercise='{"kind": "hold", "seconds": 1e999}'),
    "no lists": lambda m: m.update(films={}, scenes="none"),
    "another format": lambda m: m.update(format="eme-other"),
    "a later version": lambda m: m.update(version=10**9),
    "no version": lambda m: m.update(version=0),
    "fields nobody knows": lambda m: m.update({f"field {k}": k for k in range(50_000)}),
    "lists in lists": lambda m: m.update(extra=json.loads("[" * 900 + "]" * 900)),
}
