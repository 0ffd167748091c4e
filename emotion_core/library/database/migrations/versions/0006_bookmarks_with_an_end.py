"""Bookmarks that last: a stretch of a scene as well as a moment."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Give each bookmark an end, in seconds; none has one at first."""
    op.add_column("bookmarks", sa.Column("end", sa.Double(), nullable=True))


def downgrade() -> None:
    """Keep where each begins."""
    with op.batch_alter_table("bookmarks") as table:
        table.drop_column("end")
