"""Runs the changes on the connection, and in the transaction, of whoever asked for them."""

from alembic import context

from emotion_core.library.database.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
