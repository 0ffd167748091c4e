"""Reading emotions in face crops with any image classifier of transformers."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from emotion_core.emotions.labels import EMOTIONS, emotion_from_name
from emotion_core.emotions.preprocessing import FacePreprocessing
from emotion_core.emotions.registry import ModelId, load_pretrained
from emotion_core.errors import ModelError
from emotion_core.types import EmotionScores, ImageArray

if TYPE_CHECKING:
    import torch
    from torch import Tensor

BATCH_SIZE = 32
# Largest change of a probability for which the faster bfloat16 is taken on a CPU.
BFLOAT16_TOLERANCE = 0.02


class EmotionClassifier:
    """A classifier with its preprocessing, its labels in the project's order.

    Holds no state between calls and can be shared between sessions.

    Attributes:
        identity: which model it is; part of an analysis' address.
        preprocessing: input size and normalisation.
        model: the network in evaluation mode, labels in the checkpoint's own order.
        columns: where each of the seven emotions stands in that order.
    """

    def __init__(
        self,
        model: Any,
        processor: Any,
        identity: ModelId,
        device: torch.device,
        *,
        exact: bool = False,
    ) -> None:
        import torch

        self.identity = identity
        self.preprocessing = FacePreprocessing.from_processor(processor)
        self.device = device
        self.columns = _label_columns(model, identity.name)
        self.model = model.eval().to(device)
        if device.type == "cpu":
            self.model = self.model.to(memory_format=torch.channels_last)
        self.dtype = torch.float32
        if not exact:
            self.dtype = self._choose_dtype()

    @classmethod
    def load(
        cls, name: str, models_dir: Path, device: str = "auto", *, exact: bool = False
    ) -> EmotionClassifier:
        """Load a classifier.

        Args:
            name: a folder with a checkpoint, the name of a folder in ``models_dir``, or a
                name on the model hub.
            models_dir: where the shipped models are.
            device: ``auto``, ``cpu``, ``cuda`` or ``mps``.
            exact: compute in float32 also where bfloat16 would be faster and as good.

        Raises:
            ModelError: not found, not reachable, damaged, or without the seven emotions.
        """
        model, processor, identity = load_pretrained(name, models_dir)
        return cls(model, processor, identity, choose_device(device), exact=exact)

    def classify(self, crops: Sequence[ImageArray]) -> EmotionScores:
        """Read face crops.

        Args:
            crops: n square (H, W, 3) uint8 RGB crops, as :meth:`FacePreprocessing.crop` cuts
                them; n may be 0.

        Returns:
            Scores in the order of :data:`EMOTIONS`.
        """
        import torch

        if not len(crops):
            return EmotionScores(np.zeros((0, len(EMOTIONS)), np.float32), EMOTIONS)
        logits = [
            self._forward(self.preprocessing.to_batch(crops[start : start + BATCH_SIZE]))
            for start in range(0, len(crops), BATCH_SIZE)
        ]
        return EmotionScores(torch.cat(logits).numpy(), EMOTIONS)

    def _forward(self, batch: Tensor) -> Tensor:
        """(n, 3, S, S) float32 to (n, 7) float32 logits on the CPU."""
        import torch

        batch = batch.to(self.device, self.dtype)
        if self.device.type == "cpu":
            batch = batch.contiguous(memory_format=torch.channels_last)
        with torch.inference_mode():
            logits = self.model(pixel_values=batch).logits
        ordered: Tensor = logits.float().cpu()[:, self.columns]
        return ordered

    def _choose_dtype(self) -> torch.dtype:
        """Bfloat16 where the processor computes in it and the readings stay the same."""
        import torch

        if self.device.type != "cpu" or not _computes_in_bfloat16():
            return torch.float32
        # soft random pictures: as far from any face as a reading may ever get
        noise = torch.rand(8, 3, 6, 6, generator=torch.Generator().manual_seed(0)) * 4 - 2
        probe = torch.nn.functional.interpolate(
            noise, size=(self.preprocessing.size,) * 2, mode="bicubic"
        )
        exact_model, exact = self.model, self._forward(probe).softmax(1)
        self.model, self.dtype = copy.deepcopy(exact_model).to(torch.bfloat16), torch.bfloat16
        change = (self._forward(probe).softmax(1) - exact).abs().max().item()
        if change <= BFLOAT16_TOLERANCE:
            return torch.bfloat16
        self.model = exact_model
        return torch.float32


def _computes_in_bfloat16() -> bool:
    """Whether the processor has instructions for bfloat16.

    Torch also says that it can where it only imitates them, on any processor with AVX-512; a face
    then takes longer than in float32.
    """
    import torch

    if not torch.ops.mkldnn._is_mkldnn_bf16_supported():
        return False
    has = torch.cpu.get_capabilities()
    return has.get("architecture") != "x86_64" or any(map(has.get, ("avx512_bf16", "amx_bf16")))


def choose_device(name: str) -> torch.device:
    """The device meant by a setting; ``auto`` takes a GPU where there is one.

    Raises:
        ModelError: the named device is unknown or not there.
    """
    import torch

    if name == "auto":
        if torch.cuda.is_available():
            name = "cuda"
        else:
            name = "mps" if torch.backends.mps.is_available() else "cpu"
    try:
        device = torch.device(name)
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError) as error:
        raise ModelError(f"The device {name!r} is not available on this machine.") from error
    return device


def _label_columns(model: Any, name: str) -> list[int]:
    """Where each of the seven emotions stands in the checkpoint's own order."""
    given = {emotion_from_name(str(label)): i for i, label in model.config.id2label.items()}
    missing = [emotion for emotion in EMOTIONS if emotion not in given]
    if missing:
        raise ModelError(
            f"{name} does not read the seven emotions: it has no label for {', '.join(missing)}."
        )
    return [int(given[emotion]) for emotion in EMOTIONS]
