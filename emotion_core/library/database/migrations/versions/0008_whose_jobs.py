"""Whose library a job is done for, and when it was begun, so that users take turns."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """All jobs so far are of the library of everybody."""
    op.add_column("jobs", sa.Column("library", sa.String(32), nullable=False, server_default=""))
    op.add_column("jobs", sa.Column("begun", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_jobs_library", "jobs", ["library"])


def downgrade() -> None:
    """Forget the jobs of users, which an earlier version would do in the library of everybody."""
    op.execute("DELETE FROM jobs WHERE library <> ''")
    op.drop_index("ix_jobs_library", "jobs")
    with op.batch_alter_table("jobs") as table:
        table.drop_column("begun")
        table.drop_column("library")
