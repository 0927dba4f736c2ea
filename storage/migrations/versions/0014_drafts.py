"""Drafts are found by what they are about, and know which version of them is the latest"""

import sqlalchemy as sa
from alembic import op


revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('draft', sa.Column('version', sa.Integer(), nullable=False, server_default='0'))
    op.create_index('ix_draft_organisation_subject', 'draft', ['organisation', 'subject'])


def downgrade() -> None:
    op.drop_index('ix_draft_organisation_subject', 'draft')
    op.drop_column('draft', 'version')
