"""Lines of scenes, to be searched."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The lines themselves are read from their files when the library is opened."""
    op.create_table(
        "spoken_lines",
        sa.Column("scene_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("start", sa.Double(), nullable=False),
        sa.Column("end", sa.Double(), nullable=False),
        sa.Column("speaker", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("track", sa.Integer(), nullable=True),
        sa.Column("likely", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["scene_id"], ["scenes.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("scene_id", "place"),
    )
    for name, kind in (("lines_of", sa.String(60)), ("speakers_of", sa.Text())):
        op.add_column("scenes", sa.Column(name, kind, nullable=False, server_default=""))


def downgrade() -> None:
    """Forget what can be read again from the files."""
    with op.batch_alter_table("scenes") as table:
        table.drop_column("speakers_of")
        table.drop_column("lines_of")
    op.drop_table("spoken_lines")
