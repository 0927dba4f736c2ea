"""What a quarter's report counts of each person, kept beside the facts, and which rows facts have overtaken"""

from alembic import op
import sqlalchemy as sa
import storage.tables


revision = '0029'
down_revision = '0028'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('person_quarter',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('organisation', sa.String(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('person', sa.String(), nullable=False),
    sa.Column('clinic', sa.String(), nullable=False),
    sa.Column('data', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['organisation', 'clinic'], ['clinic.organisation', 'clinic.id'], name=op.f('fk_person_quarter_organisation_clinic')),
    sa.ForeignKeyConstraint(['organisation', 'person'], ['person.organisation', 'person.id'], name=op.f('fk_person_quarter_organisation_person')),
    sa.ForeignKeyConstraint(['organisation'], ['organisation.id'], name=op.f('fk_person_quarter_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person_quarter')),
    sa.UniqueConstraint('organisation', 'id', name=op.f('uq_person_quarter_organisation_id')),
    sa.UniqueConstraint('organisation', 'year', 'number', 'person', name=op.f('uq_person_quarter_organisation_year_number_person'))
    )
    op.create_index('ix_person_quarter_organisation_clinic', 'person_quarter', ['organisation', 'clinic'])
    op.create_index('ix_person_quarter_organisation_person', 'person_quarter', ['organisation', 'person'])
    op.create_table('counted_quarter',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('organisation', sa.String(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('counted_at', storage.tables.UtcDateTime(timezone=True), nullable=False),
    sa.Column('report', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['organisation'], ['organisation.id'], name=op.f('fk_counted_quarter_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_counted_quarter')),
    sa.UniqueConstraint('organisation', 'id', name=op.f('uq_counted_quarter_organisation_id')),
    sa.UniqueConstraint('organisation', 'year', 'number', name=op.f('uq_counted_quarter_organisation_year_number'))
    )
    op.create_table('recount_mark',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('organisation', sa.String(), nullable=False),
    sa.Column('whose', sa.String(), nullable=False),
    sa.Column('since', sa.Date(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['organisation'], ['organisation.id'], name=op.f('fk_recount_mark_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recount_mark')),
    sa.UniqueConstraint('organisation', 'id', name=op.f('uq_recount_mark_organisation_id')),
    sa.UniqueConstraint('organisation', 'whose', name=op.f('uq_recount_mark_organisation_whose'))
    )


def downgrade() -> None:
    op.drop_table('recount_mark')
    op.drop_table('counted_quarter')
    op.drop_index('ix_person_quarter_organisation_person', 'person_quarter')
    op.drop_index('ix_person_quarter_organisation_clinic', 'person_quarter')
    op.drop_table('person_quarter')
