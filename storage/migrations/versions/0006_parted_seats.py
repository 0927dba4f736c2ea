"""When the clinics of presenter and reviewer ended their agreement"""

from alembic import op
import sqlalchemy as sa
import storage.tables


revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('assignment') as batch_op:
        batch_op.add_column(sa.Column('parted_at', storage.tables.UtcDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('assignment') as batch_op:
        batch_op.drop_column('parted_at')
