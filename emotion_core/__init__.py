"""Eme's core: from a clip to who plays what, moment by moment, and where in the face.

A clip comes in through :mod:`emotion_core.media`, faces are found and followed in
:mod:`emotion_core.faces`, read in :mod:`emotion_core.emotions`, and put together in
:mod:`emotion_core.scene`. The package never imports Streamlit.
"""

import os

# Threads of PyTorch's OpenMP spin while they wait for one another. On a laptop whose cores are
# busy with anything else, a browser that plays the clip say, the one that is waited for does not
# get to run: detection was seen to take 27 times as long. Falling asleep at once is as bad on an
# idle machine, since the many small steps of MTCNN then wait for threads to wake: twice as long.
# So they spin for some microseconds only. Read when PyTorch is loaded, hence here.
os.environ.setdefault("GOMP_SPINCOUNT", "20000")
