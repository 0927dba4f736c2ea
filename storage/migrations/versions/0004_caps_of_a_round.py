"""What a supervisor kept for one round: who is left out, and other caps"""

from alembic import op
import sqlalchemy as sa


revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Defaults on the database's side: the previous release goes on writing rows while replicas are replaced.
    with op.batch_alter_table('round') as batch_op:
        batch_op.add_column(sa.Column('left_out', sa.JSON(), nullable=False, server_default=sa.text("'[]'")))
        batch_op.add_column(sa.Column('caps', sa.JSON(), nullable=False, server_default=sa.text("'{}'")))


def downgrade() -> None:
    with op.batch_alter_table('round') as batch_op:
        batch_op.drop_column('caps')
        batch_op.drop_column('left_out')
