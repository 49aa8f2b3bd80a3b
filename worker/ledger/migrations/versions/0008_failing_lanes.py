"""Which destinations did not take what was tried last."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # With a default of the database's own: workers of the version before go on writing rows meanwhile.
    op.add_column('lanes', sa.Column('failing', sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    raise NotImplementedError("the ledger is a record; restore a backup instead")
