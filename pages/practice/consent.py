"""What happens with the picture, and what the reading is not: said before the camera is on."""

from __future__ import annotations

import streamlit as st

_AGREED = "practice-agreed"

_PICTURE = """
**What happens with your picture**

- It goes from this browser to the machine that Eme runs on, is read there, and comes back with the
  reading drawn in. On your own laptop it never leaves the laptop.
- Nothing is kept while you practise: each picture is forgotten as soon as the next one comes.
- Only when you press a button that says *record* is a take written, with sound if you wish. It is a
  clip in the library of this Eme, for all who use it here, until you delete it: one take or all
  of them, with everything that was read in it.
- Nothing is sent to anybody else.
"""
_READING = """
**What the reading is**

- Eme reads the *expression* that a face shows, as people would name it in a photograph. It does
  not know what you feel, and a performance is more than a face.
- It was trained on photographs of faces that others had labelled, and it is wrong at times, more
  often for some faces than for others. The page *Models* shows how often, as far as that is known.
- How far you are from a target says how alike two readings are. It is not a mark, and nearer is
  not better acting.
"""
_LIMITS = """
**What it must not be used for**

- Not for grading, casting, hiring or watching anybody. It is for you, to look at your own face.
- In the European Union, an institution may not let a system infer the emotions of its students or
  workers from their faces, but for medical and safety reasons (AI Act, Regulation (EU) 2024/1689,
  Article 5(1)(f)). Eme must not become part of a course's assessment or of a workplace there;
  whoever sets it up for others has to look at the law first.
- Do not put somebody before the camera who has not read this.
"""


def agreed() -> bool:
    """Whether this session may go on; shows what is to be read first, until it may."""
    if st.session_state.get(_AGREED):
        return True
    st.subheader("Before the camera")
    left, right = st.columns(2, gap="large")
    left.markdown(_PICTURE)
    right.markdown(_READING)
    st.markdown(_LIMITS)
    st.caption("No camera is on yet. You will be asked again by your browser.")
    if st.button("I have read this, let me practise", type="primary", icon=":material/check:"):
        st.session_state[_AGREED] = True
        st.rerun()
    return False


@st.dialog("Your picture, and what the reading is", width="large")
def consent_dialog() -> None:
    """The same, to be read again."""
    for text in (_PICTURE, _READING, _LIMITS):
        st.markdown(text)
