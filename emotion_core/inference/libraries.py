"""The libraries that networks are made with, all imported by the thread that asks first.

torchvision and transformers import their own parts in circles. Where two threads begin at different
places of a circle each waits for the other; Python then hands out a module that is half done, and
an import fails that would succeed alone. So nothing but training, which has a process to itself,
imports them elsewhere.
"""

from __future__ import annotations

import timm
from facenet_pytorch import MTCNN, InceptionResnetV1
from facenet_pytorch.models.utils.detect_face import nms_numpy
from torchvision.models.segmentation import deeplabv3_mobilenet_v3_large, deeplabv3_resnet50
from torchvision.models.segmentation.deeplabv3 import DeepLabHead, DeepLabV3
from torchvision.ops import nms
from torchvision.transforms.functional import gaussian_blur
from transformers import AutoImageProcessor, AutoModelForImageClassification
from transformers.utils import logging as transformers_logging

__all__ = [
    "MTCNN",
    "AutoImageProcessor",
    "AutoModelForImageClassification",
    "DeepLabHead",
    "DeepLabV3",
    "InceptionResnetV1",
    "deeplabv3_mobilenet_v3_large",
    "deeplabv3_resnet50",
    "gaussian_blur",
    "nms",
    "nms_numpy",
    "timm",
    "transformers_logging",
]
