"""Finding faces in a picture with MTCNN."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import torch

from emotion_core.faces.area_means import Sums, area_means, cut_out, shrunk
from emotion_core.faces.detection import READABLE_FACE, TiltDetector
from emotion_core.faces.turned_sheet import turned_back, turned_sheet
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
# From (n, H, W, 3) float32 pictures in 0..255 to what a net gives for each.
_Net = Callable[[FloatArray], tuple[FloatArray, ...]]
_MEAN, _SCALE = 127.5, 128.0  # of the pictures that the nets were trained on


class MTCNNDetector(TiltDetector):
    """MTCNN (Zhang et al. 2016, IEEE Signal Processing Letters 23) with facenet-pytorch's nets.

    The cost of MTCNN lies in its image pyramid, so the picture is shrunk first, as far as the
    smallest face that counts allows: the cost hardly depends on the resolution of the film. The
    pyramid is made by sparse products, and the squares that the later nets look at are cut out of
    one table of sums: facenet-pytorch resizes each by itself in PyTorch, which takes longer than
    its nets do.

    The object holds no state between calls and can be shared.

    Its nets were trained on faces that stand upright. Up to about 30 degrees of tilt they find a
    face as it is; beyond that they miss it or put its eyes and mouth into the wrong places, and
    :mod:`emotion_core.faces.tilt` looks at it turned.

    Args:
        min_face: smallest face, as a share of the picture's shorter side.
        thresholds: of the three stages. The first is higher than the usual 0.6: much of the time
            went into candidates that the second stage refused, and no confident face of our
            clips is lost. The last is the confidence below which nothing is returned; it is
            lower than the usual 0.7 since the tracker uses faint faces, often profiles, to continue
            with a track, and never to begin one.
        device: torch device of the three nets.
    """

    look_side = _OUTPUT

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
        size = _small_size(images[0], self.min_face)
        if size is None:
            return [FaceDetections.empty() for _ in images]
        found = self._find([shrunk(image, size) for image in images])
        return [_enlarged(one, size, images[0]) for one in found]

    def detect_turned(self, image: ImageArray, coarse: bool = False) -> FaceDetections:
        """See :meth:`TiltDetector.detect_turned`; coarsely, it takes a quarter of the time."""
        size = _small_size(image, min(2 * self.min_face, 1.0) if coarse else self.min_face)
        if size is None:
            return FaceDetections.empty()
        sheet, places = turned_sheet(shrunk(image, size))
        found = self._find([sheet])[0]
        return _enlarged(turned_back(found, places, size), size, image)

    def look_at(self, crops: npt.NDArray[np.uint8]) -> FaceDetections:
        """See :meth:`TiltDetector.look_at`: what the third net gives, without the two before."""
        if not len(crops):
            return FaceDetections.empty()
        shifts, points, shares = self._output_net(crops.astype(np.float32))
        places = np.stack([points[:, :5], points[:, 5:]], axis=2)
        return FaceDetections(shifts + np.array([0, 0, 1, 1], np.float32), shares[:, 1], places)

    def _find(self, small: Sequence[ImageArray]) -> list[FaceDetections]:
        """The faces of pictures of one size in which the smallest is as small as the nets find."""
        tables: list[Sums] = [np.asarray(cv2.integral(one), np.int32) for one in small]
        squares = self._refine(tables, self._propose(small))
        return [
            FaceDetections(boxes[:, :4], boxes[:, 4], points)
            for boxes, points in self._output(tables, squares)
        ]

    def _propose(self, pictures: Sequence[ImageArray]) -> list[_Candidates]:
        """P-Net over the pyramid of each picture: squares that may hold a face."""
        height, width = pictures[0].shape[:2]
        pixels = [picture.astype(np.float32) for picture in pictures]
        scale, found = _CELL / _NET_MIN_FACE, [[np.zeros((0, 9), np.float32)] for _ in pictures]
        while min(height, width) * scale >= _CELL:
            size = int(height * scale + 1), int(width * scale + 1)
            level = np.stack([area_means(one, size) for one in pixels])
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
        self, tables: Sequence[Sums], candidates: Sequence[_Candidates]
    ) -> list[_Candidates]:
        """R-Net on each candidate: fewer and better ones."""
        refined = []
        for boxes, shifts, shares in _looked_at(self._refining_net, _REFINED, tables, candidates):
            boxes, shifts = _kept(boxes, shares, self.thresholds[1], shifts)
            strongest = _strongest(boxes, _SAME)
            refined.append(_squared(_shifted(boxes[strongest], shifts[strongest], 1)))
        return refined

    def _output(
        self, tables: Sequence[Sums], candidates: Sequence[_Candidates]
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


def _small_size(image: ImageArray, min_face: float) -> tuple[int, int] | None:
    """Width and height at which the smallest face is as small as the nets find.

    ``None`` if no face of that size fits in.
    """
    height, width = image.shape[:2]
    smallest = max(min_face * min(height, width), READABLE_FACE)
    if min(height, width) < smallest:
        return None
    scale = _NET_MIN_FACE / smallest
    return max(round(width * scale), 1), max(round(height * scale), 1)


def _enlarged(found: FaceDetections, size: tuple[int, int], image: ImageArray) -> FaceDetections:
    """What was found in a shrunk picture, in pixels of the picture, the most confident first."""
    height, width = image.shape[:2]
    ratio = np.array([width / size[0], height / size[1]], np.float32)
    order = np.argsort(-found.confidence)
    assert found.landmarks is not None
    return FaceDetections(
        xyxy=(found.xyxy[order] * np.tile(ratio, 2)).astype(np.float32),
        confidence=found.confidence[order].astype(np.float32),
        landmarks=(found.landmarks[order] * ratio).astype(np.float32),
    )


def _proposed(candidates: FloatArray) -> _Candidates:
    """The strongest of all sizes, (n, 9), where their shifts put them."""
    boxes = candidates[_strongest(candidates, _SAME)]
    return _squared(_shifted(boxes[:, :5], boxes[:, 5:], 0))


def _looked_at(
    net: _Net, side: int, tables: Sequence[Sums], candidates: Sequence[_Candidates]
) -> Iterator[tuple[FloatArray, ...]]:
    """For each picture, its candidates and what a net gives for each of them."""
    cut = [cut_out(sums, boxes, side) for sums, boxes in zip(tables, candidates, strict=True)]
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
