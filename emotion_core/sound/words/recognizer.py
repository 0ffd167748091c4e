"""Words that are heard in a piece of sound, out of those that a script holds.

pocketsphinx recognizes speech with a language model that is made from the script alone, as in
Moreno et al. 1998, "A recursive algorithm for the forced alignment of very long audio segments":
what is heard then follows the script where it is spoken, and jumps about where it is not. An
alignment that is forced would put every line somewhere. Short words of the dictionary are added for
all that is not in the script: without them, a short one is heard in any speech.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from emotion_core.types import FloatArray

if TYPE_CHECKING:
    from pocketsphinx import Decoder

_FRAME = 0.01  # seconds
# Weight of the language model against the sound; 6.5 is the default of pocketsphinx. Measured by
# benchmarks/sound/words.py.
_LANGUAGE_WEIGHT = 10.0
# Noise that is added, of the mean level: 50 dB below. Speech of a synthesizer, which is silent
# between words, is found in 100% of its lines with it and in 80% without.
_FLOOR = 10 ** (-50 / 20)
# Words that stand for everything that is not in the script, and of how many sounds they are.
_OTHERS = 200
_SOUNDS = (2, 3)


class Heard(NamedTuple):
    """A word as it was recognized, in seconds from the start of its piece."""

    word: str
    start: float
    end: float


class WordRecognizer:
    """Recognizes the words of some lines in English speech.

    Args:
        lines: normalized words of each line.

    Attributes:
        lacking: the words that the dictionary of pocketsphinx does not have, which are never heard:
            CMUdict, 126,000 words and names of North American English.
    """

    def __init__(self, lines: Sequence[Sequence[str]]) -> None:
        dictionary = _dictionary()
        words = {word for line in lines for word in line}
        self.lacking = words - dictionary.keys()
        known = [[word for word in line if word in dictionary] for line in lines]
        self._decoder = _load([line for line in known if line]) if any(known) else None

    def recognize(self, samples: FloatArray) -> Iterator[Heard]:
        """The words in a piece of sound in their order.

        Args:
            samples: (n,) at :data:`emotion_core.sound.blocks.SAMPLE_RATE`; a minute is a good
                length, since its mean is taken off each feature.
        """
        peak = float(np.abs(samples).max(initial=0.0))
        if self._decoder is None or not math.isfinite(peak) or peak == 0:
            return
        # the features of digital silence lie far from those of any that the model knows
        floor = _FLOOR * float(np.sqrt((samples**2).mean()))
        random = np.random.default_rng(0)
        floored = samples + random.normal(0, floor, len(samples)).astype(np.float32)
        whole = (floored * (np.iinfo(np.int16).max / 2 / peak)).astype(np.int16)
        self._decoder.start_utt()
        self._decoder.process_raw(whole.tobytes(), no_search=False, full_utt=True)
        self._decoder.end_utt()
        if self._decoder.hyp() is None:
            return
        for segment in self._decoder.seg():
            word = segment.word.split("(")[0]  # of a second pronunciation: "the(2)"
            if word and word[0] not in "<[+":  # silence and noises
                yield Heard(word, segment.start_frame * _FRAME, (segment.end_frame + 1) * _FRAME)


def _load(lines: Sequence[Sequence[str]]) -> Decoder:
    """A decoder of the words of these lines and of :func:`_other_words`."""
    from pocketsphinx import Decoder
    from pocketsphinx.lm import ArpaBoLM

    texts = [*(" ".join(line) for line in lines), *_other_words()]
    model = ArpaBoLM(text="\n".join(texts), add_start=True)
    model.compute()
    dictionary = _dictionary()
    entries = [entry for word in model.grams_1 for entry in dictionary.get(word, ())]
    with TemporaryDirectory() as folder:
        words, language = Path(folder) / "words.dict", Path(folder) / "words.lm"
        # with the whole dictionary, loading takes seconds
        words.write_text("\n".join(entries) + "\n", encoding="utf-8")
        with language.open("w", encoding="utf-8") as file:
            model.write(file)
        return Decoder(lm=str(language), dict=str(words), lw=_LANGUAGE_WEIGHT, loglevel="FATAL")


@cache
def _dictionary() -> dict[str, list[str]]:
    """The entries of each word: one for each way to say it."""
    from pocketsphinx import get_model_path

    path = Path(get_model_path()) / "en-us" / "cmudict-en-us.dict"
    entries: dict[str, list[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        word = line.split(maxsplit=1)[0].split("(")[0]
        entries.setdefault(word, []).append(line)
    return entries


@cache
def _other_words() -> tuple[str, ...]:
    """Short words from all over the dictionary, the same each time."""
    fewest, most = _SOUNDS
    short = sorted(
        word
        for word, entries in _dictionary().items()
        if word.isalpha() and fewest <= len(entries[0].split()) - 1 <= most
    )
    return tuple(short[:: len(short) // _OTHERS][:_OTHERS])
