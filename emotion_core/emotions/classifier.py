"""Reading emotions in face crops with any image classifier of transformers."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import numpy.typing as npt

from emotion_core.emotions.labels import EMOTIONS, emotion_from_name
from emotion_core.emotions.preprocessing import FacePreprocessing
from emotion_core.emotions.registry import ModelId, load_pretrained
from emotion_core.errors import ModelError
from emotion_core.inference.fastest import FastNetwork, fastest
from emotion_core.inference.task import InferenceTask
from emotion_core.types import EmotionScores, FloatArray, ImageArray

if TYPE_CHECKING:
    import torch
    from torch import Tensor, nn

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
        self._fast: FastNetwork | None = None
        if not exact:
            self._hasten()

    @property
    def precision(self) -> str:
        """What it computes in: ``float32``, ``bfloat16`` or, on a GPU, ``float16``."""
        if self._fast is not None:
            return self._fast.precision
        return str(self.dtype).removeprefix("torch.")

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
        if not len(crops):
            return EmotionScores(np.zeros((0, len(EMOTIONS)), np.float32), EMOTIONS)
        logits = [
            self._read(self.preprocessing.stack(crops[start : start + BATCH_SIZE]))
            for start in range(0, len(crops), BATCH_SIZE)
        ]
        return EmotionScores(np.concatenate(logits), EMOTIONS)

    def _read(self, faces: npt.NDArray[np.uint8]) -> FloatArray:
        """(n, S, S, 3) to (n, 7) float32 logits."""
        if self._fast is None:
            return self._read_in_pytorch(faces)
        return self._fast(faces)[0][:, self.columns]

    def _read_in_pytorch(self, faces: npt.NDArray[np.uint8]) -> FloatArray:
        import torch

        batch = self.preprocessing.normalize(faces).to(self.device, self.dtype)
        if self.device.type == "cpu":
            batch = batch.contiguous(memory_format=torch.channels_last)
        with torch.inference_mode():
            logits: Tensor = self.model(pixel_values=batch).logits
        return np.asarray(logits.float().cpu().numpy()[:, self.columns], np.float32)

    def _hasten(self) -> None:
        """Compute in what is fastest on this machine and reads the same."""
        import torch

        # soft random pictures: as far from any face as a reading may ever get
        noise = np.random.default_rng(0).integers(32, 224, (8, 6, 6, 3), np.uint8)
        size = self.preprocessing.size, self.preprocessing.size
        probe = np.stack([cv2.resize(one, size, interpolation=cv2.INTER_CUBIC) for one in noise])
        exact, given = self.model, self.preprocessing
        if self.device.type == "cpu":
            self._choose_dtype(probe)
        task = InferenceTask(
            _logits_of(exact),
            probe,
            mean=[255 * value for value in given.mean],
            scale=[255 * value for value in given.std],
            is_as_good=_reads_the_same,
            rival=self._read_in_pytorch,
        )
        self._fast = fastest(task, self.device)
        if self._fast is not None:
            self.model, self.dtype = exact, torch.float32

    def _choose_dtype(self, probe: npt.NDArray[np.uint8]) -> None:
        """Bfloat16 where the processor computes in it and the readings stay the same."""
        import torch

        if not _computes_in_bfloat16():
            return
        exact_model, exact = self.model, self._read_in_pytorch(probe)
        self.model, self.dtype = copy.deepcopy(exact_model).to(torch.bfloat16), torch.bfloat16
        if not _reads_the_same(exact, self._read_in_pytorch(probe)):
            self.model, self.dtype = exact_model, torch.float32


def _logits_of(model: Any) -> nn.Module:
    """A classifier as a network from one tensor to another."""
    from torch import nn

    class Logits(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, batch: Tensor) -> Tensor:
            logits: Tensor = self.model(pixel_values=batch).logits
            return logits

    return Logits().eval()


def _reads_the_same(exact: FloatArray, other: FloatArray) -> bool:
    """Whether two sets of (n, 7) logits are the same reading."""
    one, two = (EmotionScores(logits, EMOTIONS).probabilities for logits in (exact, other))
    return bool(np.abs(one - two).max() <= BFLOAT16_TOLERANCE)


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
