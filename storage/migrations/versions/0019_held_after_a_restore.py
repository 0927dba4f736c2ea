"""Messages that a restore holds back until somebody decides"""

from alembic import op
import sqlalchemy as sa
import storage.tables


revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('outbox_entry', sa.Column('held_at', storage.tables.UtcDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('outbox_entry', schema=None) as batch_op:
        batch_op.drop_column('held_at')
