"""How well a network hears: errors of each kind of sound, and of the level of music."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor

from emotion_core.sound.kinds.network import SOUNDS
from emotion_core.training.sound.truth import Truth


@dataclass
class SoundMeasures:
    """Counts over batches; add with :meth:`add`, read with :meth:`figures`.

    Attributes:
        said: probabilities, truths, by sound.
        off: errors of the level of music below speech in dB, where both are.
    """

    said: dict[str, list[tuple[Tensor, Tensor]]] = field(
        default_factory=lambda: {name: [] for name in SOUNDS}
    )
    off: list[Tensor] = field(default_factory=list)

    def add(self, logits: Tensor, above: Tensor, truth: Truth) -> None:
        """Count one batch: (n, 3, t) logits and (n, t) dB."""
        for k, name in enumerate(SOUNDS):
            known = truth.known[:, k]
            pair = (logits[:, k][known].sigmoid().cpu(), truth.present[:, k][known].cpu())
            self.said[name].append(pair)
        both = truth.spoken & (truth.present[:, 1] > 0)
        self.off.append((above - truth.above)[both].abs().cpu())

    def figures(self) -> dict[str, float]:
        """Of each sound how often it is missed and how often falsely heard, at even odds.

        Returns:
            ``<sound>_missed``, ``<sound>_false`` and ``<sound>_error``, the mean of both;
            ``error``, the mean over sounds; ``above``, mean absolute error in dB.
        """
        found: dict[str, float] = {}
        for name, pairs in self.said.items():
            said, true = (torch.cat(list(part)) for part in zip(*pairs, strict=True))
            missed = _share(said[true > 0.5] < 0.5)
            false = _share(said[true < 0.5] >= 0.5)
            found[f"{name}_missed"], found[f"{name}_false"] = missed, false
            found[f"{name}_error"] = (missed + false) / 2
        found["error"] = sum(found[f"{name}_error"] for name in SOUNDS) / len(SOUNDS)
        off = torch.cat(self.off)
        found["above"] = float(off.mean()) if len(off) else 0.0
        return found


def _share(wrong: Tensor) -> float:
    return float(wrong.float().mean()) if len(wrong) else 0.0
