"""Which encoder writes a long video: that of the hardware where it shows that it can, else x264.

What FFmpeg offers is no sign of hardware, and hardware is no sign of a driver that works, of a size
that it takes, or of pictures that come back as they were. So a hardware encoder is tried first, by
:mod:`emotion_core.media.encoding.trial`: with the options and in the size of the video.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, wraps
from typing import ParamSpec, TypeVar

import av
from av.container import OutputContainer
from av.error import FFmpegError
from av.video.reformatter import ColorRange, Colorspace
from pydantic import TypeAdapter

from emotion_core.errors import OutputError
from emotion_core.progress import Task
from emotion_core.settings import SHIPPED, EncoderName, load_settings

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

CLOCK = 90_000  # ticks/s of the picture
_KEY_SECONDS = 2
_LONGEST_TRIAL = 60.0  # s; a driver that hangs is ended with the process that tried it
# By platform, what is fastest first. Without `h264_v4l2m2m`, which knows no constant quality.
_ORDER: dict[str, tuple[EncoderName, ...]] = {
    "linux": ("h264_nvenc", "h264_qsv", "h264_amf"),
    "win32": ("h264_nvenc", "h264_amf", "h264_qsv"),
    "darwin": ("h264_videotoolbox",),
}
_failed: set[str] = set()
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Encoder:
    """An H.264 encoder of FFmpeg, as it is used here.

    Attributes:
        name: FFmpeg's.
        options: of this encoder, as on FFmpeg's command line.
        pixels: the format in which it takes pictures.
        hardware: whether it may be missing or fail where x264 would not.
    """

    name: str
    options: tuple[tuple[str, str], ...]
    pixels: str = "yuv420p"
    hardware: bool = True


class EncoderError(OutputError):
    """A hardware encoder has failed on the way; it is not chosen again in this process."""

    def __init__(self, encoder: Encoder) -> None:
        _failed.add(encoder.name)
        super().__init__(f"The encoder {encoder.name} has failed. Try again: x264 takes its place.")


def x264(preset: str, crf: int) -> Encoder:
    """The encoder in software, which is always there; ``preset`` and ``crf`` are its own."""
    return Encoder("libx264", (("preset", preset), ("crf", str(crf))), hardware=False)


def hardware_encoder(name: EncoderName, crf: int) -> Encoder:
    """A hardware encoder, set to about the quality of x264's ``crf``.

    All keep a quality and not a rate. Those of NVIDIA, Intel and AMD count it in steps of H.264's
    quantizer, as x264 does; Apple's from 1 to 100, where 65 is taken for crf 21. See "Codecs" in
    FFmpeg's documentation, and ``libavcodec/videotoolboxenc.c``, which wants ``qscale``.
    """
    quality = str(crf)
    apple = max(min(65 - 3 * (crf - 21), 100), 1)
    lambdas = 118 * apple  # FFmpeg's FF_QP2LAMBDA
    encoders: dict[EncoderName, Encoder] = {
        "h264_nvenc": Encoder("h264_nvenc", (("preset", "p4"), ("rc", "vbr"), ("cq", quality))),
        "h264_qsv": Encoder("h264_qsv", (("global_quality", quality),), "nv12"),
        "h264_amf": Encoder(
            "h264_amf",
            (("usage", "transcoding"), ("rc", "cqp"), ("qp_i", quality), ("qp_p", quality)),
        ),
        "h264_videotoolbox": Encoder(
            "h264_videotoolbox",
            (("allow_sw", "0"), ("flags", "+qscale"), ("global_quality", str(lambdas))),
        ),
    }
    return encoders[name]


def choose_encoder(size: tuple[int, int], crf: int, preset: str) -> Encoder:
    """The first hardware encoder that can write a video of a size, else x264.

    ``EME_ENCODER`` may leave only one of them, or none. What was found is kept for the process.

    Args:
        size: width and height in px, even.
        crf: quality, as of x264.
        preset: of x264.

    Raises:
        SettingsError: the setting cannot be used.
    """
    wanted = load_settings().encoder
    names: tuple[EncoderName, ...] = ()
    if wanted == "auto":
        names = _ORDER.get(sys.platform, ())
    elif wanted != "software":
        names = (wanted,)
    for name in names:
        encoder = hardware_encoder(name, crf)
        if encoder.name not in _failed and can_write(encoder, size):
            return encoder
    if names and wanted != "auto":
        _log.warning("%s cannot be used here; x264 encodes the video.", wanted)
    return x264(preset, crf)


@cache
def can_write(encoder: Encoder, size: tuple[int, int]) -> bool:
    """Whether an encoder opens, and passes its trial in a process of its own.

    Where there is no hardware, opening fails at once. In a process of its own a driver that
    crashes, hangs or writes to the terminal does no harm.
    """
    # Intel's drivers print a greeting otherwise
    os.environ.setdefault("LIBVA_MESSAGING_LEVEL", "0")
    try:
        _open(encoder, size)
    except (FFmpegError, OSError, ValueError):
        return False
    command = [sys.executable, "-m", "emotion_core.media.encoding.trial", *map(str, size)]
    try:
        trial = subprocess.run(
            command,
            input=TypeAdapter(Encoder).dump_json(encoder),
            capture_output=True,
            cwd=SHIPPED.root,
            timeout=_LONGEST_TRIAL,
            check=False,
        )
    except (OSError, subprocess.SubprocessError) as error:
        _log.info("%s could not be tried: %s", encoder.name, error)
        return False
    if trial.returncode:
        reason = trial.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        _log.info("%s is not used at %d x %d: %s", encoder.name, *size, reason)
    return trial.returncode == 0


def _open(encoder: Encoder, size: tuple[int, int]) -> None:
    context = av.CodecContext.create(encoder.name, "w")
    if not isinstance(context, av.VideoCodecContext):
        raise ValueError(f"{encoder.name} does not encode pictures")
    context.width, context.height = size
    context.pix_fmt, context.options = encoder.pixels, {"bf": "0", **dict(encoder.options)}
    context.time_base, context.framerate = Fraction(1, CLOCK), Fraction(25)
    context.open()


def add_pictures(
    container: OutputContainer, encoder: Encoder, size: tuple[int, int], fps: float
) -> av.VideoStream:
    """A stream of pictures in a container, on a clock of 90 kHz, in the colours of ITU-R BT.709.

    Args:
        container: that is written.
        encoder: what encodes it.
        size: width and height in px, even.
        fps: about how many pictures a second will come; there is a key frame every two seconds.
    """
    # without pictures that wait for later ones the file begins at time 0 everywhere
    keys = max(round(_KEY_SECONDS * fps), 1)
    options = {"bf": "0", "g": str(keys), **dict(encoder.options)}
    rate = Fraction(max(fps, 1.0)).limit_denominator(1001)
    stream = container.add_stream(encoder.name, rate=rate, options=options)
    if not isinstance(stream, av.VideoStream):
        raise ValueError(f"{encoder.name} does not encode pictures")
    stream.width, stream.height = size
    stream.pix_fmt, stream.thread_type = encoder.pixels, "AUTO"
    context = stream.codec_context
    stream.time_base = context.time_base = Fraction(1, CLOCK)
    context.colorspace, context.color_range = Colorspace.ITU709, ColorRange.MPEG
    return stream


def begin_again(
    write: Callable[Parameters, Task[Result]],
) -> Callable[Parameters, Task[Result]]:
    """Have a task that writes a video begin again where a hardware encoder fails on the way.

    Nothing stands under the video's name by then, and that encoder is not chosen again.
    """

    @wraps(write)
    def run(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Task[Result]:
        while True:
            try:
                return (yield from write(*args, **kwargs))
            except EncoderError as error:
                _log.info("A video is written anew: %s", error)

    return run
