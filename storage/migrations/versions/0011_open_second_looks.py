"""Second looks that wait are found at once, however many are over"""

from alembic import op


revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index('ix_second_look_organisation_end', 'second_look', ['organisation', 'end'])


def downgrade() -> None:
    op.drop_index('ix_second_look_organisation_end', 'second_look')
