"""How well lines of a script are found in speech: clean, under music and noise, and with edits.

    python -m benchmarks.sound.words [--lines N]

espeak-ng speaks a scene and says when each word begins. ``found`` is the share of the spoken lines
of the script that get times, ``false`` the share of the lines with times that lie more than a
second from where they are said or are not said at all, ``start`` the median and the 95th percentile
of how far words that were heard lie from where they begin, in s, ``ms`` the processor's time for
a second of sound. A script that does not fit shows "refused".
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence

import numpy as np

from benchmarks.sound.spoken_scenes import Samples, Scene, mix, music, noise, speak
from emotion_core.errors import WordsError
from emotion_core.sound.blocks import BLOCK_SECONDS, SAMPLE_RATE, SoundBlock
from emotion_core.sound.words.hearing import align_script
from emotion_core.sound.words.lines import Lines
from emotion_core.sound.words.normalization import words_of
from emotion_core.sound.words.script import parse_script

DINNER = """Hello there, my old friend. I did not think that you would come.
You asked me to come, so here I am.
Where have you been all this time?
I was in Chicago, working on a film with my brother.
And you never wrote a single letter to your mother.
I wrote a hundred letters. I burned every one of them in the garden.
That is a very sad story, and I do not believe a word of it.
Believe what you want. The door is open and the train leaves at nine.
Then stay until nine. Sit down and drink a cup of coffee with me.
One cup. But do not ask me about the money.
What money? Nobody told me anything about money.
The money that was under the floor of the kitchen.
I have never seen any money in this house.
Liar! You bought a new car in the spring.
The car was a present from the doctor.
Doctors do not give presents to thieves.
Please go now, before I call the police.
Call them. I would like to hear what you tell them.
No.
You are afraid of what they will find in the cellar.""".splitlines()
MOUNTAINS = """The weather in the mountains changes quickly at this time of year.
Our guide carried the ropes and we followed him over the glacier.
By evening the clouds had covered every peak around us.
She opened her bag and found two oranges and some bread.
Nobody spoke while the wind pushed against the tent.
In the morning we counted eleven goats on the other side.
Perhaps we should have taken the lower path along the river.
He laughed and said that maps are only for tourists.
A helicopter circled twice and then flew towards the valley.
I remember the smell of wet wool and cold tea.
Later the newspapers wrote that we had been lost for days.
Captain Rogers signed the report without reading it.
Snow fell again on the roof of the station.
They sang old songs until the radio stopped working.
When the rescue team came, we were almost ashamed.
My sister still keeps the broken compass on her desk.
You should visit that village when the flowers bloom.
It is quiet there, and the people are kind.
No.
We never told anybody what happened on the last night.""".splitlines()
_FALSE = 1.0  # seconds


def measure(scene: Scene, samples: Samples, spoken: Sequence[str], script: Sequence[str]) -> str:
    """A row of the table for a script that is looked for in a scene."""
    text = "\n".join(f"{'AB'[number % 2]}NN: {line}" for number, line in enumerate(script))
    before = time.process_time()
    try:
        lines = align_script(parse_script(text, "script"), _blocks(samples))
    except WordsError:
        return f"{'refused':>39}{_cost(before, samples):8.0f}"
    cost = _cost(before, samples)
    errors, false, found = _compare(lines, scene, spoken)
    said = sum(any(line.startswith(written) for line in spoken) for written in script)
    median, most = np.percentile(errors, [50, 95]) if errors else (np.nan, np.nan)
    return (
        f"{100 * found / max(said, 1):7.0f}%{100 * false / (found + false):7.0f}%"
        f"{median:12.3f}{most:11.3f}{cost:9.0f}"
    )


def _compare(lines: Lines, scene: Scene, spoken: Sequence[str]) -> tuple[list[float], int, int]:
    """Errors of words that were heard, lines that are false, and lines that are right."""
    errors: list[float] = []
    false = right = 0
    begins = dict(zip(spoken, scene.times, strict=True))
    for row, line in lines.table[lines.table["start"].notna()].iterrows():
        # lines that were cut are the beginning of what is said
        truth = next((begins[said] for said in spoken if said.startswith(line["text"])), None)
        if truth is None or abs(line["start"] - truth[0]) > _FALSE:
            false += 1
            continue
        right += 1
        words = lines.words[lines.words["line"] == row]
        assert len(words) == len(words_of(line["text"]))
        distance = np.abs(words["start"].to_numpy() - np.array(truth[: len(words)]))
        errors += distance[words["heard"].to_numpy() & np.isfinite(distance)].tolist()
    return errors, false, right


def _blocks(samples: Samples) -> Iterator[SoundBlock]:
    size = round(BLOCK_SECONDS * SAMPLE_RATE)
    for at in range(0, len(samples), size):
        part = samples[at : at + size]
        yield SoundBlock(at / SAMPLE_RATE, part, part[None], SAMPLE_RATE, "mono")


def _cost(before: float, samples: Samples) -> float:
    return 1000 * (time.process_time() - before) / (len(samples) / SAMPLE_RATE)


def _edits(script: Sequence[str], others: Sequence[str]) -> dict[str, list[str]]:
    """Scripts that differ from what is said."""
    changed = [" ".join(line.split()[: max(len(line.split()) - 3, 1)]) for line in script]
    extra = [line for pair in zip(script, others, strict=True) for line in pair]
    return {
        "every third line missing": [line for at, line in enumerate(script) if at % 3],
        "as many other lines between": extra,
        "halves swapped": [*script[len(script) // 2 :], *script[: len(script) // 2]],
        "last words of lines cut": changed,
        "another script": list(others),
        "five lines of another": list(others[:5]),
        "five lines of it": list(script[5:10]),
    }


def main(given: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--lines", type=int, default=len(DINNER), help="of each scene")
    count = parser.parse_args(given).lines
    print(f"{'':32}{'found':>8}{'false':>8}{'start 50%':>12}{'95%':>11}{'ms':>9}")
    for name, spoken, others in (
        ("dinner", DINNER[:count], MOUNTAINS[:count]),
        ("mountains", MOUNTAINS[:count], DINNER[:count]),
    ):
        scene = speak(spoken, seed=0)
        seconds = len(scene.samples) / SAMPLE_RATE
        _row(f"{name}, clean", measure(scene, scene.samples, spoken, spoken))
        for kind, other in (("music", music(seconds)), ("noise", noise(seconds))):
            for decibels in (20, 10, 0) if other is not None else ():
                mixed = mix(scene.samples, other, decibels)  # type: ignore[arg-type]
                _row(f"{name}, {kind} {decibels} dB", measure(scene, mixed, spoken, spoken))
        for edit, script in _edits(spoken, others).items():
            _row(f"{name}, {edit}", measure(scene, scene.samples, spoken, script))


def _row(name: str, cells: str) -> None:
    print(f"{name:32.32}{cells}", flush=True)


if __name__ == "__main__":
    main()
