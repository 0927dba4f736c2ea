"""The learning library: excerpts kept with everybody's consent"""

from alembic import op
import sqlalchemy as sa
import storage.tables


revision = '0039'
down_revision = '0038'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('exemplar',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('organisation', sa.String(), nullable=False),
    sa.Column('group', sa.String(), nullable=False),
    sa.Column('case', sa.String(), nullable=False),
    sa.Column('mode', sa.String(), nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('proposed_at', storage.tables.UtcDateTime(timezone=True), nullable=False),
    sa.Column('themes', sa.JSON(), nullable=False),
    sa.Column('behaviours', sa.JSON(), nullable=False),
    sa.Column('agreed', sa.JSON(), nullable=False),
    sa.Column('looked_at', storage.tables.UtcDateTime(timezone=True), nullable=True),
    sa.Column('withdrawn_at', storage.tables.UtcDateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['organisation', 'case'], ['case.organisation', 'case.id'], name=op.f('fk_exemplar_organisation_case')),
    sa.ForeignKeyConstraint(['organisation', 'group'], ['group.organisation', 'group.id'], name=op.f('fk_exemplar_organisation_group')),
    sa.ForeignKeyConstraint(['organisation'], ['organisation.id'], name=op.f('fk_exemplar_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_exemplar')),
    sa.UniqueConstraint('organisation', 'id', name=op.f('uq_exemplar_organisation_id'))
    )
    op.create_index('ix_exemplar_organisation_case', 'exemplar', ['organisation', 'case'])
    op.create_index('ix_exemplar_organisation_group', 'exemplar', ['organisation', 'group'])


def downgrade() -> None:
    op.drop_index('ix_exemplar_organisation_group', 'exemplar')
    op.drop_index('ix_exemplar_organisation_case', 'exemplar')
    op.drop_table('exemplar')
