"""Which process a replica is, and how far its machine's clock is off"""

from alembic import op
import sqlalchemy as sa


revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('replica', sa.Column('process', sa.String(), server_default='', nullable=False))
    op.add_column('replica', sa.Column('clock_offset', sa.Float(), server_default='0', nullable=False))


def downgrade() -> None:
    with op.batch_alter_table('replica', schema=None) as batch_op:
        batch_op.drop_column('clock_offset')
        batch_op.drop_column('process')
