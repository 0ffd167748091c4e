"""The four films of the 2023 study, which wait for the student's own clips.

Their numbers stay the same in every library, so that two of them merge. A film that is deleted
stays deleted: this runs once.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_FILMS = [
    {
        "uuid": "6b1f1c3e-0b0d-5c55-9d1c-2b3a86b1f001",
        "title": "Four Sisters and a Wedding",
        "original_title": "",
        "year": 2013,
        "director": "Cathy Garcia-Molina",
        "genre": "Comedy, Drama",
        "color": "#ffbd59",
        "looking_for": "Choose a confrontation among the siblings, with several faces in the "
        "picture. Who looks away when spoken to, and whose face moves first? Compare the one who "
        "speaks with those who listen, and look for anger that turns to sadness without a cut.",
    },
    {
        "uuid": "6b1f1c3e-0b0d-5c55-9d1c-2b3a86b1f002",
        "title": "That Thing Called Tadhana",
        "original_title": "",
        "year": 2014,
        "director": "Antoinette Jadaone",
        "genre": "Romance, Comedy",
        "color": "#B82E24",
        "looking_for": "Choose a talk between the two travellers. How long does a smile stay once "
        "the sentence is over, and what is in the face beside it? Look at the pauses: they often "
        "tell more than the lines do.",
    },
    {
        "uuid": "6b1f1c3e-0b0d-5c55-9d1c-2b3a86b1f003",
        "title": "Himala",
        "original_title": "Miracle",
        "year": 1982,
        "director": "Ishmael Bernal",
        "genre": "Drama",
        "color": "#312b2c",
        "looking_for": "Choose a scene in which one face is watched by many. How little does that "
        "face move, and how often does it change all the same? Set it beside the faces in the "
        "crowd, and see which of the two the model finds harder to read.",
    },
    {
        "uuid": "6b1f1c3e-0b0d-5c55-9d1c-2b3a86b1f004",
        "title": "Feng Shui",
        "original_title": "",
        "year": 2004,
        "director": "Chito S. Roño",
        "genre": "Horror",
        "color": "#5271ff",
        "looking_for": "Choose a moment of waiting before a fright. Does fear come before there "
        "is anything to see, or after? Look for the first instant in which surprise and fear "
        "part, and for what darkness does to the reading.",
    },
]


def upgrade() -> None:
    """Enter the four films."""
    columns = ("uuid", "title", "original_title", "director", "country", "language", "genre")
    films = sa.table(
        "films",
        *(sa.column(name, sa.Text()) for name in (*columns, "color", "looking_for", "search")),
        sa.column("year", sa.Integer()),
        sa.column("created", sa.DateTime(timezone=True)),
    )
    where = {"country": "Philippines", "language": "Filipino"}
    created = datetime.now(UTC)
    rows = [{**film, **where, "created": created, "search": _folded(film)} for film in _FILMS]
    op.bulk_insert(films, rows)


def _folded(film: dict[str, object]) -> str:
    """As the tables fold at the time of this change."""
    names = ("title", "original_title", "director")
    own = [*(str(film[name]) for name in names), "Philippines", "Filipino"]
    texts = [*own, str(film["genre"]), str(film["looking_for"])]
    return "\n".join(text.casefold().replace("ñ", "n") for text in texts)


def downgrade() -> None:
    """Delete the four films, with what the user wrote about them."""
    numbers = [film["uuid"] for film in _FILMS]
    films = sa.table("films", sa.column("uuid", sa.Text()))
    op.execute(films.delete().where(films.c.uuid.in_(numbers)))
