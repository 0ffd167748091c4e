"""Archives of a library that are damaged or lie; each is made from a sound one by its number."""

from __future__ import annotations

import io
import json
import random
import struct
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from emotion_core.emotions.labels import EMOTIONS

SEED = 20_260_612
DAMAGED = 36  # archives with some wrong bytes
Members = dict[str, bytes]
_HUGE, _FAR = 1e300, 1e12


@dataclass(frozen=True)
class ArchiveCase:
    """An archive to be.

    Attributes:
        name: says what is wrong with it.
        write: packs it at a path, from the files of a sound one; it is also given a clip of this
            machine that is in no library.
    """

    name: str
    write: Callable[[Members, Path, Path], None]


def cases() -> list[ArchiveCase]:
    """All of them, in an order that never changes."""
    found = [ArchiveCase("a sound one", lambda members, path, _: pack(members, path))]
    for name, change in _MANIFESTS.items():
        found.append(ArchiveCase(f"manifest: {name}", partial(_with_manifest, change)))
    for file in ("faces", "frames", "identity"):
        for name, alter in _TABLES[file].items():
            found.append(ArchiveCase(f"{file}: {name}", partial(_with_table, file, alter)))
    for name, values in _STORED.items():
        found.append(ArchiveCase(f"analysis: {name}", partial(_with_stored, values)))
    for file, alters in _SAID.items():
        for name, alter in alters.items():
            found.append(ArchiveCase(f"said {file}: {name}", partial(_with_said, file, alter)))
    for name, change in _SAID_STORED.items():
        found.append(ArchiveCase(f"said line: {name}", partial(_with_said_stored, change)))
    found += [ArchiveCase(f"ZIP: {name}", write) for name, write in _ZIPS.items()]
    found += [ArchiveCase(f"wrong bytes {k}", partial(_wrong_bytes, k)) for k in range(DAMAGED)]
    return found


def pack(members: Mapping[str, bytes], path: Path, method: int = zipfile.ZIP_DEFLATED) -> None:
    """Write a ZIP file."""
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)


# ---- the manifest

_Change = Callable[[dict[str, Any]], object]


def _with_manifest(change: _Change, members: Members, path: Path, _: Path) -> None:
    manifest = json.loads(members["library.json"])
    change(manifest)
    text = json.dumps(manifest)  # writes NaN and Infinity as such
    pack({**members, "library.json": text.encode()}, path)


def _scene(**values: Any) -> _Change:
    return lambda manifest: manifest["scenes"][0].update(values)


def _film(**values: Any) -> _Change:
    return lambda manifest: manifest["films"][0].update(values)


def _take(**values: Any) -> _Change:
    take = {"number": 1, "title": "t", "recorded": "2026-01-01T00:00:00Z"}
    return _scene(take={**take, **values})


def _many_films(count: int) -> _Change:
    return lambda m: m.update(
        films=[{**m["films"][0], "uuid": f"f{k}", "title": f"Film {k}"} for k in range(count)]
    )


def _many_scenes(count: int) -> _Change:
    return lambda m: m.update(
        scenes=[
            {**m["scenes"][0], "clip_sha256": f"{k:064x}", "clip": "", "analyses": []}
            for k in range(count)
        ]
    )


def _character(**values: Any) -> _Change:
    box = [0.0, 0.1, 0.1, 0.2, 0.2]
    track = {"start": 0, "end": 1, "seconds": 1, "anchors": [box]}
    return _scene(characters=[{"uuid": "x", "number": 1, "tracks": [track], **values}])


_TEXT = random.Random(SEED).randbytes(1_500_000).hex()  # which does not shrink when it is packed
_MANIFESTS: dict[str, _Change] = {
    "a film without a title": _film(title=""),
    "a title of 3 million letters": _film(title=_TEXT),
    "a director of 3 million letters": _film(director=_TEXT),
    "what to look for of 3 million letters": _film(looking_for=_TEXT),
    "a year of a million": _film(year=1_000_000),
    "a year in words": _film(year="last"),
    "a film of the year 1": _film(created="0001-01-01T00:00:00+14:00"),
    "a film of the year 9999": _film(created="9999-12-31T23:59:59-14:00"),
    "a film of no zone": _film(created="2026-01-01T00:00:00"),
    "a film of another time": _film(created=1e300),
    "a film of a negative time": _film(created=-1e14),
    "notes of 3 million letters": _scene(notes=_TEXT),
    "a quote of 3 million letters": _scene(quote=_TEXT),
    "a name of 3 million letters": _scene(clip_name=_TEXT),
    "a scene of the year 1": _scene(created="0001-01-01T00:00:00+14:00"),
    "a scene of the year 9999": _scene(created="9999-12-31T23:59:59-14:00"),
    "a scene of no zone": _scene(created="2026-01-01T00:00:00"),
    "a scene of no length": _scene(duration=float("nan")),
    "a scene without end": _scene(duration=float("inf")),
    "a scene of 10^300 seconds": _scene(duration=_HUGE),
    "a scene of minus a second": _scene(duration=-1),
    "a scene twice": lambda m: m["scenes"].append(m["scenes"][0]),
    "a film twice": lambda m: m["films"].append(m["films"][0]),
    "a film that is not there": _scene(film="nowhere"),
    "a film that is a number": _scene(film=7),
    "200,000 tags": _scene(tags=[f"tag {k}" for k in range(200_000)]),
    "a tag of 3 million letters": _scene(tags=[_TEXT]),
    "tags of nothing": _scene(tags=["", " ", "\0", "\ud800"]),
    "tags that are numbers": _scene(tags=[1, 2]),
    "100,000 films": _many_films(100_000),
    "200,000 scenes": _many_scenes(200_000),
    "500,000 bookmarks": _scene(bookmarks=[{"time": k / 1e5} for k in range(500_000)]),
    "a bookmark of 3 million letters": _scene(bookmarks=[{"time": 1, "comment": _TEXT}]),
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
    "a take of 3 million letters": _take(title=_TEXT),
    "a take of no JSON": _take(exercise="{not json"),
    "a take of an odd exercise": _take(exercise='{"kind": "hold", "seconds": 1e999}'),
    "no lists": lambda m: m.update(films={}, scenes="none"),
    "another format": lambda m: m.update(format="eme-other"),
    "a later version": lambda m: m.update(version=10**9),
    "no version": lambda m: m.update(version=0),
    "fields nobody knows": lambda m: m.update({f"field {k}": k for k in range(50_000)}),
    "lists in lists": lambda m: m.update(extra=json.loads("[" * 900 + "]" * 900)),
}

# ---- the tables

_Alter = Callable[[pd.DataFrame], pd.DataFrame]


def _with_table(file: str, alter: _Alter, members: Members, path: Path, _: Path) -> None:
    name = next(one for one in members if one.endswith(f"{file}.parquet"))
    table = alter(pd.read_parquet(io.BytesIO(members[name])).copy())
    packed = io.BytesIO()
    table.to_parquet(packed)
    pack({**members, name: packed.getvalue()}, path)


def _set(**columns: Any) -> _Alter:
    return lambda table: table.assign(**columns)


def _first(column: str, value: Any) -> _Alter:
    def alter(table: pd.DataFrame) -> pd.DataFrame:
        values = table[column].to_numpy().copy()
        values[len(values) // 2] = value
        return table.assign(**{column: values})

    return alter


def _repeated(count: int) -> _Alter:
    return lambda table: pd.concat([table.iloc[:1]] * 1000).take(np.arange(count) % 1000)


_ANY: dict[str, _Alter] = {
    "no rows": lambda table: table.iloc[:0],
    "no columns": lambda table: table[[]],
    "a column less": lambda table: table.iloc[:, 1:],
    "a column more": _set(more=1),
    "another order of columns": lambda table: table[table.columns[::-1]],
    "text for numbers": lambda table: table.astype({table.columns[0]: str}),
    "text for all": lambda table: table.map(lambda _: "x"),
    "lists for numbers": lambda table: table.assign(**{table.columns[0]: [[1, 2]] * len(table)}),
    "dates for numbers": lambda table: table.assign(
        **{table.columns[0]: pd.Timestamp("2020-01-01")}
    ),
    "nothing for numbers": lambda table: table.assign(**{table.columns[0]: None}),
    "20 million rows": _repeated(20_000_000),
}
_FRAMES: dict[str, _Alter] = {
    "a time of NaN": _first("time", np.nan),
    "a time of infinity": _first("time", np.inf),
    "a last time of infinity": lambda t: t.assign(time=[*t["time"][:-1], np.inf]),
    "a last time of 10^12": lambda t: t.assign(time=[*t["time"][:-1], _FAR]),
    "times of 10^300": lambda t: t.assign(time=t["time"] * _HUGE),
    "times a million times longer": lambda t: t.assign(time=t["time"] * 1e6),
    "times that fall": lambda t: t.assign(time=t["time"].to_numpy()[::-1]),
    "negative times": lambda t: t.assign(time=t["time"] - 100),
    "frames that fall": lambda t: t.assign(frame=t["frame"].to_numpy()[::-1]),
    "frames that are one": _set(frame=np.int32(3)),
    "negative frames": lambda t: t.assign(frame=t["frame"] - 1000),
    "negative shots": _set(shot=np.int32(-5)),
    "shots of 2^31": _set(shot=np.int32(2**31 - 1)),
    "negative faces": _set(faces=np.int32(-1)),
    "faces that nobody has": _set(faces=np.int32(100)),
    "half of the frames": lambda t: t.iloc[::2],
    "numbers of 2^40": lambda t: t.assign(frame=t["frame"].astype("int64") + 2**40),
    "numbers that are half": lambda t: t.assign(frame=t["frame"] + 0.5),
}
_FACES: dict[str, _Alter] = {
    "probabilities of NaN": _first("happy", np.nan),
    "all probabilities of NaN": _set(**dict.fromkeys(EMOTIONS, np.float32("nan"))),
    "probabilities of infinity": _first("sad", np.inf),
    "probabilities of 2": _set(**dict.fromkeys(EMOTIONS, np.float32(2))),
    "negative probabilities": _set(angry=np.float32(-1)),
    "probabilities of 0": _set(**dict.fromkeys(EMOTIONS, np.float32(0))),
    "boxes of NaN": _first("x1", np.nan),
    "boxes of infinity": _first("y2", np.inf),
    "boxes of 10^30": _set(x2=np.float32(1e30)),
    "boxes turned over": lambda t: t.assign(x1=t["x2"], x2=t["x1"]),
    "times of NaN": _first("time", np.nan),
    "times of infinity": _set(time=np.inf),
    "times of other frames": lambda t: t.assign(time=t["time"] + 1),
    "frames of nowhere": _set(frame=np.int32(99_999)),
    "negative tracks": _set(track=np.int32(-1)),
    "a track of 2^31": _first("track", 2**31 - 1),
    "a track for each row": lambda t: t.assign(track=np.arange(len(t), dtype=np.int32)),
    "one track twice in a frame": lambda t: t.assign(track=np.int32(0)),
    "other shots": lambda t: t.assign(shot=t["shot"] + 7),
    "a name of 3 million letters": _first("character", _TEXT),
    "names that are numbers": _set(character=7),
    "confidence of NaN": _first("confidence", np.nan),
    "confidence of 10^9": _set(confidence=np.float32(1e9)),
    "valence of infinity": _set(valence=np.float32("inf")),
    "entropy of NaN": _first("entropy", np.nan),
    "sharpness of infinity": _set(sharpness=np.float32("inf")),
    "a turn of infinity": _set(turn=np.float32("-inf")),
    "detected that is a number": _set(detected=7),
    "rows upside down": lambda t: t.iloc[::-1].reset_index(drop=True),
}


def _vectors(make: Callable[[int], Any]) -> _Alter:
    return lambda t: t.assign(vector=[make(k) for k in range(len(t))])


_IDENTITY: dict[str, _Alter] = {
    "vectors of NaN": _vectors(lambda _: np.full(2, np.nan, np.float32)),
    "vectors of infinity": _vectors(lambda _: np.full(2, np.inf, np.float32)),
    "vectors of 10^30": _vectors(lambda _: np.full(2, 1e30, np.float32)),
    "vectors of zeros": _vectors(lambda _: np.zeros(2, np.float32)),
    "vectors of several lengths": _vectors(lambda k: np.ones(k + 1, np.float32)),
    "vectors of no length": _vectors(lambda _: np.zeros(0, np.float32)),
    "vectors of 10 million": _vectors(lambda _: np.ones(10_000_000, np.float32)),
    "vectors of text": _vectors(lambda _: ["a", "b"]),
    "tracks that nobody has": _set(track=np.int32(5000)),
    "negative tracks": _set(track=np.int32(-2)),
    "weights of infinity": _set(weight=np.float32("inf")),
    "weights of minus one": _set(weight=np.float32(-1)),
    "portraits of nothing": _set(portrait=b""),
    "portraits of text": _set(portrait="face"),
    "portraits of 20 MB": lambda t: t.assign(portrait=[bytes(20_000_000)] * len(t)),
    "portraits of a program": _set(portrait=b"<svg onload=alert(1)>"),
    "a threshold of NaN": _set(threshold=float("nan")),
    "an embedder of 3 million letters": _set(embedder=_TEXT),
}
_TABLES = {
    "faces": {**_ANY, **_FACES},
    "frames": {**_ANY, **_FRAMES},
    "identity": {**_ANY, **_IDENTITY},
}

# ---- a line that was said and kept


def _with_said(file: str, alter: _Alter, members: Members, path: Path, bait: Path) -> None:
    _with_table(f"voice/{_LINE}/{file}", alter, members, path, bait)


def _with_said_stored(change: _Change, members: Members, path: Path, _: Path) -> None:
    name = f"voice/{_LINE}/take.json"
    stored = json.loads(members[name])
    change(stored)
    pack({**members, name: json.dumps(stored).encode()}, path)


def _said(**values: Any) -> _Change:
    return lambda stored: stored.update(values)


_LINE = "5" * 32  # its folder
_SAID_TIMES: dict[str, _Alter] = {
    "times of infinity": _set(start=np.inf),
    "times of 10^300": _set(end=_HUGE),
    "somebody else": _set(performance=np.int32(7)),
    "nobody": _set(performance=np.int32(-1)),
    "one who says all": _set(performance=np.int32(1)),
    "upside down": lambda t: t.iloc[::-1].reset_index(drop=True),
}
_SAID: dict[str, dict[str, _Alter]] = {
    "table": {
        **_ANY,
        **_SAID_TIMES,
        "no text": _set(delivery=None),
        "a text of 3 million letters": _set(strongest=_TEXT),
        "measures of infinity": _set(pace=np.inf, pitch=-np.inf, loudness=np.inf, length=np.inf),
        "measures of 10^300": _set(pace=_HUGE, pitch=-_HUGE, filled=_HUGE),
        "a line of 2^31": _set(line=np.int32(2**31 - 1)),
    },
    "words": {
        **_ANY,
        **_SAID_TIMES,
        "pauses of infinity": _set(pause=np.inf),
        "pauses of minus 10^300": _set(pause=-_HUGE),
        "a word of 3 million letters": _set(word=_TEXT),
        "no words": _set(word=None),
        "words that end before they begin": _set(end=-5.0),
    },
    "contours": {
        **_ANY,
        "times of NaN": _set(aligned=np.nan),
        "times of infinity": _set(time=np.inf),
        "somebody else": _set(performance=np.int32(2)),
        "pitches of infinity": _set(pitch=np.float32("inf")),
        "levels of 10^30": _set(level=np.float32(1e30)),
        "100,000 rows": _repeated(100_000),
    },
}
_SAID_STORED: dict[str, _Change] = {
    "no length": _said(seconds=float("nan")),
    "a day of it": _said(seconds=1e9),
    "the year 1": _said(recorded="0001-01-01T00:00:00+14:00"),
    "the year 9999": _said(recorded="9999-12-31T23:59:59-14:00"),
    "no zone": _said(recorded="2026-01-01T00:00:00"),
    "a text of 3 million letters": _said(text=_TEXT),
    "a text of half a letter": _said(text="\ud800"),
    "a text of turns and zeros": _said(text="\u202e\0\x1b[2J", scene="<script>"),
    "one who says it": _said(titles=["Ana"]),
    "pitches of NaN": _said(pitches=[float("nan")]),
    "a million pitches": _said(pitches=[200.0] * 1_000_000),
    "a gap that nobody knows": _said(pitch_gaps=["x", None]),
    "as many utterances as there are": _said(usual_of=10**30),
    "words that nobody compares": _said(by_words=False),
    "no fields": lambda stored: stored.clear(),
}

# ---- what stands beside them

_Values = Callable[[dict[str, Any], Path], object]


def _with_stored(change: _Values, members: Members, path: Path, bait: Path) -> None:
    name = next(one for one in members if one.endswith("analysis.json"))
    stored = json.loads(members[name])
    clipless = change(stored, bait) == "clipless"
    manifest = json.loads(members["library.json"])
    if clipless:
        manifest["scenes"][0]["clip"] = ""
    packed = {**members, name: json.dumps(stored).encode()}
    pack({**packed, "library.json": json.dumps(manifest).encode()}, path)


def _info(**values: Any) -> _Values:
    return lambda stored, _: stored["info"].update(values)


def _beside(**values: Any) -> _Values:
    return lambda stored, _: stored.update(values)


def _parameters(**values: Any) -> _Values:
    return lambda stored, _: stored["parameters"].update(values)


def _foreign_source(stored: dict[str, Any], bait: Path) -> str:
    stored.update(source=str(bait), created="2036-01-01T00:00:00Z")
    return "clipless"


def _foreign_address(stored: dict[str, Any], bait: Path) -> str:
    stored.update(source=bait.as_uri(), created="2036-01-01T00:00:00Z")
    return "clipless"


_STORED: dict[str, _Values] = {
    "a source of this machine": _foreign_source,
    "a source of this machine as an address": _foreign_address,
    "a rate of 0": _info(fps=0),
    "a rate of NaN": _info(fps=float("nan")),
    "a rate of infinity": _info(fps=float("inf")),
    "a negative rate": _info(fps=-25),
    "a rate of 10^-300": _info(fps=1e-300),
    "a rate of 10^300": _info(fps=_HUGE),
    "no width": _info(width=0),
    "a width of 10^18": _info(width=10**18),
    "a negative height": _info(height=-1),
    "a length of NaN": _info(duration=float("nan")),
    "a length of infinity": _info(duration=float("inf")),
    "a length of 10^12": _info(duration=_FAR),
    "a negative length": _info(duration=-3),
    "a negative number of frames": _info(frame_count=-1),
    "a number of frames of 10^30": _info(frame_count=10**30),
    "no shots": _beside(shots=[]),
    "shots of infinity": _beside(shots=[[0, float("inf")]]),
    "shots of NaN": _beside(shots=[[0, float("nan")]]),
    "shots that end before they begin": _beside(shots=[[3, 1]]),
    "shots that fall": _beside(shots=[[2, 4], [0, 2]]),
    "more than a million shots": _beside(
        shots=[[k / 1e6, (k + 1) / 1e6] for k in range(1_200_000)]
    ),
    "a shot of three ends": _beside(shots=[[0, 1, 2]]),
    "read in the year 1": _beside(created="0001-01-01T00:00:00+14:00"),
    "read in the year 9999": _beside(created="9999-12-31T23:59:59-14:00"),
    "read in no zone": _beside(created="2026-01-01T00:00:00"),
    "read at a time of 10^300": _beside(created=_HUGE),
    "every 0th frame": _parameters(every=0),
    "every 10^18th frame": _parameters(every=10**18),
    "an interval of NaN": _parameters(detect_interval=float("nan")),
    "a gap of infinity": lambda stored, _: stored["parameters"]["tracking"].update(
        max_gap=float("inf")
    ),
    "a version of 10^30": _parameters(version=10**30),
    "a change of infinity": _parameters(still_change=float("inf")),
    "an embedder of 3 million letters": _parameters(embedder=_TEXT),
    "a model of 3 million letters": _beside(model={"name": _TEXT, "fingerprint": "a"}),
    "a model elsewhere": _beside(model={"name": "../../../x", "fingerprint": "../.."}),
    "a warning of 3 million letters": _beside(warnings=[_TEXT]),
    "a million warnings": _beside(warnings=[str(k) for k in range(1_000_000)]),
    "a clip of another name": lambda stored, _: stored["clip"].update(name="../../../evil.mp4"),
    "a clip of 3 million letters": lambda stored, _: stored["clip"].update(name=_TEXT),
    "a clip of another hash": lambda stored, _: stored["clip"].update(sha256="../../../x"),
    "no clip": _beside(clip=None),
}

# ---- the ZIP file itself


def _bomb(members: Members, path: Path, _: Path) -> None:
    clip = next(name for name in members if name.startswith("media/"))
    pack({**members, clip: bytes(300 << 20)}, path)


def _packed_by(method: int) -> Callable[[Members, Path, Path], None]:
    return lambda members, path, _: pack(members, path, method)


def _damaged_by(method: int, members: Members, path: Path, _: Path) -> None:
    pack(members, path, method)
    data = bytearray(path.read_bytes())
    for place in range(200, min(len(data), 4000), 37):
        data[place] ^= 0x5A
    path.write_bytes(data)


def _named(name: str) -> Callable[[Members, Path, Path], None]:
    return lambda members, path, _: pack({**members, name: b"x" * 100}, path)


def _twice(members: Members, path: Path, _: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for _round in range(2):
            for name, data in members.items():
                archive.writestr(name, data if _round else data[: len(data) // 2])


def _linked(members: Members, path: Path, bait: Path) -> None:
    clip = next(name for name in members if name.startswith("media/"))
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name)
            if name == clip:
                info.external_attr, info.create_system = 0o120777 << 16, 3
                data = str(bait).encode()
            archive.writestr(info, data)


def _encrypted(members: Members, path: Path, _: Path) -> None:
    pack(members, path)
    data = bytearray(path.read_bytes())
    for mark, place in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + place] |= 1
            at = data.find(mark, at + 4)
    path.write_bytes(data)


def _many_entries(members: Members, path: Path, _: Path) -> None:
    """Half a million names in the list of a ZIP file, which share one empty file."""
    pack(members, path)
    data = path.read_bytes()
    end = data.rindex(b"PK\5\6")
    size, start = struct.unpack("<II", data[end + 12 : end + 20])
    entry = struct.pack("<4s6H3I5H2I", b"PK\1\2", 20, 20, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0)
    more = b"".join(entry + b"%07d" % k for k in range(500_000))
    tail = bytearray(data[end:])
    tail[8:12], tail[12:16] = b"\xff\xff\xff\xff", struct.pack("<I", size + len(more))
    path.write_bytes(data[: start + size] + more + bytes(tail))


def _larger_than_said(members: Members, path: Path, _: Path) -> None:
    pack(members, path)
    data = bytearray(path.read_bytes())
    at = data.find(b"PK\1\2")
    while at >= 0:
        data[at + 24 : at + 28] = struct.pack("<I", 5)
        at = data.find(b"PK\1\2", at + 4)
    path.write_bytes(data)


def _file(ending: str, data: bytes) -> Callable[[Members, Path, Path], None]:
    def write(members: Members, path: Path, _: Path) -> None:
        name = next(one for one in members if one.endswith(ending))
        pack({**members, name: data}, path)

    return write


def _only(data: bytes) -> Callable[[Members, Path, Path], None]:
    return lambda _members, path, _bait: path.write_bytes(data) and None


_ZIPS: dict[str, Callable[[Members, Path, Path], None]] = {
    "a bomb": _bomb,
    "stored": _packed_by(zipfile.ZIP_STORED),
    "of BZIP2": _packed_by(zipfile.ZIP_BZIP2),
    "of LZMA": _packed_by(zipfile.ZIP_LZMA),
    "of damaged BZIP2": partial(_damaged_by, zipfile.ZIP_BZIP2),
    "of damaged LZMA": partial(_damaged_by, zipfile.ZIP_LZMA),
    "of damaged DEFLATE": partial(_damaged_by, zipfile.ZIP_DEFLATED),
    "a file above": _named("../evil.txt"),
    "a file of the root": _named("/tmp/eme-evil.txt"),
    "a file of Windows": _named("C:\\evil.txt"),
    "a file of a long name": _named("a" * 60_000),
    "each file twice": _twice,
    "a clip that is a link": _linked,
    "encrypted": _encrypted,
    "half a million entries": _many_entries,
    "larger than it says": _larger_than_said,
    "nothing": _only(b""),
    "no ZIP": _only(b"no ZIP at all" * 1000),
    "an end alone": _only(b"PK\5\6" + bytes(18)),
    "a list of 2^32": _only(b"PK\5\6" + b"\0\0\0\0" + b"\xff" * 14),
    "tables that are none": _file("faces.parquet", b"PAR1 and nothing more"),
    "tables of nothing": _file("frames.parquet", b""),
    "embeddings of nothing": _file("identity.parquet", b"PAR1PAR1"),
    "an analysis of no JSON": _file("analysis.json", b"\xff\xfe{"),
    "an analysis of lists in lists": _file("analysis.json", b"[" * 100_000),
    "a manifest of lists in lists": _file("library.json", b"[" * 1_000_000),
    "a manifest of nothing": _file("library.json", b""),
    "a strip that is a page": _file(".webp", b"<svg onload=alert(1)>"),
    "a strip that is cut off": _file(".webp", b"RIFF\x24\0\0\0WEBPVP8 " + bytes(20)),
    "a clip that is a list": _file(".mp4", b"#EXTM3U\n/etc/passwd\n"),
}


def _wrong_bytes(number: int, members: Members, path: Path, _: Path) -> None:
    """Wrong bytes in the archive, or in one of its files, whose sum is right then."""
    chance = random.Random(f"{SEED} {number}")
    if number % 3:
        name = chance.choice([one for one in sorted(members) if not one.startswith("media/")])
        members = {**members, name: _flipped(members[name], chance)}
        pack(members, path)
    else:
        pack(members, path)
        path.write_bytes(_flipped(path.read_bytes(), chance))


def _flipped(data: bytes, chance: random.Random) -> bytes:
    wrong = bytearray(data)
    for _ in range(chance.choice((1, 8, 60))):
        wrong[chance.randrange(len(wrong))] = chance.randrange(256)
    return bytes(wrong)
