"""A reviewer asks for somebody else: an open question to colleagues about one assignment"""

from alembic import op
import sqlalchemy as sa
import storage.tables


revision = '0030'
down_revision = '0029'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('swap',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('organisation', sa.String(), nullable=False),
    sa.Column('assignment', sa.String(), nullable=False),
    sa.Column('person', sa.String(), nullable=False),
    sa.Column('asked', sa.JSON(), nullable=False),
    sa.Column('asked_at', storage.tables.UtcDateTime(timezone=True), nullable=False),
    sa.Column('passed', sa.JSON(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['organisation', 'assignment'], ['assignment.organisation', 'assignment.id'], name=op.f('fk_swap_organisation_assignment')),
    sa.ForeignKeyConstraint(['organisation', 'person'], ['person.organisation', 'person.id'], name=op.f('fk_swap_organisation_person')),
    sa.ForeignKeyConstraint(['organisation'], ['organisation.id'], name=op.f('fk_swap_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_swap')),
    sa.UniqueConstraint('organisation', 'id', name=op.f('uq_swap_organisation_id'))
    )
    op.create_index('ix_swap_organisation_assignment', 'swap', ['organisation', 'assignment'])
    op.create_index('ix_swap_organisation_person', 'swap', ['organisation', 'person'])


def downgrade() -> None:
    op.drop_index('ix_swap_organisation_person', 'swap')
    op.drop_index('ix_swap_organisation_assignment', 'swap')
    op.drop_table('swap')
