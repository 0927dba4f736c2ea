"""A person's own share of reviews and cap on open ones, for good or for a time"""

from alembic import op
import sqlalchemy as sa
import storage.tables


revision = '0024'
down_revision = '0023'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('limit_entry',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('organisation', sa.String(), nullable=False),
    sa.Column('person', sa.String(), nullable=False),
    sa.Column('from_day', sa.Date(), nullable=False),
    sa.Column('recorded_at', storage.tables.UtcDateTime(timezone=True), nullable=False),
    sa.Column('recorded_by', sa.String(), nullable=False),
    sa.Column('until_day', sa.Date(), nullable=True),
    sa.Column('percent', sa.Integer(), nullable=True),
    sa.Column('cap', sa.Integer(), nullable=True),
    sa.Column('cancelled_at', storage.tables.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['organisation', 'person'], ['person.organisation', 'person.id'], name=op.f('fk_limit_entry_organisation_person')),
    sa.ForeignKeyConstraint(['organisation'], ['organisation.id'], name=op.f('fk_limit_entry_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_limit_entry')),
    sa.UniqueConstraint('organisation', 'id', name=op.f('uq_limit_entry_organisation_id'))
    )
    op.create_index('ix_limit_entry_organisation_person', 'limit_entry', ['organisation', 'person'])


def downgrade() -> None:
    op.drop_index('ix_limit_entry_organisation_person', 'limit_entry')
    op.drop_table('limit_entry')
