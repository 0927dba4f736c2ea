"""When a message was wanted, beside its next attempt"""

from alembic import op
import sqlalchemy as sa
import storage.tables


revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('outbox_entry', sa.Column('wanted_at', storage.tables.UtcDateTime(timezone=True), nullable=True))
    # What is finished is asked no more; entries that an older program adds meanwhile were wanted when they are due.
    op.execute('UPDATE outbox_entry SET wanted_at = due_at'
               ' WHERE sent_at IS NULL AND failed_at IS NULL AND dropped_at IS NULL')


def downgrade() -> None:
    with op.batch_alter_table('outbox_entry', schema=None) as batch_op:
        batch_op.drop_column('wanted_at')
