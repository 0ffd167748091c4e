"""What neither a page nor a report can mean, said in the same words everywhere.

Each is a sentence that stands for itself, and what it stands on.
"""

from __future__ import annotations

ABOUT = (
    "Eme reads the expression that a face performs, frame by frame. It cannot know what anyone "
    "feels, and it never grades: a reading is a reason to look again, not a verdict on a person."
)
LIMITS = (
    (
        "A face is one instrument among several.",
        "Voice, body, words, music and editing matter as much. Of these Eme reads little, and "
        "where it does, not what they mean.",
    ),
    (
        "Seven words are few.",
        "The model learned from photographs that people labelled with seven words. Anything "
        "else, such as irony, shame or longing, goes to the closest of the seven.",
    ),
    (
        "The model makes mistakes, and not equally on all faces.",
        "Small, blurred, dark or turned faces, make-up, beards, age and origin change how well "
        "it reads. Eme shows when the model is unsure; it cannot show when it is wrong.",
    ),
    (
        "Missing is not neutral.",
        "Where no face is found there is no reading, and nothing is counted in its place.",
    ),
    (
        "Valence and arousal are derived.",
        "They are computed from the seven probabilities with fixed coordinates (Russell and "
        "Mehrabian 1977), not measured on the face.",
    ),
)
# Where strong moments are named; the figures are those of the card of the embedded model.
HARD_TO_READ = (
    "A talking or singing mouth can be read as surprise or another emotion, and hands over the "
    "face as sad. Eme marks most such readings as unsure, and not all: watch the moment before you "
    "name it. The embedded model says disgust and fear too readily: where it reads disgust, about "
    "3 faces in 10 show it to most people, and where it reads fear, about 1 in 2 (FER+ test)."
)
SAID_TOO_OFTEN = ("fear", "disgust")
COMPARISON_LIMITS = (
    (
        "Two clips are not two cultures.",
        "A difference between two films is just that. Country and language are two of many "
        "possible reasons.",
    ),
    (
        "Much that is not acting changes a reading:",
        "light, cut, lens, make-up, age, a beard, camera distance and angle.",
    ),
    (
        "Expression is not feeling.",
        "Eme compares what a face shows, and only what a model of seven emotions can name.",
    ),
    (
        "Nothing is graded.",
        "Far from the reference is not worse, and complex is not better.",
    ),
    (
        "Intervals cover the choice of seconds, not the model's mistakes.",
        "They say how much a difference depends on which seconds were filmed. They do not cover "
        "that the model reads some faces better than others, or makes the same mistake "
        "throughout.",
    ),
    ("Alignment looks for similarity.", "It finds some in any two performances."),
)
