"""Still pictures from files and uploads: one reader for all of the product.

Pillow decodes, with libheif (pi-heif) for the HEIC files of phones. What is inside a file decides
how it is read, whatever its name ends in.
"""

from __future__ import annotations

import io
import struct
import warnings
from pathlib import Path
from typing import IO

import numpy as np
from pi_heif import register_heif_opener
from PIL import ExifTags, Image, ImageCms, UnidentifiedImageError

from emotion_core.errors import MediaError
from emotion_core.types import FloatArray, ImageArray

# The formats that are read, as Pillow calls them, and the endings that their files have.
_ENDINGS = {
    "JPEG": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "MPO": (".mpo",),
    "PNG": (".png", ".apng"),
    "WEBP": (".webp",),
    "HEIF": (".heic", ".heif", ".hif"),
    "AVIF": (".avif",),
    "TIFF": (".tif", ".tiff"),
    "GIF": (".gif",),
    "BMP": (".bmp", ".dib"),
    "JPEG2000": (".jp2", ".j2k", ".jpx"),
    "PPM": (".ppm", ".pgm", ".pbm", ".pnm"),
}
_OPENED = tuple(kind for kind in _ENDINGS if kind != "MPO")  # which is a JPEG until it is open
PICTURES = {ending for endings in _ENDINGS.values() for ending in endings}
NAMED_FORMATS = "JPEG, PNG, WebP, HEIC, AVIF, TIFF, GIF, BMP, JPEG 2000 or PPM"
# Larger pictures are no photographs of faces, or are meant to fill the memory.
MAX_PIXELS = 50_000_000
# One that is not compressed, at three bytes a pixel.
MAX_PICTURE_BYTES = 160 << 20

# Formats that FFmpeg plays where they move; it plays no animated WebP.
_PLAYED = {"GIF", "PNG"}
_MOVING = {*_PLAYED, "WEBP", "AVIF"}
_WHITE_IS_ZERO = 0  # TIFF 6.0, tag PhotometricInterpretation
_PHOTOMETRIC, _BITS = 262, 258
# EXIF 2.3, tag Orientation.
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# ISO/IEC 23008-12: single pictures; sequences have other brands.
_STILL_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"mif1", b"avif"}

register_heif_opener(thumbnails=False)
# Pillow's own limit only warns, and ours is lower. What it warns of in damaged tags is no matter.
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\..*")


class PictureError(MediaError):
    """One picture that cannot be used; the message is the reason in a few words."""


def check_picture(encoded: IO[bytes]) -> tuple[int, int, str]:
    """Width, height and format of a picture, from its header; nothing is decoded.

    Raises:
        PictureError: it is no picture, or it has more pixels than a photograph.
    """
    with _open(encoded) as picture:
        return picture.width, picture.height, str(picture.format)


def ending_of(kind: str) -> str:
    """The ending of files of a format that :func:`check_picture` names, such as ``.jpg``."""
    return _ENDINGS[kind][0]


def decode_picture(encoded: bytes) -> ImageArray:
    """A picture as (H, W, 3) uint8 RGB, upright; the first one of a file that holds several.

    Colours are those of the file's own profile, in sRGB; what is see-through becomes white; 16
    bits and floats become 8 bits over their whole range.

    Raises:
        PictureError: the file is empty, cut off, no picture, or larger than a photograph.
    """
    if not encoded:
        raise PictureError("empty file")
    with _open(io.BytesIO(encoded)) as picture:
        try:
            picture.load()
            return np.array(_turn_upright(_to_rgb(picture), picture), np.uint8)
        except Exception as error:  # Pillow and its plugins raise many kinds for damaged data
            raise PictureError("truncated or damaged") from error


def _open(encoded: IO[bytes]) -> Image.Image:
    """A picture whose header is read and whose size may be decoded."""
    try:
        picture = Image.open(encoded, formats=_OPENED)
    except Image.DecompressionBombError:
        raise _too_large() from None
    # Pillow's parsers raise whatever a damaged header makes them trip over
    except (
        UnidentifiedImageError,
        OSError,
        ValueError,
        SyntaxError,
        TypeError,
        LookupError,
        RuntimeError,
        EOFError,
        struct.error,
    ):
        raise PictureError(_why_not(encoded)) from None
    if picture.width * picture.height > MAX_PIXELS:
        raise _too_large()
    return picture


def _too_large() -> PictureError:
    return PictureError(f"more than {MAX_PIXELS // 1_000_000} megapixels")


def _why_not(encoded: IO[bytes]) -> str:
    """Why a file is not read: a TIFF may hold what no reader of pictures knows."""
    encoded.seek(0)
    tiff = encoded.read(4) in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
    return "a kind of TIFF that is not read" if tiff else "not an image"


def _to_rgb(picture: Image.Image) -> Image.Image:
    """Any picture with 8 bits a channel in sRGB."""
    if picture.mode.startswith("I;16") or picture.mode in ("I", "F"):
        return Image.fromarray(_to_bytes(picture)).convert("RGB")
    if picture.mode == "LAB":
        return _in_srgb(picture, ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")))
    if picture.has_transparency_data:
        layer = picture.convert("RGBA")
        picture = Image.new("RGBA", layer.size, "white")
        picture.alpha_composite(layer)
        return picture.convert("RGB")
    profile = _own_profile(picture)
    if profile is not None:
        try:
            return _in_srgb(picture, profile)
        except (ImageCms.PyCMSError, ValueError):
            pass  # a damaged profile, or one for another number of channels
    return picture.convert("RGB")


def _own_profile(picture: Image.Image) -> ImageCms.ImageCmsProfile | None:
    """The colour profile in a file, unless it is sRGB or cannot be read."""
    encoded = picture.info.get("icc_profile")
    if not encoded:
        return None
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(encoded))
        named = ImageCms.getProfileDescription(profile)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None
    return None if "srgb" in named.lower() else profile


def _in_srgb(picture: Image.Image, profile: ImageCms.ImageCmsProfile) -> Image.Image:
    plain = picture.convert("RGB") if picture.mode == "P" else picture
    found = ImageCms.profileToProfile(
        plain, profile, ImageCms.createProfile("sRGB"), outputMode="RGB"
    )
    if found is None:  # only if it were changed in place
        raise ValueError("no picture")
    return found


def _to_bytes(picture: Image.Image) -> ImageArray:
    """Grey values of more than 8 bits, (H, W), as 8 bits over the range that they are in."""
    values: FloatArray = np.nan_to_num(np.asarray(picture, np.float32), posinf=0, neginf=0)
    tags = getattr(picture, "tag_v2", {})
    scaled = np.clip(values / _full_scale(picture.mode, values, tags.get(_BITS)), 0, 1)
    if tags.get(_PHOTOMETRIC) == _WHITE_IS_ZERO:
        scaled = 1 - scaled
    return np.asarray(np.round(255 * scaled), np.uint8)


def _full_scale(mode: str, values: FloatArray, bits: tuple[int, ...] | None) -> float:
    """The value of white."""
    if mode == "F":
        # highlights may lie above white, but not half of a picture
        middle = float(np.median(values))
        return next((full for full in (1.0, 255.0, 65535.0) if middle <= full), middle)
    if bits and bits[0] < 16:
        return float(2 ** bits[0] - 1)
    return max(65535.0, float(values.max(initial=0)))


def _turn_upright(picture: Image.Image, source: Image.Image) -> Image.Image:
    """The picture as the EXIF of its file says that the camera was held."""
    try:
        turn = _TURNS.get(source.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # damaged EXIF is no reason not to show a picture
        return picture
    return picture if turn is None else picture.transpose(turn)


def is_picture(path: Path) -> bool:
    """Whether a file is meant as a picture rather than as a clip.

    Its name says so, unless it moves and is of a format that is read as a clip.
    """
    return path.suffix.lower() in PICTURES and _moving_format(path) not in _PLAYED


def is_still_of_many(path: Path) -> bool:
    """Whether a picture moves, but is read as a photo: its first image alone."""
    return _moving_format(path) is not None


def _moving_format(path: Path) -> str | None:
    """The format of a picture that moves; reading says what is wrong with one that cannot be."""
    try:
        with path.open("rb") as file, _open(file) as picture:
            moves = picture.format in _MOVING and getattr(picture, "n_frames", 1) > 1
            return picture.format if moves else None
    except (PictureError, OSError):
        return None


def check_no_still(path: Path) -> None:
    """Refuse what cannot be read as a clip, although FFmpeg opens it.

    FFmpeg calls animated WebP damaged, and of the tiles of a HEIC or AVIF photo it shows one.

    Raises:
        MediaError: it is one of these.
    """
    with path.open("rb") as file:
        head = file.read(32)
    if head[:4] == b"RIFF" and head[8:16] == b"WEBPVP8X" and head[20] & 0x02:
        raise MediaError("Animated WebP is not read as a clip. Convert it to MP4 or GIF.")
    if head[4:8] == b"ftyp" and head[8:12] in _STILL_BRANDS:
        raise MediaError("The file is a photo, not a clip. Open it as a photo.")


def read_picture(path: Path) -> ImageArray:
    """A picture as (H, W, 3) uint8 RGB, upright.

    Raises:
        MediaError: the file is missing, a folder, empty, damaged, or no picture.
    """
    try:
        if path.stat().st_size > MAX_PICTURE_BYTES:
            raise PictureError(f"larger than {MAX_PICTURE_BYTES >> 20} MB")
        return decode_picture(path.read_bytes())
    except FileNotFoundError:
        raise MediaError(f"There is no file {path}.") from None
    except IsADirectoryError:
        raise MediaError(f"{path} is a folder, not an image.") from None
    except OSError as error:
        raise MediaError(f"{path} cannot be read: {error.strerror}.") from error
    except PictureError as error:
        raise MediaError(f"{path} cannot be used: {error}.") from error


def read_upload(encoded: bytes, name: str) -> ImageArray:
    """A picture that was handed over, as (H, W, 3) uint8 RGB, upright.

    Args:
        encoded: the bytes of the file.
        name: what the user calls it.

    Raises:
        MediaError: it is empty, damaged, no picture, or larger than a photograph.
    """
    try:
        return decode_picture(encoded)
    except PictureError as error:
        raise MediaError(
            f"{name} cannot be used: {error}. Choose a {NAMED_FORMATS} image."
        ) from error
