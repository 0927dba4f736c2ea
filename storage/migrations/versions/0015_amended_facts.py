"""Leave, modes and working time are amended and deleted with history; a mode may end; the last step can be undone"""

from alembic import op
import sqlalchemy as sa
import storage.tables


revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('leave_entry') as batch_op:
        batch_op.add_column(sa.Column('replaces', sa.String(), nullable=True))
    with op.batch_alter_table('mode_entry') as batch_op:
        batch_op.add_column(sa.Column('until_day', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('cancelled_at', storage.tables.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('replaces', sa.String(), nullable=True))
    with op.batch_alter_table('fte_entry') as batch_op:
        batch_op.add_column(sa.Column('cancelled_at', storage.tables.UtcDateTime(timezone=True), nullable=True))
    with op.batch_alter_table('person') as batch_op:
        batch_op.add_column(sa.Column('personnel_id', sa.String(), nullable=False, server_default=''))
    op.create_table('undo_step',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('organisation', sa.String(), nullable=False),
    sa.Column('person', sa.String(), nullable=False),
    sa.Column('what', sa.String(), nullable=False),
    sa.Column('created_at', storage.tables.UtcDateTime(timezone=True), nullable=False),
    sa.Column('expires_at', storage.tables.UtcDateTime(timezone=True), nullable=False),
    sa.Column('data', sa.JSON(), nullable=False),
    sa.Column('undone_at', storage.tables.UtcDateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['organisation', 'person'], ['person.organisation', 'person.id'], name=op.f('fk_undo_step_organisation_person')),
    sa.ForeignKeyConstraint(['organisation'], ['organisation.id'], name=op.f('fk_undo_step_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_undo_step')),
    sa.UniqueConstraint('organisation', 'id', name=op.f('uq_undo_step_organisation_id'))
    )
    op.create_index('ix_undo_step_organisation_person', 'undo_step', ['organisation', 'person'])


def downgrade() -> None:
    op.drop_index('ix_undo_step_organisation_person', 'undo_step')
    op.drop_table('undo_step')
    with op.batch_alter_table('person') as batch_op:
        batch_op.drop_column('personnel_id')
    with op.batch_alter_table('fte_entry') as batch_op:
        batch_op.drop_column('cancelled_at')
    with op.batch_alter_table('mode_entry') as batch_op:
        batch_op.drop_column('replaces')
        batch_op.drop_column('cancelled_at')
        batch_op.drop_column('until_day')
    with op.batch_alter_table('leave_entry') as batch_op:
        batch_op.drop_column('replaces')
