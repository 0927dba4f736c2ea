"""Message reviews: what a case and a round are of, and who marked the two invented messages"""

from alembic import op
import sqlalchemy as sa
import storage.tables


revision = '0038'
down_revision = '0037'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('case', sa.Column('kind', sa.String(), nullable=False, server_default='case'))
    op.add_column('round', sa.Column('kind', sa.String(), nullable=False, server_default='case'))
    op.add_column('person', sa.Column('calibrated_at', storage.tables.UtcDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('person') as batch_op:
        batch_op.drop_column('calibrated_at')
    with op.batch_alter_table('round') as batch_op:
        batch_op.drop_column('kind')
    with op.batch_alter_table('case') as batch_op:
        batch_op.drop_column('kind')
