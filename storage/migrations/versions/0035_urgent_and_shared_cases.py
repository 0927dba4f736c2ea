"""Cases that cannot wait for the next round, and cases that are shared for information"""

from alembic import op
import sqlalchemy as sa
import storage.tables


revision = '0035'
down_revision = '0034'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('case', sa.Column('urgent_at', storage.tables.UtcDateTime(timezone=True), nullable=True))
    op.add_column('case', sa.Column('shared_at', storage.tables.UtcDateTime(timezone=True), nullable=True))
    op.add_column('round', sa.Column('urgent', sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    with op.batch_alter_table('round') as batch_op:
        batch_op.drop_column('urgent')
    with op.batch_alter_table('case') as batch_op:
        batch_op.drop_column('shared_at')
        batch_op.drop_column('urgent_at')
