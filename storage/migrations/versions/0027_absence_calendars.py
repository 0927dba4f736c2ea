"""A person's calendar of absences under an address that is read daily: only days are kept of it"""

from alembic import op
import sqlalchemy as sa
import storage.tables


revision = '0027'
down_revision = '0026'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('absence_calendar',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('organisation', sa.String(), nullable=False),
    sa.Column('person', sa.String(), nullable=False),
    sa.Column('created_at', storage.tables.UtcDateTime(timezone=True), nullable=False),
    sa.Column('next_at', storage.tables.UtcDateTime(timezone=True), nullable=False),
    sa.Column('read_at', storage.tables.UtcDateTime(timezone=True), nullable=True),
    sa.Column('fault', sa.String(), nullable=False),
    sa.Column('faults', sa.Integer(), nullable=False),
    sa.Column('periods', sa.JSON(), nullable=False),
    sa.Column('taken', sa.JSON(), nullable=False),
    sa.Column('declined', sa.JSON(), nullable=False),
    sa.Column('told', sa.JSON(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['organisation', 'person'], ['person.organisation', 'person.id'], name=op.f('fk_absence_calendar_organisation_person')),
    sa.ForeignKeyConstraint(['organisation'], ['organisation.id'], name=op.f('fk_absence_calendar_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_absence_calendar')),
    sa.UniqueConstraint('organisation', 'id', name=op.f('uq_absence_calendar_organisation_id')),
    sa.UniqueConstraint('organisation', 'person', name=op.f('uq_absence_calendar_organisation_person'))
    )
    op.create_index('ix_absence_calendar_organisation_next_at', 'absence_calendar', ['organisation', 'next_at'])


def downgrade() -> None:
    op.drop_index('ix_absence_calendar_organisation_next_at', 'absence_calendar')
    op.drop_table('absence_calendar')
