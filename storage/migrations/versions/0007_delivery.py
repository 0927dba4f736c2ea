"""Replicas and served versions on record, sends under way, and indexes for what still wants to be sent"""

from alembic import op
import sqlalchemy as sa
import storage.tables


revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


OPEN = sa.text('sent_at IS NULL AND failed_at IS NULL AND dropped_at IS NULL')
FAILED = sa.text('failed_at IS NOT NULL')
UNCERTAIN = sa.text('uncertain_at IS NOT NULL')


def upgrade() -> None:
    op.create_table('replica',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('version', sa.String(), nullable=False),
    sa.Column('started_at', storage.tables.UtcDateTime(timezone=True), nullable=False),
    sa.Column('seen_at', storage.tables.UtcDateTime(timezone=True), nullable=False),
    sa.Column('ticked_at', storage.tables.UtcDateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_replica'))
    )
    op.create_table('compatible',
    sa.Column('revision', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('revision', name=op.f('pk_compatible'))
    )
    with op.batch_alter_table('outbox_entry', schema=None) as batch_op:
        batch_op.add_column(sa.Column('begun_at', storage.tables.UtcDateTime(timezone=True), nullable=True))
        batch_op.drop_index(batch_op.f('ix_outbox_entry_sent_at_due_at'))
        batch_op.create_index(batch_op.f('ix_outbox_entry_failed_at'), ['failed_at'], sqlite_where=FAILED, postgresql_where=FAILED)
        batch_op.create_index('ix_outbox_entry_open_due', ['urgent', 'due_at', 'created_at', 'id'], sqlite_where=OPEN, postgresql_where=OPEN)
        batch_op.create_index('ix_outbox_entry_open_person', ['organisation', 'person'], sqlite_where=OPEN, postgresql_where=OPEN)
        batch_op.create_index(batch_op.f('ix_outbox_entry_uncertain_at'), ['uncertain_at'], sqlite_where=UNCERTAIN, postgresql_where=UNCERTAIN)



def downgrade() -> None:
    with op.batch_alter_table('outbox_entry', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_outbox_entry_uncertain_at'), sqlite_where=UNCERTAIN, postgresql_where=UNCERTAIN)
        batch_op.drop_index('ix_outbox_entry_open_person', sqlite_where=OPEN, postgresql_where=OPEN)
        batch_op.drop_index('ix_outbox_entry_open_due', sqlite_where=OPEN, postgresql_where=OPEN)
        batch_op.drop_index(batch_op.f('ix_outbox_entry_failed_at'), sqlite_where=FAILED, postgresql_where=FAILED)
        batch_op.create_index(batch_op.f('ix_outbox_entry_sent_at_due_at'), ['sent_at', 'due_at'])
        batch_op.drop_column('begun_at')

    op.drop_table('compatible')
    op.drop_table('replica')
