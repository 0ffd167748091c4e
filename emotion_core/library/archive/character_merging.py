"""What an archive says of characters, merged into what is said of them here.

What a user has said of a track stays, here before there; all other tracks are clustered again
afterwards. No two characters become one who are on screen together, unless somebody has said that
they are one person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from emotion_core.library.archive.manifest import (
    ArchivedCharacter,
    ArchivedScene,
    ArchivedTrack,
)
from emotion_core.library.archive.merging import Merge
from emotion_core.library.characters.entering import (
    delete_unseen,
    describe_track,
    release_tracks,
    same_film,
)
from emotion_core.library.characters.track_matching import (
    TrackSamples,
    from_json,
    match_tracks,
    to_json,
)
from emotion_core.library.database.tables import Appearance, Character, Scene, fold, storable
from emotion_core.scene.analysis import SceneAnalysis
from emotion_core.scene.store import AnalysisStore
from emotion_core.text import format_time


@dataclass(frozen=True, slots=True)
class _Track:
    """A track of which an archive says whose it is.

    Attributes:
        scene: where it is.
        start: in seconds, as the archive has it.
        neutral_time: when its face is neutral, as was said there.
        seen: the same track here, or as it would be entered.
        known: whether it is here.
    """

    scene: Scene
    start: float
    neutral_time: float | None
    seen: Appearance
    known: bool

    @property
    def owner(self) -> Character | None:
        """Whose it is, as a user has said here."""
        return self.seen.character if self.known and self.seen.fixed else None


@dataclass(slots=True)
class _Person:
    """A character of an archive, with all their tracks."""

    archived: ArchivedCharacter
    tracks: list[_Track] = field(default_factory=list)

    @property
    def name(self) -> str:
        return " ".join(storable(self.archived.name).split())


def merge_archived_characters(
    session: Session,
    store: AnalysisStore,
    merge: Merge,
    scenes: Sequence[tuple[Scene, ArchivedScene]],
    read_anew: Set[Scene],
) -> list[int]:
    """Merge what users have said of characters.

    Analyses are loaded one at a time: those of a whole archive may be too many.

    Args:
        session: a writing one.
        store: where the analyses lie.
        merge: what was done before; takes what differs.
        scenes: all scenes of the archive, here and there.
        read_anew: those whose latest analysis is another than before.

    Returns:
        The scenes whose other tracks are to be clustered again, in the order of the archive.
    """
    for scene in merge.moved:
        release_tracks(session, scene)
    characters = CharacterMerge(session, merge)
    for scene, archived in scenes:
        if archived.characters:
            characters.find(scene, archived, partial(store.load, scene.address))
    changed = characters.write() | merge.moved | read_anew
    delete_unseen(session)
    return [own.id for own in dict.fromkeys(own for own, _ in scenes) if own in changed]


class CharacterMerge:
    """Merges what users have said of characters, in the transaction of a session.

    All scenes are looked at before anything is laid down, since who someone is may follow from
    another scene.
    """

    def __init__(self, session: Session, merge: Merge) -> None:
        """Begin; what differs is noted in ``merge``."""
        self._session, self._merge = session, merge
        self._people: dict[str, _Person] = {}
        self._looked: set[Scene] = set()
        self._reported: set[tuple[int, str, str]] = set()

    def find(
        self, scene: Scene, archived: ArchivedScene, load: Callable[[], SceneAnalysis | None]
    ) -> None:
        """Find the tracks of a scene of which the archive says whose they are.

        Args:
            scene: the scene here.
            archived: the same in the archive.
            load: gives the latest analysis of it, if it can be loaded.
        """
        if not archived.characters or scene in self._looked:
            return
        self._looked.add(scene)
        query = select(Appearance).where(Appearance.scene_id == scene.id).order_by(Appearance.id)
        query = query.options(selectinload(Appearance.character))
        own = self._session.scalars(query).all()
        said = [(one, track) for one in archived.characters for track in one.tracks]
        known = [from_json(one.anchors) for one in own]
        asked = [track.anchors for _, track in said]
        # tracks of the same reading tell themselves
        analysis = None if set(asked) <= set(known) else load()
        here = dict(zip(_places(known, analysis), own, strict=True))
        places = _places(asked, analysis)
        taken: set[int | TrackSamples] = set()
        for (character, track), place in zip(said, places, strict=True):
            if place not in taken:
                taken.add(place)
                person = self._people.setdefault(character.uuid, _Person(character))
                ours = here.get(place)
                seen = ours or _appearance(scene, track, place, analysis)
                person.tracks.append(
                    _Track(scene, track.start, track.neutral_time, seen, ours is not None)
                )

    def write(self) -> set[Scene]:
        """Give the tracks to their characters; gives the scenes in which something has changed."""
        changed: set[Scene] = set()
        for person in self._people.values():
            character = self._find(person)
            if character is not None and character.hidden is None and person.archived.hidden:
                character.hidden = True  # said there, and not yet here
            for track in person.tracks:
                owner = track.owner
                if owner is None:
                    character = character or self._add(person, track.scene)
                    if not _clash(character, track, person):
                        self._give(track, character)
                        changed.add(track.scene)
                    else:
                        self._differs(track, "someone else", person.name or character.label)
                elif owner is not character and person.name:
                    self._differs(track, owner.label, person.name)
                self._take_neutral(track)
        self._session.flush()
        for scene in changed:
            self._let_go(scene)
        return changed

    def _find(self, person: _Person) -> Character | None:
        """The character of the library that this is, if there is one."""
        query = select(Character).where(Character.uuid == person.archived.uuid)
        known = self._session.scalars(query).first()
        if known is not None:
            if person.name and known.name:
                self._differs(person.tracks[0], known.name, person.name)
            known.name = known.name or person.name
            return known
        for namesake in self._namesakes(person):
            clash = next((one for one in person.tracks if _clash(namesake, one, person)), None)
            if clash is None:
                return namesake
            self._merge.report(
                f"{clash.scene.title}: {namesake.name} here and {person.name} in the archive are "
                "on screen together, so they stay two characters."
            )
        return self._unnamed(person)

    def _namesakes(self, person: _Person) -> Iterator[Character]:
        """Who has the same name in the same film, and is nobody else of the archive."""
        if not person.name:
            return
        films = {track.scene.film_id: track.scene for track in person.tracks}
        for scene in films.values():
            seen = select(Appearance.character_id).join(Scene, Scene.id == Appearance.scene_id)
            query = select(Character).where(
                Character.search == fold(person.name),
                Character.id.in_(seen.where(same_film(scene))),
            )
            found = self._session.scalars(query.order_by(Character.id)).all()
            yield from (one for one in found if one.uuid not in self._people)

    def _unnamed(self, person: _Person) -> Character | None:
        """Who has one of the tracks, where only one side knows a name."""
        for owner in (track.owner for track in person.tracks):
            if owner is None or owner.uuid in self._people or (owner.name and person.name):
                continue
            if not any(_clash(owner, track, person) for track in person.tracks):
                owner.name = owner.name or person.name
                return owner
        return None

    def _add(self, person: _Person, scene: Scene) -> Character:
        query = (
            select(Character.number)
            .join(Appearance, Appearance.character_id == Character.id)
            .join(Scene, Scene.id == Appearance.scene_id)
            .where(same_film(scene))
        )
        taken = set(self._session.scalars(query))
        number = person.archived.number
        character = Character(
            uuid=person.archived.uuid,
            name=person.name,
            number=max(taken) + 1 if number in taken else number,
            hidden=person.archived.hidden or None,
        )
        self._session.add(character)
        return character

    def _give(self, track: _Track, character: Character) -> None:
        track.seen.character, track.seen.fixed = character, True
        self._session.add(track.seen)

    def _take_neutral(self, track: _Track) -> None:
        """Take over when a face is neutral, where nobody has said so here of whose it is."""
        owner = track.seen.character if track.seen.fixed else None
        if track.neutral_time is None or owner is None:
            return
        here = (one for one in owner.appearances if one.scene_id == track.scene.id)
        if all(one.neutral_time is None for one in here):
            track.seen.neutral_time = track.neutral_time

    def _let_go(self, scene: Scene) -> None:
        """Forget guesses that cannot be: a track of whom a user has seen elsewhere just then."""
        query = select(Appearance).where(Appearance.scene_id == scene.id)
        own = self._session.scalars(query).all()
        for guess in (one for one in own if not one.fixed):
            same = (one for one in own if one.fixed and one.character_id == guess.character_id)
            if any(_meet(one, guess) for one in same):
                self._session.delete(guess)
        self._session.flush()

    def _differs(self, track: _Track, ours: str, theirs: str) -> None:
        difference = (track.scene.id, ours, theirs)
        if fold(ours) != fold(theirs) and difference not in self._reported:
            self._reported.add(difference)
            label = f"character at {format_time(track.start)}"
            self._merge.differs(track.scene, label, ours, theirs)


def _places(
    groups: Sequence[TrackSamples], analysis: SceneAnalysis | None
) -> list[int | TrackSamples]:
    """What identifies tracks: their number in an analysis, or else their anchors."""
    groups = list(groups)
    found = [None] * len(groups) if analysis is None else match_tracks(groups, analysis)
    return [group if track is None else track for group, track in zip(groups, found, strict=True)]


def _appearance(
    scene: Scene, track: ArchivedTrack, place: int | TrackSamples, analysis: SceneAnalysis | None
) -> Appearance:
    made = Appearance(
        scene_id=scene.id,
        track=None,
        address="",
        fixed=True,
        start=track.start,
        end=track.end,
        seconds=track.seconds,
        anchors=to_json(track.anchors),
    )
    if analysis is not None and isinstance(place, int):
        rows = analysis.faces[analysis.faces["track"] == place]
        describe_track(made, place, rows, analysis)
    return made


def _clash(character: Character, track: _Track, person: _Person) -> bool:
    """Whether a user has seen a character elsewhere just when a track is on screen.

    Where the archive has both as one person's, somebody has said that they are there twice.
    """
    theirs = {id(one.seen) for one in person.tracks}
    own = (one for one in character.appearances if one.fixed and id(one) not in theirs)
    return any(one.scene_id == track.scene.id and _meet(one, track.seen) for one in own)


def _meet(one: Appearance, other: Appearance) -> bool:
    return max(one.start, other.start) <= min(one.end, other.end)
