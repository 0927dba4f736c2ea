"""Passkeys, the accounts of single sign-on that people are bound to, what ends a session before its time"""

from typing import Any

from alembic import op
import sqlalchemy as sa
import storage.tables


revision = '0028'
down_revision = '0027'
branch_labels = None
depends_on = None


def _own_record(name: str, *columns: sa.Column[Any] | sa.UniqueConstraint) -> None:
    op.create_table(name,
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('organisation', sa.String(), nullable=False),
    sa.Column('person', sa.String(), nullable=False),
    *columns,
    sa.ForeignKeyConstraint(['organisation', 'person'], ['person.organisation', 'person.id'], name=op.f(f'fk_{name}_organisation_person')),
    sa.ForeignKeyConstraint(['organisation'], ['organisation.id'], name=op.f(f'fk_{name}_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f(f'pk_{name}')),
    sa.UniqueConstraint('organisation', 'id', name=op.f(f'uq_{name}_organisation_id'))
    )


def upgrade() -> None:
    _own_record('passkey',
    sa.Column('credential', sa.String(), nullable=False),
    sa.Column('public_key', sa.String(), nullable=False),
    sa.Column('counter', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('created_at', storage.tables.UtcDateTime(timezone=True), nullable=False),
    sa.Column('used_at', storage.tables.UtcDateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    )
    op.create_index('ix_passkey_organisation_person', 'passkey', ['organisation', 'person'])
    _own_record('sign_on_account',
    sa.Column('issuer', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('created_at', storage.tables.UtcDateTime(timezone=True), nullable=False),
    sa.UniqueConstraint('organisation', 'person', 'issuer', name=op.f('uq_sign_on_account_organisation_person_issuer')),
    sa.UniqueConstraint('organisation', 'issuer', 'subject', name=op.f('uq_sign_on_account_organisation_issuer_subject')),
    )
    op.create_index('ix_sign_on_account_issuer_subject', 'sign_on_account', ['issuer', 'subject'])
    with op.batch_alter_table('session') as batch_op:
        batch_op.add_column(sa.Column('kind', sa.String(), nullable=False, server_default='browser'))
        batch_op.add_column(sa.Column('seen_at', storage.tables.UtcDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('session') as batch_op:
        batch_op.drop_column('seen_at')
        batch_op.drop_column('kind')
    op.drop_table('sign_on_account')
    op.drop_table('passkey')
