"""Characters that are left out of figures, comparisons and exports."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Say of each character whether they are hidden; nobody is, at first."""
    op.add_column("characters", sa.Column("hidden", sa.Boolean(), nullable=True))


def downgrade() -> None:
    """Show everyone again."""
    with op.batch_alter_table("characters") as table:
        table.drop_column("hidden")
