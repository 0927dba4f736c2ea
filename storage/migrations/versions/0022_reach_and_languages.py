"""What a platform said of a shut address, a language that an administrator named, the language of a clinic's texts"""

from alembic import op
import sqlalchemy as sa


revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('contact') as batch_op:
        batch_op.add_column(sa.Column('shut', sa.String(), nullable=False, server_default=''))
    with op.batch_alter_table('person') as batch_op:
        batch_op.add_column(sa.Column('language_given', sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table('clinic') as batch_op:
        batch_op.add_column(sa.Column('language', sa.String(), nullable=False, server_default=''))


def downgrade() -> None:
    with op.batch_alter_table('clinic') as batch_op:
        batch_op.drop_column('language')
    with op.batch_alter_table('person') as batch_op:
        batch_op.drop_column('language_given')
    with op.batch_alter_table('contact') as batch_op:
        batch_op.drop_column('shut')
