"""Alembic's environment: runs on the connection that `worker.ledger.schema` hands over, or prints SQL."""

from __future__ import annotations

from alembic import context

from worker.ledger import conversation_tables  # noqa: F401  which are part of the metadata then
from worker.ledger.migrations.render import render_item
from worker.ledger.tables import metadata

if context.is_offline_mode():
    context.configure(
        dialect_name=context.config.attributes["dialect"],
        target_metadata=metadata,
        literal_binds=True,
        render_as_batch=True,
        # SQLite keeps to it as well, which Alembic does not presume: all of it is done or nothing.
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()
else:
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=metadata,
        render_as_batch=True,
        render_item=render_item,
    )
    context.run_migrations()
