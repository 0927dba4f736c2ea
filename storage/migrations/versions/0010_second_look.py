"""A supervisor's second look at a case before it goes to reviewers"""

from alembic import op
import sqlalchemy as sa
import storage.tables


revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

MOMENT = storage.tables.UtcDateTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table('case') as batch_op:
        batch_op.add_column(sa.Column('look_since', MOMENT, nullable=True))
        batch_op.add_column(sa.Column('sent_back_at', MOMENT, nullable=True))
    op.create_table(
        'second_look',
        sa.Column('id', storage.tables.Word(), nullable=False),
        sa.Column('organisation', storage.tables.Word(), nullable=False),
        sa.Column('case', storage.tables.Word(), nullable=False),
        sa.Column('asked_at', MOMENT, nullable=False),
        sa.Column('until', MOMENT, nullable=False),
        sa.Column('readers', sa.JSON(), nullable=False),
        sa.Column('stepped_out', sa.JSON(), nullable=False),
        sa.Column('late_told_at', MOMENT, nullable=True),
        sa.Column('end', storage.tables.Word(), nullable=True),
        sa.Column('ended_at', MOMENT, nullable=True),
        sa.Column('decided_by', storage.tables.Word(), nullable=True),
        sa.Column('telling', sa.JSON(), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ['organisation', 'case'], ['case.organisation', 'case.id'], name='fk_second_look_organisation_case'
        ),
        sa.ForeignKeyConstraint(['organisation'], ['organisation.id'], name='fk_second_look_organisation'),
        sa.PrimaryKeyConstraint('id', name='pk_second_look'),
        sa.UniqueConstraint('organisation', 'id', name='uq_second_look_organisation_id'),
    )
    op.create_index('ix_second_look_organisation_case', 'second_look', ['organisation', 'case'])


def downgrade() -> None:
    op.drop_table('second_look')
    with op.batch_alter_table('case') as batch_op:
        batch_op.drop_column('sent_back_at')
        batch_op.drop_column('look_since')
