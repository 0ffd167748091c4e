"""Scripts as Fountain, screenplays, plays and plain text, and the speakers that they give."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from emotion_core.errors import WordsError
from emotion_core.sound.words.lines import Line, Lines
from emotion_core.sound.words.script import parse_script, read_script
from emotion_core.sound.words.script_speakers import name_speakers

FOUNTAIN = """Title: _The Door_
Author: Somebody

/* CUT
BEN
This is gone. */

INT. HOUSE - DAY #1#

ANNA stands in the door.

ANNA
(softly)
Where *have* you [[a note
over lines]] been?
(louder,
 angry)
Answer me!

BEN (V.O.) (CONT'D)
Nowhere\\*.
  
Really.

@McAvoy
Hi there.

BEN ^
~La la la
Same time.

CUT TO:

.BACK YARD

> CENTERED <

!ANNA
is no line

THE END
"""  # noqa: W293
PLAY = """Tao: sina Ana at Ben

ANA: Nasaan ka (uupo siya) kagabi,
  ha?
Ben [rising]: Fine. Listen to me:
He said this: go home.
Ben: 'Wag mo'ng gawin 'yan, Señora!
"""
SCREENPLAY = """
                    INT. KITCHEN - NIGHT

                              ANA
                        (beat)
                    You came back.

                                                          12.

                              BEN
                    I did. I said
                    I would.
"""


def said(text: str) -> list[tuple[str, str, str]]:
    table = parse_script(text, "a.txt").table
    return [tuple(row) for row in table[["speaker", "text", "direction"]].itertuples(index=False)]


def test_fountain_gives_speeches_with_their_directions_and_nothing_else() -> None:
    assert said(FOUNTAIN) == [
        ("ANNA", "Where have you been?", "softly"),
        ("ANNA", "Answer me!", "louder, angry"),
        ("BEN", "Nowhere*. Really.", ""),
        ("McAvoy", "Hi there.", ""),
        ("BEN", "La la la", ""),
        ("BEN", "Same time.", ""),
    ]
    table = parse_script(FOUNTAIN, "a.txt").table
    assert set(table["scene"]) == {"INT. HOUSE - DAY"}
    assert table["spoken"].tolist() == [True, True, True, True, False, True]
    assert table["dual"].tolist() == [False, False, False, False, True, True]


def test_a_play_gives_names_and_a_sentence_with_a_colon_is_none() -> None:
    assert said(PLAY) == [
        ("ANA", "Nasaan ka kagabi, ha?", "uupo siya"),
        ("Ben", "Fine. Listen to me: He said this: go home.", "rising"),
        ("Ben", "'Wag mo'ng gawin 'yan, Señora!", ""),
    ]


def test_an_indented_screenplay_with_page_numbers_is_read() -> None:
    assert said(SCREENPLAY) == [
        ("ANA", "You came back.", "beat"),
        ("BEN", "I did. I said I would.", ""),
    ]


def test_text_without_names_is_all_spoken_and_that_is_said() -> None:
    script = parse_script("hello there\n\n  you\n***\n", "a.txt")
    assert script.table["text"].tolist() == ["hello there", "you"]
    assert script.warnings == (
        "a.txt names nobody who speaks. Each of its lines was taken as spoken.",
    )


@pytest.mark.parametrize(
    "data", [b"", b"\n \n", b"...", b"%PDF-1.4 x", b"PK\x03\x04x", b"\x00\x01\x02\x03\x00binary"]
)
def test_what_is_no_script_ends_in_a_sentence(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    with pytest.raises(WordsError, match=r"a\.txt (holds no line|is no plain text)"):
        read_script(path)


@pytest.mark.parametrize("text", [FOUNTAIN, PLAY])
def test_no_damage_ends_in_anything_but_lines_or_a_sentence(text: str) -> None:
    chance = random.Random(0)
    for _ in range(80):
        letters = list(text)
        for _ in range(chance.randint(1, 40)):
            letters[chance.randrange(len(letters))] = chance.choice("\n :()[]*_^@.é\tA~/")
        try:
            table = parse_script("".join(letters), "a.txt").table
        except WordsError:
            continue
        assert table["text"].str.strip().ne("").all()


def subtitles(*texts: str) -> Lines:
    return Lines.of([Line(float(at), at + 1.0, text) for at, text in enumerate(texts)])


SCENE = """ANA: You never told me where the money came from, and I never asked.
BEN: Then do not ask me now. It is late and the train leaves at nine.
ANA: I will ask until you answer.
BEN: Ang pera ay galing kay Señor Reyes, alam mo 'yan.
"""


def test_subtitles_get_the_speakers_of_the_script_through_cuts_edits_and_moves() -> None:
    lines = subtitles(
        "Ang pera ay galing kay senor Reyes",  # moved to the front, an accent lost
        "[a train]",
        "You never told me where",
        "the cash came from, and I never asked.",  # changed
        "A line that the script does not have.",
        "It is late, and the train leaves at ten.",
    )
    lines.table.loc[1, "spoken"] = False
    named = name_speakers(lines, parse_script(SCENE, "a.txt"))
    assert named.table["speaker"].tolist() == ["BEN", "", "ANA", "ANA", "", "BEN"]
    assert "4 of 5 subtitles stand in a.txt." in named.warnings


def test_a_subtitle_of_two_speakers_gets_no_name_and_a_name_that_is_known_stays() -> None:
    lines = subtitles("and I never asked. Then do not ask", "I will ask until you answer.")
    lines.table["speaker"] = ["", "MOTHER"]
    named = name_speakers(lines, parse_script(SCENE, "a.txt"))
    assert named.table["speaker"].tolist() == ["", "MOTHER"]


def test_another_script_names_nobody_and_says_so() -> None:
    lines = subtitles("The weather in the mountains is bad.", "We carried the ropes to the top.")
    with pytest.raises(WordsError, match="none of their 2 lines stands in it"):
        name_speakers(lines, parse_script(SCENE, "a.txt"))
