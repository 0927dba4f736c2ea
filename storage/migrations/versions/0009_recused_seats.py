"""When a reviewer recognised the patient after sending the review; a setting that nothing read is dropped"""

from alembic import op
import sqlalchemy as sa
import storage.tables


revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('assignment') as batch_op:
        batch_op.add_column(sa.Column('recused_at', storage.tables.UtcDateTime(timezone=True), nullable=True))
    # An unknown setting is refused, so one that is gone must not stay behind.
    for name in ('organisation', 'clinic', 'group'):
        table = sa.table(name, sa.column('id', sa.String), sa.column('policy', sa.JSON))
        for id, policy in op.get_bind().execute(sa.select(table.c.id, table.c.policy)).all():
            if policy and 'draft_days' in policy:
                kept = {key: value for key, value in policy.items() if key != 'draft_days'}
                op.execute(table.update().where(table.c.id == id).values(policy=kept))


def downgrade() -> None:
    with op.batch_alter_table('assignment') as batch_op:
        batch_op.drop_column('recused_at')
