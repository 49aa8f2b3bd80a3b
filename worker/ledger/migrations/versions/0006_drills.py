"""Drills and what operating needs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('drills',
    sa.Column('accession', sa.String(length=20), nullable=False),
    sa.Column('watchlist_id', sa.String(length=100), nullable=False),
    sa.Column('destinations', sa.Text(), nullable=False),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('taken_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('matched_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('why_nobody', sa.Text(), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reached_all', sa.Boolean(), nullable=True),
    sa.Column('result', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['accession'], ['filings.accession'], name=op.f('fk_drills_accession')),
    sa.PrimaryKeyConstraint('accession', name=op.f('pk_drills'))
    )
    with op.batch_alter_table('drills', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_drills_asked_at'), ['asked_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_drills_ended_at'), ['ended_at'], unique=False)


def downgrade() -> None:
    raise NotImplementedError("the ledger is a record; restore a backup instead")
