"""Numbers that a step needs on the device, brought there once.

Copying from ordinary memory to a GPU waits until all that was asked of it is done: a few numbers a
step keep the host from running ahead, and then every step costs its launches and its arithmetic
one after the other.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import torch
from torch import Tensor


def constant(values: tuple[Any, ...], like: Tensor) -> Tensor:
    """Numbers as a tensor with the device and dtype of another; not to be written to.

    Args:
        values: tuples of numbers, nested as the tensor is shaped.
        like: gives device and dtype.
    """
    return _constant(values, like.device, like.dtype)


@lru_cache(maxsize=64)
def _constant(values: tuple[Any, ...], device: torch.device, dtype: torch.dtype) -> Tensor:
    # made in inference mode, it could not be used where gradients are wanted
    with torch.inference_mode(False):
        return torch.tensor(values, device=device, dtype=dtype)
