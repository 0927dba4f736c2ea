"""When something was last done for the whole installation"""

from alembic import op
import sqlalchemy as sa
import storage.tables


revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('last_done',
    sa.Column('what', sa.String(), nullable=False),
    sa.Column('at', storage.tables.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('what', name=op.f('pk_last_done'))
    )


def downgrade() -> None:
    op.drop_table('last_done')
