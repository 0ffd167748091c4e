"""Choosing one face of a photo that is uploaded."""

from __future__ import annotations

import hashlib

import streamlit as st

from emotion_core.emotions.registry import short_name
from emotion_core.errors import EmotionCoreError, MediaError
from emotion_core.explanation.found_faces import FoundFace, find_in_picture
from emotion_core.media.pictures import MAX_PICTURE_BYTES, NAMED_FORMATS, read_upload
from pages.shared import services
from pages.shared.active_model import active_model, models_line
from pages.shared.faces.chosen_face import ChosenFace
from pages.shared.text import as_text

_THUMBNAIL = 96


def face_of_photo(key: str = "photo") -> ChosenFace | None:
    """An upload field, and the faces of the photo where there are several.

    Args:
        key: of the field.
    """
    upload = st.file_uploader(
        "Photo",
        key=key,
        max_upload_size=MAX_PICTURE_BYTES >> 20,
        help=f"{NAMED_FORMATS}. The photo is not stored.",
    )
    models_line(f"Model: {as_text(short_name(active_model()))}.")
    if upload is None:
        return None
    try:
        with st.spinner("Looking for faces …", show_time=True):
            classifier = services.exact_classifier(active_model())
            encoded = upload.getvalue()
            address = hashlib.sha256(encoded).hexdigest()
            size = classifier.preprocessing.size
            faces = _find_faces(address, size, encoded, upload.name)
        if not faces:
            raise MediaError(
                f"No face found in {upload.name}. It may be too small, turned away or too dark."
            )
    except EmotionCoreError as error:
        st.error(as_text(str(error)), icon=":material/error:")
        return None
    face = faces[_choose(address, faces, key)]
    return ChosenFace(
        address=f"{address}:{face.track}",
        face=face,
        classifier=classifier,
        title=f"Face {face.track + 1}" if len(faces) > 1 else "The face",
        file_name=f"{upload.name.rsplit('.', 1)[0]} face {face.track + 1}",
    )


def _choose(address: str, faces: list[FoundFace], key: str) -> int:
    """Number of the face that is looked at; from left to right."""
    if len(faces) == 1:
        return 0
    with st.container(horizontal=True):
        for face in faces:
            name = f"Face {face.track + 1}"
            st.image(face.shown, caption=name, width=_THUMBNAIL, alt=name)
    chosen = st.selectbox(
        "Face, from left to right",
        range(len(faces)),
        format_func=lambda number: f"Face {number + 1}",
        key=f"{key}-face-of-{address}",
    )
    return int(chosen)


@st.cache_data(show_spinner=False, max_entries=4)
def _find_faces(address: str, size: int, _encoded: bytes, _name: str) -> list[FoundFace]:
    image = read_upload(_encoded, _name)
    return find_in_picture(image, services.detector(), services.mesh_reader(), size)
