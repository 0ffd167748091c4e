"""Finding faces in a picture with MTCNN."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import torch
from facenet_pytorch import MTCNN
from facenet_pytorch.models.utils.detect_face import detect_face, nms_numpy
from torchvision.ops import nms

from emotion_core.compiled import Compilation, compile_network
from emotion_core.faces.detection import READABLE_FACE, FaceDetector
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
    smallest face that counts allows: the cost hardly depends on the resolution of the film. What
    the nets look at is cut out of one table of sums on a CPU: facenet-pytorch resizes each square
    by itself in PyTorch, which takes longer than its nets do.

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
        if self.device.type == "cpu":
            # its pooling and convolutions take 0.6 of the time there
            nets = nets.to(memory_format=torch.channels_last)
        self._nets = nets
        self.at_once = _AT_ONCE if self.device.type == "cuda" else 1
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
        small = self._shrunk(image)
        if small is None:
            return FaceDetections.empty()
        sums: _Sums = np.asarray(cv2.integral(small), np.int32)
        found = self._output(sums, self._refine(sums, self._propose(sums)))
        return _in_pixels_of(image, small, *found)

    def detect_all(self, images: Sequence[ImageArray]) -> list[FaceDetections]:
        """The same for pictures of one size, on a GPU together."""
        small = [self._shrunk(image) for image in images]
        if self.at_once == 1 or any(one is None for one in small):
            return super().detect_all(images)
        nets = self._nets
        try:
            with torch.inference_mode():
                found = detect_face(
                    np.stack([one for one in small if one is not None]),
                    _NET_MIN_FACE,
                    *(nets.pnet, nets.rnet, nets.onet),
                    self.thresholds,
                    _FACTOR,
                    self.device,
                )
        except (IndexError, RuntimeError) as error:
            if "out of memory" in str(error):
                raise
            # facenet-pytorch loses count of its own candidates when one of them lies wholly
            # outside of its picture (issues #129 and #206)
            return super().detect_all(images)
        return [
            _in_pixels_of(image, one, np.reshape(boxes, (-1, 5)), np.reshape(points, (-1, 5, 2)))
            for image, one, boxes, points in zip(images, small, *found, strict=True)
            if one is not None
        ]

    def _shrunk(self, image: ImageArray) -> ImageArray | None:
        """The picture in which the smallest face is as small as the nets find; None without one."""
        height, width = image.shape[:2]
        smallest = max(self.min_face * min(height, width), READABLE_FACE)
        if min(height, width) < smallest:
            return None
        scale = _NET_MIN_FACE / smallest
        size = (max(round(width * scale), 1), max(round(height * scale), 1))
        return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)

    def _propose(self, sums: _Sums) -> _Candidates:
        """P-Net over the pyramid: squares that may hold a face."""
        height, width = sums.shape[0] - 1, sums.shape[1] - 1
        scale, found = _CELL / _NET_MIN_FACE, []
        while min(height, width) * scale >= _CELL:
            level = _shrunk(sums, int(height * scale + 1), int(width * scale + 1))
            shifts, shares = self._proposal_net(level[None])
            rows, columns = np.nonzero(shares[0, 1] >= self.thresholds[0])
            corner = _STRIDE * np.stack([columns, rows], axis=1)
            # in float32 as PyTorch does, where some end a pixel earlier
            ends = np.hstack([corner + 1, corner + _CELL]).astype(np.float32)
            squares = np.floor(ends / np.float32(scale))
            candidates = np.column_stack(
                [squares, shares[0, 1, rows, columns], shifts[0][:, rows, columns].T]
            ).astype(np.float32)
            found.append(candidates[_strongest(candidates, _SAME_IN_LEVEL)])
            scale *= _FACTOR
        if not found:
            return np.zeros((0, 5), np.float32)
        boxes = np.concatenate(found)
        boxes = boxes[_strongest(boxes, _SAME)]
        return _squared(_shifted(boxes[:, :5], boxes[:, 5:], 0))

    def _refine(self, sums: _Sums, boxes: _Candidates) -> _Candidates:
        """R-Net on each candidate: fewer and better ones."""
        boxes, crops = _cut_out(sums, boxes, _REFINED)
        if not len(boxes):
            return boxes
        shifts, shares = self._refining_net(crops)
        boxes, shifts = _kept(boxes, shares, self.thresholds[1], shifts)
        strongest = _strongest(boxes, _SAME)
        return _squared(_shifted(boxes[strongest], shifts[strongest], 1))

    def _output(self, sums: _Sums, boxes: _Candidates) -> tuple[_Candidates, FloatArray]:
        """O-Net on each candidate: faces, and (n, 5, 2) landmarks in px."""
        boxes, crops = _cut_out(sums, boxes, _OUTPUT)
        if not len(boxes):
            return boxes, np.zeros((0, 5, 2), np.float32)
        shifts, points, shares = self._output_net(crops)
        places = np.stack([points[:, :5], points[:, 5:]], axis=2)
        corners = boxes[:, None, :2]
        places = places * (boxes[:, None, 2:4] - corners + 1) + corners - 1
        boxes, shifts, places = _kept(boxes, shares, self.thresholds[2], shifts, places)
        boxes = _shifted(boxes, shifts, 1)
        # of two of which one lies within the other, the weaker goes
        strongest = nms_numpy(boxes[:, :4], boxes[:, 4], _SAME, "Min") if len(boxes) else []
        return boxes[strongest], places[strongest]

    def _fastest(self, net: Any, side: int | None) -> _Net:
        """What a net gives, computed in what is fastest here; ``side`` is that of its pictures."""

        def in_pytorch(pictures: FloatArray) -> tuple[FloatArray, ...]:
            batch = torch.from_numpy(pictures).to(self.device).permute(0, 3, 1, 2)
            with torch.inference_mode():
                outputs = net((batch - _MEAN) / _SCALE)
            return tuple(output.cpu().numpy() for output in outputs)

        if self.device.type != "cpu":
            return in_pytorch
        shape = (8, side, side, 3) if side else (2, 180, 320, 3)
        noise = np.random.default_rng(0).uniform(0, 255, shape).astype(np.float32)
        task = Compilation(net, noise, 3 * [_MEAN], 3 * [_SCALE], side is None, rival=in_pytorch)
        return compile_network(task) or in_pytorch


def _in_pixels_of(
    image: ImageArray, small: ImageArray, boxes: FloatArray, points: FloatArray
) -> FaceDetections:
    """What was found in a smaller picture, the most confident first."""
    if len(boxes) == 0:
        return FaceDetections.empty()
    ratio = np.array(image.shape[1::-1], np.float32) / np.array(small.shape[1::-1], np.float32)
    order = np.argsort(-boxes[:, 4])
    return FaceDetections(
        xyxy=(boxes[:, :4] * np.tile(ratio, 2))[order].astype(np.float32),
        confidence=boxes[order, 4].astype(np.float32),
        landmarks=(points * ratio)[order].astype(np.float32),
    )


def _places(length: Any, side: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """First pixel of each of ``side`` places over ``length`` pixels, and the one after its last.

    Each place has all pixels that lie in it at least in part, as in PyTorch's area interpolation:
    with another, the boxes of the nets move by 2%.
    """
    steps = np.arange(side + 1)
    return steps[:-1] * length // side, -(-steps[1:] * length // side)


def _shrunk(sums: _Sums, height: int, width: int) -> FloatArray:
    """The whole picture at another size, (height, width, 3) float32."""
    top, bottom = _places(sums.shape[0] - 1, height)
    left, right = _places(sums.shape[1] - 1, width)
    rows = sums[bottom] - sums[top]
    area = (bottom - top)[:, None] * (right - left)
    total = (rows[:, right] - rows[:, left]).astype(np.float32)
    return np.asarray(total / area[:, :, None].astype(np.float32), np.float32)


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
    top, bottom, left, right = top[:, :, None], bottom[:, :, None], left[:, None], right[:, None]
    total = sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left]
    means = total.astype(np.float32) / area[..., None].astype(np.float32)
    return boxes[inside], np.asarray(means, np.float32)
