"""What neither a page nor a report can mean, said in the same words everywhere.

Each is a sentence that stands for itself, and what it stands on.
"""

from __future__ import annotations

ABOUT = (
    "Eme reads the expression that a face performs, frame by frame. It cannot know what anybody "
    "feels, and it grades nobody: a reading is a way to look again, not a result about a person."
)
LIMITS = (
    (
        "A face is one instrument among several.",
        "Voice, body, words, music and editing carry as much, and none of them is read here.",
    ),
    (
        "Seven words are few.",
        "The model learned from photographs that people had labelled with seven words. What those "
        "cannot say, such as irony, shame or longing, is given to whichever is nearest.",
    ),
    (
        "The model errs, and not on all faces alike.",
        "Small, blurred, dark or turned faces, make-up, beards, age and origin change how well it "
        "reads. Its doubt is shown; its errors are not.",
    ),
    (
        "Missing is not neutral.",
        "Where no face was found there is no reading, and nothing is counted in its place.",
    ),
    (
        "Valence and arousal are derived.",
        "They are worked out from the seven probabilities with fixed numbers (Russell and "
        "Mehrabian 1977), not measured on the face.",
    ),
)
COMPARISON_LIMITS = (
    (
        "Two clips are not two cultures.",
        "A difference between two films is a difference between two films; their country or "
        "language is one of many reasons it may have.",
    ),
    (
        "Much that is not acting changes a reading:",
        "light, cut, lens, make-up, age, a beard, how near the camera is and from where it looks.",
    ),
    (
        "Expression is not feeling.",
        "What is compared is what a face shows, and only what a model of seven emotions can name.",
    ),
    (
        "Nothing is graded.",
        "Further from the reference is not worse, and more complex is not better.",
    ),
    (
        "Intervals cover the seconds, not the reader.",
        "They say how far a difference depends on which seconds were filmed. That the model reads "
        "some faces better than others, and errs in the same way throughout, is not in them.",
    ),
    ("Alignment looks for likeness.", "It finds some in any two performances."),
)
