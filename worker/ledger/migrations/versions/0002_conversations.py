"""Conversations: which message answers which, and which were told in one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f('ix_deliveries_settled_at'), 'deliveries', ['settled_at'], unique=False)
    op.create_table('threads',
    sa.Column('delivery_id', sa.Integer(), nullable=False),
    sa.Column('top_id', sa.Integer(), nullable=False),
    sa.Column('amends_id', sa.Integer(), nullable=True),
    sa.Column('mark_due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('mark_attempts', sa.Integer(), nullable=False),
    sa.Column('marked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('mark_error', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['delivery_id'], ['deliveries.id'], name=op.f('fk_threads_delivery_id')),
    sa.ForeignKeyConstraint(['top_id'], ['deliveries.id'], name=op.f('fk_threads_top_id')),
    sa.ForeignKeyConstraint(['amends_id'], ['deliveries.id'], name=op.f('fk_threads_amends_id')),
    sa.PrimaryKeyConstraint('delivery_id', name=op.f('pk_threads'))
    )
    with op.batch_alter_table('threads', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_threads_top_id'), ['top_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_threads_amends_id'), ['amends_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_threads_mark_due_at'), ['mark_due_at'], unique=False)

    op.create_table('rollups',
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('rollup_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['deliveries.id'], name=op.f('fk_rollups_member_id')),
    sa.ForeignKeyConstraint(['rollup_id'], ['deliveries.id'], name=op.f('fk_rollups_rollup_id')),
    sa.PrimaryKeyConstraint('member_id', name=op.f('pk_rollups'))
    )
    with op.batch_alter_table('rollups', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_rollups_rollup_id'), ['rollup_id'], unique=False)


def downgrade() -> None:
    raise NotImplementedError("the ledger is a record; restore a backup instead")
