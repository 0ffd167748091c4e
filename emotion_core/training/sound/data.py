"""Batches of prepared sounds."""

from __future__ import annotations

import lightning
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, TensorDataset

from emotion_core.training.sound.prepared import Prepared


class StemTriples(Dataset[tuple[Tensor, Tensor]]):
    """Speech, music and other sound put together by chance, another way in each epoch.

    Args:
        prepared: the stems.
        seed: of the chance.
    """

    def __init__(self, prepared: Prepared, seed: int = 0) -> None:
        self.stems = torch.from_numpy(prepared.stems)
        self.active = torch.from_numpy(prepared.active)
        self._generator = torch.Generator().manual_seed(seed)

    def __len__(self) -> int:
        return len(self.stems)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        """(3, 64, 500) float32 dB and (3, 100) bool: one speech, and any music and noise."""
        music, other = torch.randint(len(self), (2,), generator=self._generator).tolist()
        chosen = torch.tensor([index, music, other]), torch.arange(3)
        return self.stems[chosen].float(), self.active[chosen]


class SoundBatches(lightning.LightningDataModule):
    """Batches for a run.

    Args:
        prepared: see :func:`~emotion_core.training.sound.prepared.prepare_sounds`.
        batch: mixes a step.
        seed: of how stems are put together.
    """

    def __init__(self, prepared: Prepared, batch: int, seed: int = 0) -> None:
        super().__init__()
        self.prepared, self.batch, self.seed = prepared, batch, seed

    def train_dataloader(self) -> DataLoader[tuple[Tensor, Tensor]]:
        """Stems to be mixed: (n, 3, 64, 500) dB and (n, 3, 100) bool."""
        triples = StemTriples(self.prepared, self.seed)
        whole = len(triples) >= self.batch
        return DataLoader(triples, batch_size=self.batch, shuffle=True, drop_last=whole)

    def val_dataloader(self) -> DataLoader[tuple[Tensor, ...]]:
        """Mixes of samples: dB, and powers, activity and floor of their parts."""
        found = self.prepared
        arrays = (found.mixes, found.powers, found.heard, found.floor)
        return DataLoader(
            TensorDataset(*(torch.from_numpy(array) for array in arrays)), batch_size=self.batch
        )
