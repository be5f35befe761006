"""Alembic's environment: runs the migrations on the connection that `voting.storage.migrate` hands over."""

from alembic import context

from voting.storage.tables import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
with context.begin_transaction():
    context.run_migrations()
