"""What no report can mean, said in every one of them."""

from __future__ import annotations

ABOUT = (
    "Eme reads the expression that a face performs, frame by frame. It cannot know what anybody "
    "feels, and it grades nobody: a reading is a way to look again, not a result about a person."
)
LIMITS = (
    "A face is one instrument among several: voice, body, words, music and editing carry as much, "
    "and none of them is read here.",
    "The model learned from photographs that people had labelled with seven words. What those "
    "seven cannot say, such as irony, shame or longing, is given to whichever is nearest.",
    "The model errs, and not on all faces alike: small, blurred, dark or turned faces, make-up, "
    "beards, age and origin change how well it reads. Its doubt is shown; its errors are not.",
    "Where no face was found there is no reading. That is not a neutral face, and it is not "
    "counted as one.",
    "Valence and arousal are worked out from the seven probabilities with fixed numbers (Russell "
    "and Mehrabian 1977). They are not measured on the face.",
)
COMPARISON_LIMITS = (
    "A difference says how the readings differ, not which performance is better, more honest or "
    "more deeply felt.",
    "Script, direction, camera, light and cut differ as well, and each of them moves the readings. "
    "A difference is not the actor's alone.",
    "An interval tells how far a difference depends on which seconds were filmed. It does not "
    "know what the model gets wrong, and it does not speak of other scenes.",
    "A few films stand for no country, language or culture.",
)
