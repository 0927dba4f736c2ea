"""Indexes of what goes on, of who has a role, and of what pages of one person look for"""

import sqlalchemy as sa
from alembic import op

revision = '0037'
down_revision = '0036'
branch_labels = None
depends_on = None


INDEXES = {
    'audit_entry': ['actor', 'subject'],
    'hold': ['raised_by'],
    'membership': ['joined_on'],
    'never_assign': ['set_by'],
    'outbox_entry': ['subject'],
    'second_look': ['decided_by'],
    'signature': ['signed_by'],
    'undo_step': ['what'],
}
GOING_ON = {
    ('round', 'ix_round_open', ('organisation', 'group')): 'closed_at IS NULL AND cancelled_at IS NULL',
    ('case', 'ix_case_waiting', ('organisation', 'group')): (
        'published_at IS NULL AND closed_at IS NULL AND withdrawn_at IS NULL'
    ),
    ('hold', 'ix_hold_open', ('organisation', 'raised_at')): 'released_at IS NULL',
}
EXPIRE = ('draft', 'session', 'sign_in_link', 'undo_step')
CLOSED = 'ix_case_closed_at_organisation'
ROLES = ('supervisor', 'admin', 'dpo')


def upgrade() -> None:
    for table, columns in INDEXES.items():
        for column in columns:
            op.create_index(f'ix_{table}_organisation_{column}', table, ['organisation', column])
    op.create_index('ix_timer_organisation_what_at', 'timer', ['organisation', 'what', 'at'])
    for table in EXPIRE:
        op.create_index(f'ix_{table}_expires_at', table, ['expires_at'])
    op.create_index('ix_drawer_expires', 'drawer', ['expires'])
    closed = sa.text('closed_at IS NOT NULL')
    op.create_index(CLOSED, 'case', ['closed_at', 'organisation'], sqlite_where=closed, postgresql_where=closed)
    for (table, name, some_columns), where in GOING_ON.items():
        some = sa.text(where)
        op.create_index(name, table, list(some_columns), sqlite_where=some, postgresql_where=some)
    for role in ROLES:
        some = sa.text(f"removed_at IS NULL AND CAST(roles AS TEXT) LIKE '%\"{role}\"%'")
        name = f'ix_person_{role}'
        op.create_index(name, 'person', ['organisation', 'name'], sqlite_where=some, postgresql_where=some)


def downgrade() -> None:
    op.drop_index(CLOSED, 'case')
    op.drop_index('ix_drawer_expires', 'drawer')
    for table in EXPIRE:
        op.drop_index(f'ix_{table}_expires_at', table)
    op.drop_index('ix_timer_organisation_what_at', 'timer')
    for role in ROLES:
        op.drop_index(f'ix_person_{role}', 'person')
    for table, name, _ in GOING_ON:
        op.drop_index(name, table)
    for table, columns in INDEXES.items():
        for column in columns:
            op.drop_index(f'ix_{table}_organisation_{column}', table)
