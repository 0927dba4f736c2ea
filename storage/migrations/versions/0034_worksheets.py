"""Private worksheets: whose, and when their oldest row was changed; the rows are sealed texts"""

from alembic import op
import sqlalchemy as sa
import storage.tables


revision = '0034'
down_revision = '0033'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('worksheet',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('organisation', sa.String(), nullable=False),
    sa.Column('person', sa.String(), nullable=False),
    sa.Column('oldest_at', storage.tables.UtcDateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['organisation', 'person'], ['person.organisation', 'person.id'], name=op.f('fk_worksheet_organisation_person')),
    sa.ForeignKeyConstraint(['organisation'], ['organisation.id'], name=op.f('fk_worksheet_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_worksheet')),
    sa.UniqueConstraint('organisation', 'id', name=op.f('uq_worksheet_organisation_id')),
    sa.UniqueConstraint('organisation', 'person', name=op.f('uq_worksheet_organisation_person'))
    )
    op.create_index('ix_worksheet_organisation_oldest_at', 'worksheet', ['organisation', 'oldest_at'])


def downgrade() -> None:
    op.drop_index('ix_worksheet_organisation_oldest_at', 'worksheet')
    op.drop_table('worksheet')
