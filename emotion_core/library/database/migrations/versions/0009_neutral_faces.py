"""Moments at which a user says that a face is neutral."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody has said so of any face, at first."""
    op.add_column("appearances", sa.Column("neutral_time", sa.Double(), nullable=True))


def downgrade() -> None:
    """Estimate all neutral faces again."""
    with op.batch_alter_table("appearances") as table:
        table.drop_column("neutral_time")
