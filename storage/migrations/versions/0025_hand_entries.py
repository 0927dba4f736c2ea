"""What was worked with in an entry made by hand, and the first day of one whose day was corrected"""

from alembic import op
import sqlalchemy as sa


revision = '0025'
down_revision = '0024'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('log_entry') as batch_op:
        batch_op.add_column(sa.Column('method', sa.String(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('moved_from', sa.Date(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('log_entry') as batch_op:
        batch_op.drop_column('moved_from')
        batch_op.drop_column('method')
