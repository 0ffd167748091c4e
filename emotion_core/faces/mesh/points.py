"""The 468 points of a face: which are mirrored onto which, and the outlines of its parts.

The points are those of MediaPipe Face Mesh (Kartynnik et al. 2019, "Real-time facial surface
geometry from monocular video on mobile GPUs"; the mesh and its numbers are Google's, Apache-2.0).
Outlines of eyes, brows, lips and the oval follow the connections that MediaPipe publishes
(``mediapipe/python/solutions/face_mesh_connections.py``); the others were chosen among the same
points by eye, on the mean face. Left and right are the person's own, as MediaPipe has it: the right
eye lies on the left side of the picture.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from emotion_core.types import FloatArray

POINTS = 468
# Each point of the right half with that of the left half that it is mirrored onto; what is not
# here lies in the middle. Found by assigning the points of mirrored mean faces to each other.
_PAIRS = """
3-248 7-249 20-250 21-251 22-252 23-253 24-254 25-255 26-256 27-257 28-258 29-259 30-260 31-261
32-262 33-263 34-264 35-265 36-266 37-267 38-268 39-269 40-270 41-271 42-272 43-273 44-274
45-275 46-276 47-277 48-278 49-279 50-280 51-281 52-282 53-283 54-284 55-285 56-286 57-287
58-288 59-289 60-290 61-291 62-292 63-293 64-294 65-295 66-296 67-297 68-298 69-299 70-300
71-301 72-302 73-303 74-304 75-305 76-306 77-307 78-308 79-309 80-310 81-311 82-312 83-313
84-314 85-315 86-316 87-317 88-318 89-319 90-320 91-321 92-322 93-323 95-324 96-325 97-326
98-327 99-328 100-329 101-330 102-331 103-332 104-333 105-334 106-335 107-336 108-337 109-338
110-339 111-340 112-341 113-342 114-343 115-344 116-345 117-346 118-347 119-348 120-349 121-350
122-351 123-352 124-353 125-354 126-355 127-356 128-357 129-358 130-359 131-360 132-361 133-362
134-363 135-364 136-365 137-366 138-367 139-368 140-369 141-370 142-371 143-372 144-373 145-374
146-375 147-376 148-377 149-378 150-379 153-380 154-381 155-382 156-383 157-384 158-385 159-386
160-387 161-388 162-389 163-390 165-391 166-392 167-393 169-394 170-395 171-396 172-397 173-398
174-399 176-400 177-401 178-402 179-403 180-404 181-405 182-406 183-407 184-408 185-409 186-410
187-411 188-412 189-413 190-414 191-415 192-416 193-417 194-418 196-419 198-420 201-421 202-422
203-423 204-424 205-425 206-426 207-427 208-428 209-429 210-430 211-431 212-432 213-433 214-434
215-435 216-436 217-437 218-438 219-439 220-440 221-441 222-442 223-443 224-444 225-445 226-446
227-447 228-448 229-449 230-450 231-451 232-452 233-453 234-454 235-455 236-456 237-457 238-458
239-459 240-460 241-461 242-462 243-463 244-464 245-465 246-466 247-467
"""

# Parts of the right half; those of the left are their mirror images.
_RIGHT = {
    "outer_brow": (70, 63, 105, 52, 53, 46),
    "inner_brow": (105, 66, 107, 55, 65, 52),
    "upper_lid": (
        *(33, 246, 161, 160, 159, 158, 157, 173, 133),
        *(243, 190, 56, 28, 27, 29, 30, 247, 130),
    ),
    "lower_lid": (
        *(33, 7, 163, 144, 145, 153, 154, 155, 133),
        *(243, 112, 26, 22, 23, 24, 110, 25, 130),
    ),
    "eye": (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246),
    "outer_eye_corner": (33, 247, 113, 226, 31, 25),
    "inner_eye_corner": (173, 190, 244, 233, 112, 155),
    "nose_wing": (49, 131, 220, 79, 75, 98, 64, 129),
    "nasolabial_fold": (129, 203, 206, 216, 212, 57, 186, 92, 165, 98, 64),
    "cheek": (116, 117, 118, 119, 100, 142, 129, 203, 206, 216, 212, 214, 192, 213, 147, 123),
    "jaw": (58, 172, 136, 150, 149, 170, 169, 135, 138, 215),
}
_MIDDLE = {
    "forehead": (
        *(10, 109, 67, 103, 54, 68, 63, 105, 66, 107),
        *(9, 336, 296, 334, 293, 298, 284, 332, 297, 338),
    ),
    "glabella": (107, 9, 336, 285, 8, 55),
    "nose_root": (55, 8, 285, 417, 465, 351, 6, 122, 245, 193),
    "nose_bridge": (122, 6, 351, 419, 248, 281, 5, 51, 3, 196),
    "nose_tip": (5, 281, 363, 440, 457, 354, 19, 125, 237, 220, 134, 51),
    "upper_lip": (
        *(61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291),
        *(308, 415, 310, 311, 312, 13, 82, 81, 80, 191, 78),
    ),
    "lower_lip": (
        *(61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291),
        *(308, 324, 318, 402, 317, 14, 87, 178, 88, 95, 78),
    ),
    "lips_outer": (
        *(61, 185, 40, 39, 37, 0, 267, 269, 270, 409),
        *(291, 375, 321, 405, 314, 17, 84, 181, 91, 146),
    ),
    "lips_inner": (
        *(78, 191, 80, 81, 82, 13, 312, 311, 310, 415),
        *(308, 324, 318, 402, 317, 14, 87, 178, 88, 95),
    ),
    "chin": (18, 421, 418, 262, 369, 400, 377, 152, 148, 176, 140, 32, 194, 201),
    "face_oval": (
        *(10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288),
        *(397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150, 136),
        *(172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109),
    ),
}


def _mirrored() -> npt.NDArray[np.int64]:
    numbers = np.arange(POINTS)
    for pair in _PAIRS.split():
        right, left = (int(number) for number in pair.split("-"))
        numbers[[right, left]] = left, right
    return numbers


# (468,) the point that each becomes when a picture is mirrored.
MIRRORED = _mirrored()

# Outlines by name, closed polygons in order; those that there are two of begin with the side.
OUTLINES: dict[str, tuple[int, ...]] = {
    **{f"right_{name}": outline for name, outline in _RIGHT.items()},
    **{f"left_{name}": tuple(MIRRORED[list(outline)].tolist()) for name, outline in _RIGHT.items()},
    **_MIDDLE,
}

# The parts whose visibility is read, and the outlines whose points count for each.
VISIBLE_PARTS: dict[str, tuple[str, ...]] = {
    "brows": ("right_outer_brow", "right_inner_brow", "left_outer_brow", "left_inner_brow"),
    "eyes": ("right_eye", "left_eye"),
    "nose": ("nose_bridge", "nose_tip", "right_nose_wing", "left_nose_wing"),
    "mouth": ("lips_outer", "lips_inner"),
    "jaw": ("chin", "right_jaw", "left_jaw"),
}

# Corners of the right eye, then of the left.
EYE_CORNERS = ((33, 133), (263, 362))


def points_of(*outlines: str) -> npt.NDArray[np.int64]:
    """The numbers of the points of some outlines, each once, ascending."""
    return np.unique([number for name in outlines for number in OUTLINES[name]])


def mirror_points(points: FloatArray, width: float) -> FloatArray:
    """The points of a mirrored picture.

    Args:
        points: (..., 468, d) px, d at least 1; pixel centres are at whole numbers.
        width: of the picture in pixels.
    """
    mirrored = points[..., MIRRORED, :].copy()
    mirrored[..., 0] = width - 1 - mirrored[..., 0]
    return mirrored


def eye_distance(points: FloatArray) -> FloatArray:
    """The distance between the middles of the two eyes, in the unit of the points.

    Measured in three dimensions where there are three, so that it does not shrink as a head turns.

    Args:
        points: (..., 468, d).

    Returns:
        (...).
    """
    right, left = (points[..., list(corners), :].mean(axis=-2) for corners in EYE_CORNERS)
    return np.asarray(np.linalg.norm(left - right, axis=-1))


@cache
def mean_face() -> FloatArray:
    """(468, 3) the mean face, looking straight ahead: symmetric, the middle of its eyes at 0.

    In units of the distance between its eyes, y down, z away from the viewer. The median of what
    MediaPipe Face Mesh answers on 699 faces that look within 12 degrees of the camera, and their
    mirror images.
    """
    return np.asarray(np.load(Path(__file__).with_name("mean_face.npy")))
