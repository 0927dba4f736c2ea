"""Requests to export or erase data wait for a second person"""

from alembic import op
import sqlalchemy as sa
import storage.tables


revision = '0031'
down_revision = '0030'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('data_request',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('organisation', sa.String(), nullable=False),
    sa.Column('act', sa.String(), nullable=False),
    sa.Column('about', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('asked_by', sa.String(), nullable=False),
    sa.Column('asked_at', storage.tables.UtcDateTime(timezone=True), nullable=False),
    sa.Column('expires_at', storage.tables.UtcDateTime(timezone=True), nullable=False),
    sa.Column('agreed_by', sa.String(), nullable=True),
    sa.Column('agreed_at', storage.tables.UtcDateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['organisation', 'agreed_by'], ['person.organisation', 'person.id'], name=op.f('fk_data_request_organisation_agreed_by')),
    sa.ForeignKeyConstraint(['organisation', 'asked_by'], ['person.organisation', 'person.id'], name=op.f('fk_data_request_organisation_asked_by')),
    sa.ForeignKeyConstraint(['organisation'], ['organisation.id'], name=op.f('fk_data_request_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_data_request')),
    sa.UniqueConstraint('organisation', 'id', name=op.f('uq_data_request_organisation_id'))
    )
    op.create_index('ix_data_request_organisation_agreed_by', 'data_request', ['organisation', 'agreed_by'])
    op.create_index('ix_data_request_organisation_asked_by', 'data_request', ['organisation', 'asked_by'])


def downgrade() -> None:
    op.drop_index('ix_data_request_organisation_asked_by', 'data_request')
    op.drop_index('ix_data_request_organisation_agreed_by', 'data_request')
    op.drop_table('data_request')
