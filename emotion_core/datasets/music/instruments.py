"""Which instruments of General MIDI play, by what is to be learned from them."""

from __future__ import annotations

from typing import Literal

import numpy as np

Known = Literal["known", "new"]

# Never heard in training or validation: one or two of each family.
_NEW = {
    "keys": (6,),
    "mallets": (11,),
    "organs": (21,),
    "guitars": (25, 105),
    "basses": (33,),
    "strings": (42, 46),
    "ensembles": (52,),
    "brass": (56,),
    "reeds": (68,),
    "pipes": (73,),
    "leads": (81,),
    "pads": (89,),
}
_FAMILIES = {
    "keys": range(0, 8),
    "mallets": range(8, 16),
    "organs": range(16, 24),
    "guitars": (*range(24, 32), *range(104, 108)),
    "basses": range(32, 40),
    "strings": range(40, 48),
    "ensembles": range(48, 56),
    "brass": range(56, 64),
    "reeds": (*range(64, 72), 109, 111),
    "pipes": range(72, 80),
    "leads": range(80, 88),
    "pads": range(88, 96),
}
_KITS = {"known": (0, 8, 24, 25, 32, 40), "new": (16, 48)}
FAMILIES = tuple(_FAMILIES)


def choose_program(chance: np.random.Generator, known: Known, *families: str) -> int:
    """A program of General MIDI, from 0, of one of some families (all of them if none is named)."""
    family = str(chance.choice(families or FAMILIES))
    new = _NEW[family]
    programs = new if known == "new" else [k for k in _FAMILIES[family] if k not in new]
    return int(chance.choice(list(programs)))


def choose_kit(chance: np.random.Generator, known: Known) -> int:
    """A drum kit, as the program of the drum channel."""
    return int(chance.choice(_KITS[known]))
