"""Indexes for what is counted every few seconds."""

from __future__ import annotations

from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('deliveries', schema=None) as batch_op:
        batch_op.create_index('ix_deliveries_state', ['state', 'notifier', 'settled_at'], unique=False)

    with op.batch_alter_table('attempts', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_attempts_ended_at'), ['ended_at'], unique=False)


def downgrade() -> None:
    raise NotImplementedError("the ledger is a record; restore a backup instead")
