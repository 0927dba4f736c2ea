"""When somebody named a colleague on their private list: it holds from the round after the next"""

from alembic import op
import sqlalchemy as sa
import storage.tables


revision = '0026'
down_revision = '0025'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('never_assign') as batch_op:
        batch_op.add_column(sa.Column('added_at', storage.tables.UtcDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('never_assign') as batch_op:
        batch_op.drop_column('added_at')
