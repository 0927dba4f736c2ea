"""Readers of a shared case or an excerpt who recognised the patient"""

from alembic import op
import sqlalchemy as sa


revision = '0040'
down_revision = '0039'
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ('case', 'exemplar'):
        with op.batch_alter_table(table) as batch_op:
            batch_op.add_column(sa.Column('stepped_out', sa.JSON(), nullable=False, server_default=sa.text("'[]'")))


def downgrade() -> None:
    for table in ('exemplar', 'case'):
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column('stepped_out')
