"""Every reference has an index, and so has what housekeeping and reports look for; drawers order keys by their bytes"""

from alembic import op
import sqlalchemy as sa


revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


INDEXES = {
    'audit_entry': ['at'],
    'case': ['submitted_at'],
    'closure': ['clinic'],
    'draft': ['person'],
    'leave_entry': ['cover'],
    'log_entry': ['day', 'round'],
    'never_assign': ['one', 'other'],
    'outbox_entry': ['created_at'],
    'person': ['clinic'],
    'question': ['assignment'],
    'round': ['opened_at'],
    'session': ['person'],
    'sign_in_link': ['person'],
    'sign_request': ['person'],
    'timer': ['at'],
}
PARTIAL = {
    ('assignment', 'ix_assignment_submitted_at_organisation', ('submitted_at', 'organisation')): 'submitted_at IS NOT NULL',
    ('case', 'ix_case_published_at_organisation', ('published_at', 'organisation')): 'published_at IS NOT NULL',
    ('case', 'ix_case_unpurged', ('organisation', 'closed_at')): 'closed_at IS NOT NULL AND purged_at IS NULL',
    ('leave_entry', 'ix_leave_entry_last_day_organisation', ('last_day', 'organisation')): 'last_day IS NOT NULL',
}


def upgrade() -> None:
    for table, columns in INDEXES.items():
        for column in columns:
            op.create_index(f'ix_{table}_organisation_{column}', table, ['organisation', column])
    for (table, name, some_columns), where in PARTIAL.items():
        some = sa.text(where)
        op.create_index(name, table, list(some_columns), sqlite_where=some, postgresql_where=some)
    if op.get_context().dialect.name == 'postgresql':
        op.execute('ALTER TABLE drawer ALTER COLUMN key TYPE varchar COLLATE "C"')


def downgrade() -> None:
    if op.get_context().dialect.name == 'postgresql':
        op.execute('ALTER TABLE drawer ALTER COLUMN key TYPE varchar COLLATE "default"')
    for table, name, _ in PARTIAL:
        op.drop_index(name, table)
    for table, columns in INDEXES.items():
        for column in columns:
            op.drop_index(f'ix_{table}_organisation_{column}', table)
