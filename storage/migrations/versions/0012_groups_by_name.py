"""Groups are found by name, however many there are"""

from alembic import op


revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index('ix_group_organisation_name', 'group', ['organisation', 'name'])


def downgrade() -> None:
    op.drop_index('ix_group_organisation_name', 'group')
