"""What happens with video and voice and what a reading is not: shown before anything starts."""

from __future__ import annotations

import streamlit as st

from pages.shared.users.visitor import visitor

_AGREED = "practice-agreed"

_PICTURE = """
**What happens with your video and voice**

- What you see is your camera as your browser shows it. A copy goes to the machine that runs Eme and
  is read there; only the reading comes back. If Eme runs on your own laptop, it never leaves the
  laptop.
- Nothing is stored while you practise: each frame is discarded when the next one arrives.
- Eme saves a take, with sound if you wish, only when you press a button that says *record*. WHOSE
  Deleting a take also deletes everything that was read in it.
- A line that you say under *Your voice* is recorded when you press the microphone, and read on the
  machine that runs Eme. It stays in memory until you say it again or leave, unless you press *Save
  this take*: then MINE, until you delete it.
- Nothing is sent to anyone else.
"""
_IN_ONE = """The take is a clip in this
  library, visible to everyone who uses it, until you delete it."""
_IN_OWN = """The take is a clip in your
  own library until you delete it: nobody else who signs in sees it, and it is never shared with the
  class."""
_LINE_IN_ONE = "it is saved beside this library, for everybody who uses this page"
_LINE_IN_OWN = "it is saved with your own library, and nobody else who signs in hears it"
_READING = """
**What a reading is**

- Eme reads the *expression* that a face shows, as people would name it in a photograph. It does
  not know what you feel, and a performance is more than a face.
- It learned from photographs of faces that people had labelled. It makes mistakes, and more on
  some faces than on others. The page *Models* shows how many, as far as that was tested.
- Your distance from a target says how similar two readings are. It is not a grade, and closer is
  not better acting.
- Of a line that you say, Eme measures pitch, loudness, pace and pauses. A difference from the scene
  is not a mistake.
"""
_LIMITS = """
**What you must not use it for**

- Do not use it for grading, casting, hiring or surveillance. It is for you, to study your own
  face and voice.
- In the European Union, institutions may not use a system that infers the emotions of students or
  workers from their faces or voices, except for medical or safety reasons (AI Act, Regulation (EU)
  2024/1689, Article 5(1)(f)). There, Eme must not become part of assessment in a course, or of a
  workplace. If you set it up for others, check the law first.
- Do not put anyone in front of the camera who has not read this.
"""


def agreed() -> bool:
    """Whether this session may continue; shows what is to be read first, until it may."""
    if st.session_state.get(_AGREED):
        return True
    st.header("Before the camera")
    left, right = st.columns(2, gap="large")
    left.markdown(_picture())
    right.markdown(_READING)
    st.markdown(_LIMITS)
    st.caption("Camera and microphone are still off. Your browser will ask you again.")
    if st.button("I have read this. Let me practise", type="primary", icon=":material/check:"):
        st.session_state[_AGREED] = True
        st.rerun()
    return False


def _picture() -> str:
    alone = visitor().user is None
    text = _PICTURE.replace("WHOSE", _IN_ONE if alone else _IN_OWN)
    return text.replace("MINE", _LINE_IN_ONE if alone else _LINE_IN_OWN)


@st.dialog("Your video and voice, and what Eme reads", width="large")
def consent_dialog() -> None:
    """The same, to be read again."""
    for text in (_picture(), _READING, _LIMITS):
        st.markdown(text)
