"""Takes: scenes that the user has played before the camera."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of takes."""
    op.create_table(
        "takes",
        sa.Column("scene_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("recorded", sa.DateTime(timezone=True), nullable=False),
        sa.Column("exercise", sa.Text(), nullable=False),
        sa.Column("model_scene_id", sa.Integer(), nullable=True),
        sa.Column("model_character_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["scene_id"], ["scenes.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["model_scene_id"], ["scenes.id"], ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["model_character_id"], ["characters.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("scene_id"),
    )
    op.create_index("ix_takes_model_scene_id", "takes", ["model_scene_id"])
    op.create_index("ix_takes_model_character_id", "takes", ["model_character_id"])


def downgrade() -> None:
    """Drop the table of takes; the scenes that were takes stay."""
    op.drop_table("takes")
