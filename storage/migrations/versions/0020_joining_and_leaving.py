"""Who presents the cases of somebody who leaves, on which day they leave, when a group or a clinic closed"""

from alembic import op
import sqlalchemy as sa


revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('membership') as batch_op:
        batch_op.add_column(sa.Column('cover', sa.String(), nullable=True))
        batch_op.create_foreign_key('fk_membership_organisation_cover', 'person', ['organisation', 'cover'], ['organisation', 'id'])
    op.create_index('ix_membership_organisation_cover', 'membership', ['organisation', 'cover'])
    with op.batch_alter_table('person') as batch_op:
        batch_op.add_column(sa.Column('leaves_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('leaving_cover', sa.String(), nullable=True))
        batch_op.create_foreign_key('fk_person_organisation_leaving_cover', 'person', ['organisation', 'leaving_cover'], ['organisation', 'id'])
    op.create_index('ix_person_organisation_leaving_cover', 'person', ['organisation', 'leaving_cover'])
    for name in ('group', 'clinic'):
        with op.batch_alter_table(name) as batch_op:
            batch_op.add_column(sa.Column('closed_on', sa.Date(), nullable=True))


def downgrade() -> None:
    for name in ('clinic', 'group'):
        with op.batch_alter_table(name) as batch_op:
            batch_op.drop_column('closed_on')
    op.drop_index('ix_person_organisation_leaving_cover', 'person')
    with op.batch_alter_table('person') as batch_op:
        batch_op.drop_constraint('fk_person_organisation_leaving_cover', type_='foreignkey')
        batch_op.drop_column('leaving_cover')
        batch_op.drop_column('leaves_on')
    op.drop_index('ix_membership_organisation_cover', 'membership')
    with op.batch_alter_table('membership') as batch_op:
        batch_op.drop_constraint('fk_membership_organisation_cover', type_='foreignkey')
        batch_op.drop_column('cover')
