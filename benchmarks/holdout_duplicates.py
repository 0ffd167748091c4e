"""How many held-out faces have a near-duplicate among those that are trained on.

    python -m benchmarks.holdout_duplicates wildfaces.zip

The hold-out is that of :func:`emotion_core.training.common.data.load_faces`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from emotion_core.datasets.duplicates import NEAR, near_pairs, perceptual_hash
from emotion_core.training.common.data import load_faces


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", type=Path)
    source = parser.parse_args().dataset
    train, val = load_faces([source], "train"), load_faces([source], "val")
    hashes = np.stack([perceptual_hash(image) for image in [*train.images, *val.images]])
    print("bits   pairs   pairs across   held-out faces with one")
    for distance in (8, 16, NEAR):
        pairs = near_pairs(hashes, distance)
        across = pairs[(pairs[:, 0] < len(train)) & (pairs[:, 1] >= len(train))]
        touched = len(np.unique(across[:, 1]))
        share = touched / len(val)
        counts = f"{distance:>4} {len(pairs):>7} {len(across):>14}"
        print(f"{counts} {touched:>8} of {len(val)} ({share:.1%})")


if __name__ == "__main__":
    main()
