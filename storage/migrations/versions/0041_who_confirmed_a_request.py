"""Who asks for a step says so on a page, and what exactly is agreed to"""

from alembic import op
import sqlalchemy as sa
import storage.tables


revision = '0041'
down_revision = '0040'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('data_request') as batch_op:
        batch_op.add_column(sa.Column('confirmed_at', storage.tables.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('detail', sa.String(), nullable=False, server_default=''))


def downgrade() -> None:
    with op.batch_alter_table('data_request') as batch_op:
        batch_op.drop_column('detail')
        batch_op.drop_column('confirmed_at')
