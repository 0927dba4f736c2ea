"""The exchange after release: asking back, which suggestions are used, what became of a case"""

from alembic import op
import sqlalchemy as sa
import storage.tables


revision = '0033'
down_revision = '0032'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('follow_up',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('organisation', sa.String(), nullable=False),
    sa.Column('case', sa.String(), nullable=False),
    sa.Column('group', sa.String(), nullable=False),
    sa.Column('asked_at', storage.tables.UtcDateTime(timezone=True), nullable=False),
    sa.Column('answered_at', storage.tables.UtcDateTime(timezone=True), nullable=True),
    sa.Column('skipped_at', storage.tables.UtcDateTime(timezone=True), nullable=True),
    sa.Column('purged_at', storage.tables.UtcDateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['organisation', 'case'], ['case.organisation', 'case.id'], name=op.f('fk_follow_up_organisation_case')),
    sa.ForeignKeyConstraint(['organisation', 'group'], ['group.organisation', 'group.id'], name=op.f('fk_follow_up_organisation_group')),
    sa.ForeignKeyConstraint(['organisation'], ['organisation.id'], name=op.f('fk_follow_up_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_follow_up')),
    sa.UniqueConstraint('organisation', 'case', name=op.f('uq_follow_up_organisation_case')),
    sa.UniqueConstraint('organisation', 'id', name=op.f('uq_follow_up_organisation_id'))
    )
    op.create_index('ix_follow_up_organisation_group', 'follow_up', ['organisation', 'group'])
    op.add_column('case', sa.Column('asked_back_at', storage.tables.UtcDateTime(timezone=True), nullable=True))
    op.add_column('assignment', sa.Column('answered_back_at', storage.tables.UtcDateTime(timezone=True), nullable=True))
    op.add_column('assignment', sa.Column('used_at', storage.tables.UtcDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('assignment') as batch_op:
        batch_op.drop_column('used_at')
        batch_op.drop_column('answered_back_at')
    with op.batch_alter_table('case') as batch_op:
        batch_op.drop_column('asked_back_at')
    op.drop_index('ix_follow_up_organisation_group', 'follow_up')
    op.drop_table('follow_up')
