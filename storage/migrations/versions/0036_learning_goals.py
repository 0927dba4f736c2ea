"""Learning goals: one sentence of a person's own, sealed"""

from alembic import op
import sqlalchemy as sa


revision = '0036'
down_revision = '0035'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('learning_goal',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('organisation', sa.String(), nullable=False),
    sa.Column('person', sa.String(), nullable=False),
    sa.Column('set_on', sa.Date(), nullable=False),
    sa.Column('themes', sa.JSON(), nullable=False),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['organisation', 'person'], ['person.organisation', 'person.id'], name=op.f('fk_learning_goal_organisation_person')),
    sa.ForeignKeyConstraint(['organisation'], ['organisation.id'], name=op.f('fk_learning_goal_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_learning_goal')),
    sa.UniqueConstraint('organisation', 'id', name=op.f('uq_learning_goal_organisation_id'))
    )
    op.create_index('ix_learning_goal_organisation_person', 'learning_goal', ['organisation', 'person'])


def downgrade() -> None:
    op.drop_index('ix_learning_goal_organisation_person', 'learning_goal')
    op.drop_table('learning_goal')
