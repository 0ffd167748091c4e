"""Finding faces in a picture with MTCNN."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import torch
from scipy.sparse import csr_array, eye_array, kron

from emotion_core.faces.detection import READABLE_FACE, FaceDetector
from emotion_core.inference.fastest import fastest
from emotion_core.inference.libraries import MTCNN, nms, nms_numpy
from emotion_core.inference.task import InferenceTask
from emotion_core.types import FaceDetections, FloatArray, ImageArray

# MTCNN's own smallest face; the frame is shrunk until the smallest face that counts has it.
_NET_MIN_FACE = 20
# The first net looks at squares of 12 px, 2 px apart, in pictures each 0.709 of the one before.
_CELL, _STRIDE, _FACTOR = 12, 2, 0.709
_REFINED, _OUTPUT = 24, 48  # px a side of what the second and the third net look at
_AT_ONCE = 8  # pictures that a GPU looks at together
# Overlap from which the weaker of two candidates goes: within a picture of the pyramid, and else.
_SAME_IN_LEVEL, _SAME = 0.5, 0.7
# Candidates, float32: left, top, right, bottom in px and their confidence.
_Candidates = FloatArray
# (H + 1, W + 1, 3) int32: of each pixel, the sum of all above and to the left of it.
_Sums = npt.NDArray[np.int32]
# From (n, H, W, 3) float32 pictures in 0..255 to what a net gives for each.
_Net = Callable[[FloatArray], tuple[FloatArray, ...]]
_MEAN, _SCALE = 127.5, 128.0  # of the pictures that the nets were trained on


class MTCNNDetector(FaceDetector):
    """MTCNN (Zhang et al. 2016, IEEE Signal Processing Letters 23) with facenet-pytorch's nets.

    The cost of MTCNN lies in its image pyramid, so the picture is shrunk first, as far as the
    smallest face that counts allows: the cost hardly depends on the resolution of the film. The
    pyramid is made by sparse products, and the squares that the later nets look at are cut out of
    one table of sums: facenet-pytorch resizes each by itself in PyTorch, which takes longer than
    its nets do.

    The object holds no state between calls and can be shared.

    Args:
        min_face: smallest face, as a share of the picture's shorter side.
        thresholds: of the three stages. The first is higher than the usual 0.6: much of the time
            went into candidates that the second stage refused, and no confident face of our
            clips is lost. The last is the confidence below which nothing is returned; it is
            lower than the usual 0.7 since the tracker uses faint faces, often profiles, to continue
            with a track, and never to begin one.
        device: torch device of the three nets.
    """

    def __init__(
        self,
        min_face: float = 0.06,
        thresholds: tuple[float, float, float] = (0.7, 0.7, 0.6),
        device: torch.device | str = "cpu",
    ) -> None:
        if not 0 < min_face <= 1:
            raise ValueError(f"min_face must be a share in (0, 1], but is {min_face}")
        self.min_face = min_face
        self.thresholds = thresholds
        self.device = torch.device(device)
        nets: Any = MTCNN(keep_all=True, device=self.device).eval()
        # on a CPU, its pooling and convolutions take 0.6 of the time so
        nets = nets.to(memory_format=torch.channels_last)
        self.at_once = 1 if self.device.type == "cpu" else _AT_ONCE
        self._proposal_net, self._refining_net, self._output_net = (
            self._fastest(net, side)
            for net, side in ((nets.pnet, None), (nets.rnet, _REFINED), (nets.onet, _OUTPUT))
        )

    def detect(self, image: ImageArray) -> FaceDetections:
        """Find the faces in one picture, the most confident first.

        Args:
            image: (H, W, 3) uint8 RGB.

        Returns:
            n faces, boxes and landmarks in pixels of ``image``.
        """
        return self.detect_all([image])[0]

    def detect_all(self, images: Sequence[ImageArray]) -> list[FaceDetections]:
        """The same for pictures of one size, which each net looks at together."""
        height, width = images[0].shape[:2]
        smallest = max(self.min_face * min(height, width), READABLE_FACE)
        if min(height, width) < smallest:
            return [FaceDetections.empty() for _ in images]
        # in which the smallest face is as small as the nets find
        scale = _NET_MIN_FACE / smallest
        size = max(round(width * scale), 1), max(round(height * scale), 1)
        small = [_shrunk(image, size) for image in images]
        tables: list[_Sums] = [np.asarray(cv2.integral(one), np.int32) for one in small]
        squares = self._refine(tables, self._propose(small))
        ratio = np.array([width / size[0], height / size[1]], np.float32)
        return [_enlarged(*found, ratio) for found in self._output(tables, squares)]

    def _propose(self, pictures: Sequence[ImageArray]) -> list[_Candidates]:
        """P-Net over the pyramid of each picture: squares that may hold a face."""
        height, width = pictures[0].shape[:2]
        pixels = [picture.astype(np.float32) for picture in pictures]
        scale, found = _CELL / _NET_MIN_FACE, [[np.zeros((0, 9), np.float32)] for _ in pictures]
        while min(height, width) * scale >= _CELL:
            size = int(height * scale + 1), int(width * scale + 1)
            level = np.stack([_area_means(one, size) for one in pixels])
            for boxes, shifts, shares in zip(found, *self._proposal_net(level), strict=True):
                boxes.append(self._squares(shifts, shares[1], scale))
            scale *= _FACTOR
        return [_proposed(np.concatenate(boxes)) for boxes in found]

    def _squares(self, shifts: FloatArray, shares: FloatArray, scale: float) -> FloatArray:
        """The strongest squares of one picture of the pyramid, (n, 9): each with its shifts."""
        rows, columns = np.nonzero(shares >= self.thresholds[0])
        corner = _STRIDE * np.stack([columns, rows], axis=1)
        # in float32 as PyTorch does, where some end a pixel earlier
        ends = np.hstack([corner + 1, corner + _CELL]).astype(np.float32)
        squares = np.floor(ends / np.float32(scale))
        candidates = np.column_stack([squares, shares[rows, columns], shifts[:, rows, columns].T])
        candidates = candidates.astype(np.float32)
        return candidates[_strongest(candidates, _SAME_IN_LEVEL)]

    def _refine(
        self, tables: Sequence[_Sums], candidates: Sequence[_Candidates]
    ) -> list[_Candidates]:
        """R-Net on each candidate: fewer and better ones."""
        refined = []
        for boxes, shifts, shares in _looked_at(self._refining_net, _REFINED, tables, candidates):
            boxes, shifts = _kept(boxes, shares, self.thresholds[1], shifts)
            strongest = _strongest(boxes, _SAME)
            refined.append(_squared(_shifted(boxes[strongest], shifts[strongest], 1)))
        return refined

    def _output(
        self, tables: Sequence[_Sums], candidates: Sequence[_Candidates]
    ) -> Iterator[tuple[_Candidates, FloatArray]]:
        """O-Net on each candidate: the faces of each picture, and (n, 5, 2) landmarks in px."""
        for boxes, shifts, points, shares in _looked_at(
            self._output_net, _OUTPUT, tables, candidates
        ):
            places = np.stack([points[:, :5], points[:, 5:]], axis=2)
            corners = boxes[:, None, :2]
            places = places * (boxes[:, None, 2:4] - corners + 1) + corners - 1
            boxes, shifts, places = _kept(boxes, shares, self.thresholds[2], shifts, places)
            boxes = _shifted(boxes, shifts, 1)
            # of two of which one lies within the other, the weaker goes
            strongest = nms_numpy(boxes[:, :4], boxes[:, 4], _SAME, "Min") if len(boxes) else []
            yield boxes[strongest], places[strongest]

    def _fastest(self, net: Any, side: int | None) -> _Net:
        """What a net gives, computed in what is fastest here; ``side`` is that of its pictures."""

        def in_pytorch(pictures: FloatArray) -> tuple[FloatArray, ...]:
            batch = torch.from_numpy(pictures).permute(0, 3, 1, 2)
            with torch.inference_mode():
                outputs = net((batch - _MEAN) / _SCALE)
            return tuple(output.numpy() for output in outputs)

        shape = (8, side, side, 3) if side else (2, 180, 320, 3)
        noise = np.random.default_rng(0).uniform(0, 255, shape).astype(np.float32)
        task = InferenceTask(net, noise, 3 * [_MEAN], 3 * [_SCALE], side is None, rival=in_pytorch)
        return fastest(task, self.device) or in_pytorch


def _enlarged(boxes: FloatArray, points: FloatArray, ratio: FloatArray) -> FaceDetections:
    """What was found in a shrunk picture, in pixels of the picture, the most confident first."""
    order = np.argsort(-boxes[:, 4])
    return FaceDetections(
        xyxy=(boxes[order, :4] * np.tile(ratio, 2)).astype(np.float32),
        confidence=boxes[order, 4].astype(np.float32),
        landmarks=(points[order] * ratio).astype(np.float32),
    )


def _shrunk(image: ImageArray, size: tuple[int, int]) -> ImageArray:
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def _places(length: Any, side: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """First pixel of each of ``side`` places over ``length`` pixels, and the one after its last.

    Each place has all pixels that lie in it at least in part, as in PyTorch's area interpolation:
    with another, the boxes of the nets move by 2%.
    """
    steps = np.arange(side + 1)
    return steps[:-1] * length // side, -(-steps[1:] * length // side)


@lru_cache(maxsize=256)
def _means(length: int, side: int, channels: int) -> csr_array:
    """(side * channels, length * channels): what makes means of the pixels of each place."""
    start, end = _places(length, side)
    counts = end - start
    first = np.cumsum(counts) - counts
    columns = np.arange(counts.sum()) - np.repeat(first - start, counts)
    shares = np.repeat(1 / counts, counts).astype(np.float32)
    bounds = np.append(first, counts.sum())
    means = csr_array((shares, columns, bounds), shape=(side, length))
    return csr_array(kron(means, eye_array(channels, dtype=np.float32), format="csr"))


def _area_means(pixels: FloatArray, size: tuple[int, int]) -> FloatArray:
    """A whole (H, W, 3) picture at another size, (height, width, 3)."""
    height, width, channels = pixels.shape
    rows = _means(height, size[0], 1) @ pixels.reshape(height, -1)
    columns = _means(width, size[1], channels) @ rows.T
    return np.asarray(columns.T, np.float32).reshape(*size, channels)


def _proposed(candidates: FloatArray) -> _Candidates:
    """The strongest of all sizes, (n, 9), where their shifts put them."""
    boxes = candidates[_strongest(candidates, _SAME)]
    return _squared(_shifted(boxes[:, :5], boxes[:, 5:], 0))


def _looked_at(
    net: _Net, side: int, tables: Sequence[_Sums], candidates: Sequence[_Candidates]
) -> Iterator[tuple[FloatArray, ...]]:
    """For each picture, its candidates and what a net gives for each of them."""
    cut = [_cut_out(sums, boxes, side) for sums, boxes in zip(tables, candidates, strict=True)]
    bounds = np.cumsum([len(boxes) for boxes, _ in cut])
    crops = np.concatenate([crops for _, crops in cut])
    if not len(crops):  # nets want to see something
        crops = np.zeros((1, side, side, 3), np.float32)
    outputs = [output[: bounds[-1]] for output in net(crops)]
    yield from zip(
        [boxes for boxes, _ in cut],
        *(np.split(output, bounds[:-1]) for output in outputs),
        strict=True,
    )


def _strongest(boxes: FloatArray, overlap: float) -> npt.NDArray[np.int64]:
    """Places of the candidates that remain of those that overlap, strongest first."""
    corners, confidence = torch.from_numpy(boxes[:, :4]), torch.from_numpy(boxes[:, 4])
    return np.asarray(nms(corners, confidence, overlap).numpy(), np.int64)


def _kept(
    boxes: _Candidates, shares: FloatArray, threshold: float, *others: FloatArray
) -> tuple[FloatArray, ...]:
    """The candidates that a net takes for faces, with its confidence, and what goes with them."""
    passes = shares[:, 1] > threshold
    boxes = np.column_stack([boxes[:, :4], shares[:, 1]])[passes]
    return boxes, *(other[passes] for other in others)


def _shifted(boxes: _Candidates, shifts: FloatArray, more: int) -> _Candidates:
    """Candidates whose sides are moved by shares of their size, which counts so many px more."""
    sizes = np.tile(boxes[:, 2:4] - boxes[:, :2] + more, 2)
    return np.column_stack([boxes[:, :4] + shifts * sizes, boxes[:, 4]]).astype(np.float32)


def _squared(boxes: _Candidates) -> _Candidates:
    """Each as the square around its middle, as wide as its longer side."""
    sizes = boxes[:, 2:4] - boxes[:, :2]
    side = sizes.max(axis=1, keepdims=True, initial=0)
    corner = boxes[:, :2] + (sizes - side) / 2
    return np.column_stack([corner, corner + side, boxes[:, 4]]).astype(np.float32)


def _cut_out(
    sums: _Sums, boxes: _Candidates, side: int
) -> tuple[_Candidates, npt.NDArray[np.float32]]:
    """What the picture shows of each candidate, (n, side, side, 3); none of those outside of it."""
    height, width = sums.shape[0] - 1, sums.shape[1] - 1
    bounds = np.trunc(boxes[:, :4]).astype(np.int64)
    start = np.maximum(bounds[:, :2], 1) - 1
    lengths = np.minimum(bounds[:, 2:], [width, height]) - start
    inside = np.flatnonzero((lengths > 0).all(axis=1))
    start, lengths = start[inside], lengths[inside]
    left, right = (start[:, :1] + place for place in _places(lengths[:, :1], side))
    top, bottom = (start[:, 1:] + place for place in _places(lengths[:, 1:], side))
    area = (bottom - top)[:, :, None] * (right - left)[:, None]
    left, right = left[:, None], right[:, None]
    top, bottom = (row[:, :, None] * (width + 1) for row in (top, bottom))
    table = sums.reshape(-1, sums.shape[2])
    # taking from one long row is twice as fast as by two indices
    total = table.take(bottom + right, 0) - table.take(top + right, 0)
    total += table.take(top + left, 0) - table.take(bottom + left, 0)
    means = total.astype(np.float32) / area[..., None].astype(np.float32)
    return boxes[inside], np.asarray(means, np.float32)
