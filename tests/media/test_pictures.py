"""Still pictures: every format upright and in its true colours, and why one is not read."""

from __future__ import annotations

import base64
import io
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from emotion_core.errors import MediaError
from emotion_core.media import pictures
from emotion_core.media.pictures import (
    PictureError,
    decode_picture,
    is_picture,
    is_still_of_many,
    read_picture,
)
from emotion_core.media.probe import probe
from emotion_core.types import ImageArray
from tests.conftest import SHARED

RED, BLUE = (200, 30, 30), (30, 30, 200)
# A blue band over a red field: 64 x 64 pixels in HEVC, shown as 64 x 48.
HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAX1tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAA"
    "AAAAAAAAACJpbG9jAAAAAERAAAEAAQAAAAABoQABAAAAAAAAACcAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABo"
    "dmMxAAAAAA5waXRtAAAAAAABAAAA/WlwcnAAAADdaXBjbwAAAHZodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEA"
    "GEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq5Ka5uAhoMCAAAAMDIAAA"
    "AwAhYgABAAZEAcFzwIkAAAATY29scm5jbHgAAQANAAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xhcAAAAEAAAAAB"
    "AAAAMAAAAAEAAAAAAAAAAv////AAAAACAAAAEHBpeGkAAAAAAwgICAAAABhpcG1hAAAAAAAAAAEAAQWBAgMFhAAAAC9t"
    "ZGF0AAAAIygBr1j5E5Jf/+HO5Hyjz/z3rPtz8mJH+IoE/Tf9G1Sj3Crw"
)


def banded(width: int = 64, height: int = 48, band: int = 16) -> Image.Image:
    picture = Image.new("RGB", (width, height), RED)
    picture.paste(BLUE, (0, 0, width, band))
    return picture


def encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def assert_banded(image: ImageArray, tolerance: int = 40) -> None:
    assert image.shape == (48, 64, 3) and image.dtype == np.uint8
    assert np.abs(image[4, 30].astype(int) - BLUE).max() <= tolerance
    assert np.abs(image[40, 30].astype(int) - RED).max() <= tolerance


def box(kind: bytes, *parts: bytes) -> bytes:
    content = b"".join(parts)
    return struct.pack(">I4s", 8 + len(content), kind) + content


def full(kind: bytes, *parts: bytes, version: int = 0) -> bytes:
    return box(kind, struct.pack(">I", version << 24), *parts)


def tiled_heic(columns: int = 3) -> bytes:
    """The picture of HEIC side by side, as phones cut theirs up (ISO/IEC 23008-12, item grid)."""
    start = HEIC.index(b"hvcC") - 4
    coded = HEIC[start : start + struct.unpack(">I", HEIC[start : start + 4])[0]]
    tile = HEIC[HEIC.index(b"mdat") + 4 :]
    grid = struct.pack(">BBBBHH", 0, 0, 0, columns - 1, 64 * columns, 64)
    tiles = range(2, columns + 2)

    def entry(item: int, kind: bytes) -> bytes:
        return full(b"infe", struct.pack(">HH4sB", item, 0, kind, 0), version=2)

    info = full(
        b"iinf",
        struct.pack(">H", columns + 1),
        entry(1, b"grid"),
        *(entry(item, b"hvc1") for item in tiles),
    )
    links = full(b"iref", box(b"dimg", struct.pack(f">HH{columns}H", 1, columns, *tiles)))
    sizes = [full(b"ispe", struct.pack(">II", width, 64)) for width in (64, 64 * columns)]
    uses = [(1, (3,)), *((item, (0x81, 2)) for item in tiles)]
    owners = b"".join(struct.pack(f">HB{len(own)}B", item, len(own), *own) for item, own in uses)
    properties = box(
        b"iprp", box(b"ipco", coded, *sizes), full(b"ipma", struct.pack(">I", len(uses)), owners)
    )

    def meta(offset: int) -> bytes:
        places = [
            (1, offset, len(grid)),
            *((item, offset + len(grid), len(tile)) for item in tiles),
        ]
        located = b"".join(struct.pack(">HHHII", item, 0, 1, at, size) for item, at, size in places)
        return full(
            b"meta",
            full(b"hdlr", bytes(4), b"pict", bytes(13)),
            full(b"pitm", struct.pack(">H", 1)),
            full(b"iloc", struct.pack(">BBH", 0x44, 0, len(places)), located),
            info,
            links,
            properties,
        )

    head = box(b"ftyp", b"heic", bytes(4), b"mif1heic")
    offset = len(head) + len(meta(0)) + 8
    return head + meta(offset) + box(b"mdat", grid, tile)


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("JPEG", {"quality": 95}),
        ("PNG", {}),
        ("WEBP", {"quality": 95}),
        ("AVIF", {"quality": 90}),
        ("TIFF", {}),
        ("TIFF", {"compression": "tiff_lzw"}),
        ("GIF", {}),
        ("BMP", {}),
        ("JPEG2000", {}),
        ("PPM", {}),
        ("MPO", {"save_all": True, "append_images": [Image.new("RGB", (64, 48))]}),
    ],
)
def test_every_format_is_read(kind: str, options: dict[str, object]) -> None:
    assert_banded(decode_picture(encoded(banded(), kind, **options)))


def test_a_heic_is_read_whole_and_so_is_one_in_tiles() -> None:
    assert_banded(decode_picture(HEIC))
    image = decode_picture(tiled_heic(3))
    assert image.shape == (64, 192, 3)
    for x in (30, 94, 158):
        assert np.abs(image[4, x].astype(int) - BLUE).max() <= 40
        assert np.abs(image[40, x].astype(int) - RED).max() <= 40


def test_what_a_file_holds_counts_and_not_its_name(tmp_path: Path) -> None:
    (tmp_path / "phone.jpg").write_bytes(HEIC)
    assert_banded(read_picture(tmp_path / "phone.jpg"))


def test_the_pictures_of_the_case_are_all_read() -> None:
    folder = SHARED / "cases" / "picture-formats" / "happy"
    if not folder.is_dir():
        pytest.skip("the cases in ../shared are not on this machine")
    found = [read_picture(path) for path in sorted(folder.iterdir())]
    assert {image.shape for image in found} == {(562, 572, 3)} and len(found) == 11
    assert np.ptp([image.mean() for image in found]) < 1


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_turned_as_the_camera_was_held(kind: str, orientation: int) -> None:
    turn = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    upright = banded()
    upright.paste((30, 200, 30), (0, 0, 16, 48))  # so that a mirrored picture differs
    stored = upright if turn is None else upright.transpose(turn)
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = decode_picture(encoded(stored, kind, exif=exif))
    assert image.shape == (48, 64, 3)
    assert np.abs(image.astype(int) - np.asarray(upright))[::8, ::8].mean() < 12


def test_damaged_exif_is_no_reason_to_refuse() -> None:
    assert_banded(decode_picture(encoded(banded(), "JPEG", quality=95, exif=b"Exif\0\0II*\0\xff")))


def test_see_through_becomes_white() -> None:
    picture = banded().convert("RGBA")
    picture.putpixel((0, 0), (10, 10, 10, 0))
    for kind in ("PNG", "WEBP"):
        assert decode_picture(encoded(picture, kind, lossless=True))[0, 0].tolist() == [255] * 3


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_the_inks_of_print_become_light(kind: str) -> None:
    image = decode_picture(encoded(banded().convert("CMYK"), kind, quality=95))
    assert_banded(image)


def test_a_profile_is_converted_and_a_damaged_one_passed_over() -> None:
    # a profile whose red is the blue of sRGB: the picture of a file comes out as it was meant
    swapped = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    assert_banded(decode_picture(encoded(banded(), "PNG", icc_profile=swapped.tobytes())))
    assert_banded(decode_picture(encoded(banded(), "PNG", icc_profile=b"no profile")))
    lab = ImageCms.profileToProfile(
        banded(), ImageCms.createProfile("sRGB"), swapped, outputMode="LAB"
    )
    assert_banded(decode_picture(encoded(lab, "TIFF")))


RAMP = np.tile(np.linspace(0, 1, 64), (48, 1))


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ((65535 * RAMP).astype(np.uint16), "PNG"),
        ((65535 * RAMP).astype(np.uint16), "TIFF"),
        ((65535 * RAMP).astype(np.uint16), "PPM"),
        ((65535 * RAMP).astype(np.uint16), "JPEG2000"),
        (RAMP.astype(np.float32), "TIFF"),
        ((255 * RAMP).astype(np.float32), "TIFF"),
        ((65535 * RAMP).astype(np.int32), "TIFF"),
    ],
)
def test_more_than_8_bits_keep_their_range(values: np.ndarray, kind: str) -> None:
    image = decode_picture(encoded(Image.fromarray(values), kind))
    assert np.abs(image.astype(int) - np.round(255 * RAMP)[:, :, None]).max() <= 1


def test_a_float_that_is_no_number_is_black() -> None:
    values = RAMP.astype(np.float32)
    values[0, :2] = np.nan, np.inf
    assert decode_picture(encoded(Image.fromarray(values), "TIFF"))[0, :2].max() == 0


def test_a_moving_picture_given_as_a_photo_is_its_first_image(tmp_path: Path) -> None:
    others = [Image.new("RGB", (64, 48), "green")] * 2
    for kind in ("GIF", "WEBP", "PNG"):
        content = encoded(banded(), kind, save_all=True, append_images=others, quality=95)
        assert_banded(decode_picture(content))


def test_what_moves_is_a_clip_where_it_can_be_played(tmp_path: Path) -> None:
    others = [Image.new("RGB", (64, 48), "green")] * 2
    for kind, name, moves in (
        ("GIF", "a.gif", True),
        ("PNG", "a.png", True),
        ("WEBP", "a.webp", False),
    ):
        path = tmp_path / name
        path.write_bytes(encoded(banded(), kind, save_all=True, append_images=others))
        assert is_picture(path) is not moves
        assert is_still_of_many(path)
        path.write_bytes(encoded(banded(), kind))
        assert is_picture(path) and not is_still_of_many(path)


def test_animated_webp_and_photos_are_refused_as_clips_in_true_sentences(tmp_path: Path) -> None:
    moving, photo = tmp_path / "a.webp", tmp_path / "photo.mov"
    others = [Image.new("RGB", (64, 48), "green")] * 2
    moving.write_bytes(encoded(banded(), "WEBP", save_all=True, append_images=others))
    with pytest.raises(MediaError, match="Animated WebP is not read as a clip"):
        probe(moving)
    photo.write_bytes(tiled_heic())
    with pytest.raises(MediaError, match="is a photo, not a clip"):
        probe(photo)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty file"),
        (b"To be, or not to be", "not an image"),
        (b"II*\0\x08\0\0\0" + bytes(20), "a kind of TIFF that is not read"),
        (encoded(banded(), "PNG")[:-40], "truncated or damaged"),
        (HEIC[:-20], "truncated or damaged|not an image"),
        (tiled_heic()[:300], "truncated or damaged|not an image"),
    ],
)
def test_why_a_picture_is_not_read(content: bytes, reason: str) -> None:
    with pytest.raises(PictureError, match=reason):
        decode_picture(content)


def test_too_many_pixels_are_refused_before_they_are_decoded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    huge = encoded(Image.new("1", (20000, 20000)), "PNG")
    monkeypatch.setattr(Image.Image, "load", lambda self: pytest.fail("decoded"))
    with pytest.raises(PictureError, match="more than 50 megapixels"):
        decode_picture(huge)
    monkeypatch.setattr(pictures, "MAX_PIXELS", 1000)
    with pytest.raises(PictureError, match="megapixels"):
        decode_picture(HEIC)
