"""A language a person chose, what each profile says, accounts that were disconnected, workspaces of an organisation"""

from alembic import op
import sqlalchemy as sa
import storage.tables


revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('person') as batch_op:
        batch_op.add_column(sa.Column('language_chosen', sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table('contact') as batch_op:
        batch_op.add_column(sa.Column('language', sa.String(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('ended_at', storage.tables.UtcDateTime(timezone=True), nullable=True))
    with op.batch_alter_table('sign_in_link') as batch_op:
        batch_op.add_column(sa.Column('purpose', sa.String(), nullable=False, server_default='sign_in'))
    op.create_table('workspace',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('organisation', sa.String(), nullable=False),
    sa.Column('platform', sa.String(), nullable=False),
    sa.Column('tenant', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['organisation'], ['organisation.id'], name=op.f('fk_workspace_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_workspace')),
    sa.UniqueConstraint('organisation', 'id', name=op.f('uq_workspace_organisation_id')),
    sa.UniqueConstraint('organisation', 'platform', 'tenant', name=op.f('uq_workspace_organisation_platform_tenant'))
    )


def downgrade() -> None:
    op.drop_table('workspace')
    with op.batch_alter_table('sign_in_link') as batch_op:
        batch_op.drop_column('purpose')
    with op.batch_alter_table('contact') as batch_op:
        batch_op.drop_column('ended_at')
        batch_op.drop_column('language')
    with op.batch_alter_table('person') as batch_op:
        batch_op.drop_column('language_chosen')
