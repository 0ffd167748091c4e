"""Words that are looked for: where a scene mentions them, and which of its lines hold them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Label,
    Select,
    and_,
    bindparam,
    case,
    false,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session

from emotion_core.library.database.tables import (
    Appearance,
    Character,
    Film,
    Scene,
    SpokenLine,
    Tag,
    fold,
    scene_tags,
    shown_character,
)
from emotion_core.sound.words.lines import search_parts

# Up to so many scenes are named to further questions by their numbers, those with a line that holds
# all words, and those with one that holds some of them.
_FEW, _MOST = 500, 20_000
# Of more different words, all must stand in one line or none: each is looked for in all scenes.
_MOST_MIXED = 12


@dataclass(frozen=True, slots=True)
class _Word:
    """A word as it is looked for in what is written of films and scenes, and in lines.

    Attributes:
        given: as it was typed.
        written: folded; none of a word that is only an accent.
        spoken: of :func:`~emotion_core.sound.words.lines.search_parts`; none of a word without
            letters.
    """

    given: str
    written: tuple[str, ...]
    spoken: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Saying:
    """The scenes of which one line holds all words of a text that nothing else of the scene does.

    Attributes:
        text: the words.
        scenes: their numbers, or what finds them.
        left: by scene, the words that are left for its lines, where that is not all of the text.
    """

    text: str
    scenes: Collection[int] | Select[int]
    left: Mapping[int, str] = field(default_factory=dict)

    def is_in(self, number: Any) -> ColumnElement[bool]:
        """Whether a scene of this number is one of them."""
        if isinstance(self.scenes, Select):
            found: ColumnElement[bool] = number.in_(self.scenes)
            return found
        # written out, since databases bind so many values and no more
        numbers: BindParameter[Any] = bindparam(
            None, list(self.scenes), expanding=True, literal_execute=True
        )
        found = number.in_(numbers)
        return found


def scenes_saying(session: Session, text: str) -> Saying:
    """The scenes that answer to a text by one of their lines.

    They are looked up now, so that the lines are gone through once, and not for each question.
    """
    if not search_parts(text):
        return Saying(text, ())
    if words := _mixed_words(text):
        scenes, left = _mixed(session, words)
        if len(scenes) <= _MOST:
            return Saying(text, scenes, left)
    query = select(SpokenLine.scene_id).where(line_holds(text)).distinct()
    found = session.scalars(query.limit(_FEW + 1)).all()
    return Saying(text, found if len(found) <= _FEW else query)


def line_holds(text: str) -> ColumnElement[bool]:
    """Whether a line holds all words of a text as lines are searched for on the page of a scene."""
    return _holds(search_parts(text))


def scene_mentions(text: str) -> ColumnElement[bool]:
    """Whether all words of a text stand in a scene, in its tags, its characters or its film."""
    return and_(true(), *map(_mentions, fold(text).split()))


def film_mentions(text: str) -> ColumnElement[bool]:
    """Whether all words of a text stand in a film."""
    return and_(true(), *(contains(Film.search, word) for word in fold(text).split()))


def has_tag(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a scene has a tag of which something is true."""
    query = select(scene_tags.c.scene_id).join(Tag).where(scene_tags.c.scene_id == Scene.id)
    return query.where(condition).exists()


def contains(column: Any, word: str) -> ColumnElement[bool]:
    """Whether a text holds another, letter by letter."""
    found: ColumnElement[bool] = column.contains(word, autoescape=True)
    return found


def _mixed_words(text: str) -> list[_Word]:
    """The words of a text, each once; none where all must stand in one line or none."""
    words = [
        _Word(one, tuple(fold(one).split()), tuple(search_parts(one)))
        for one in dict.fromkeys(text.split())
    ]
    return words if 1 < len(words) <= _MOST_MIXED else []


def _mixed(session: Session, words: Sequence[_Word]) -> tuple[list[int], dict[int, str]]:
    """The scenes that answer to words, and which words are left for the lines of some.

    Words are bits of a number: those that a scene mentions, and those that a line holds.
    """
    spoken = _bits(_holds(word.spoken) for word in words)
    lines = select(SpokenLine.scene_id, spoken).distinct().subquery()
    held = session.execute(select(lines).where(lines.c.bits > 0)).all()
    every = (1 << len(words)) - 1
    # signs are no words of a line
    signs = sum(1 << place for place, word in enumerate(words) if not word.spoken)
    whole = {scene for scene, bits in held if bits | signs == every}
    mentioned = _mentioned(session, words) if len({scene for scene, _ in held}) > len(whole) else {}
    left = {}
    for scene, bits in held:
        known = mentioned.get(scene, 0)
        if scene not in whole and bits | signs | known == every and bits & ~known:
            rest = (word.given for place, word in enumerate(words) if not known >> place & 1)
            left[scene] = " ".join(rest)
    return [*whole, *left], left


def _mentioned(session: Session, words: Sequence[_Word]) -> dict[int, int]:
    """By scene, the words that it mentions."""
    written = _bits(and_(true(), *map(_mentions, word.written)) for word in words)
    scenes = select(Scene.id, written).outerjoin(Scene.film).subquery()
    found = session.execute(select(scenes).where(scenes.c.bits > 0))
    return {scene: bits for scene, bits in found}


def _bits(conditions: Iterable[ColumnElement[bool]]) -> Label[int]:
    """Which of some conditions are true, as bits of a number, the first the lowest."""
    bits: ColumnElement[int] = literal(0)
    for place, condition in enumerate(conditions):
        bits = bits + case((condition, 1 << place), else_=0)
    return bits.label("bits")


def _holds(parts: Sequence[str]) -> ColumnElement[bool]:
    return and_(*(contains(SpokenLine.search, part) for part in parts)) if parts else false()


def _mentions(word: str) -> ColumnElement[bool]:
    own = or_(contains(Scene.search, word), contains(Film.search, word))
    return or_(own, has_tag(contains(Tag.search, word)), Scene.id.in_(_played(word)))


def _played(word: str) -> Select[Any]:
    """Scenes with someone of such a name who is not hidden."""
    # names first, and then their few tracks: there are many tracks, each with a portrait
    named = select(Character.id).where(contains(Character.search, word), shown_character())
    seen = select(Appearance.scene_id).where(Appearance.track.is_not(None))
    return seen.where(Appearance.character_id.in_(named))
