"""The round's own day on which an entry of the log counts for the rhythm, where what was asked was in time"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from alembic import op
import sqlalchemy as sa


revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('log_entry') as batch_op:
        batch_op.add_column(sa.Column('counts_on', sa.Date(), nullable=True))
    connection = op.get_bind()
    zones = {id: zone for id, zone in connection.execute(sa.text('SELECT id, timezone FROM person')).all()}
    entries = sa.table('log_entry', sa.column('id', sa.String), sa.column('corrects', sa.String), sa.column('counts_on', sa.Date))
    for query in (PRESENTED, REVIEWED):
        for id, person, published in connection.execute(sa.text(query)).all():
            day = _moment(published).astimezone(ZoneInfo(zones[person])).date()
            of_chain = (entries.c.id == id) | (entries.c.corrects == id)
            connection.execute(entries.update().where(of_chain).values(counts_on=day))


PRESENTED = (
    "SELECT e.id, e.person, c.published_at FROM log_entry e"
    " JOIN \"case\" c ON e.source = 'case:' || c.id || ':' || e.person"
    " WHERE e.role = 'presenter' AND c.published_at IS NOT NULL"
)
REVIEWED = (
    "SELECT e.id, e.person, a.published_at FROM log_entry e"
    " JOIN assignment a ON e.source = 'case:' || a.\"case\" || ':' || a.reviewer"
    " WHERE e.role = 'reviewer' AND a.submitted_at IS NOT NULL AND a.published_at IS NOT NULL AND NOT a.late"
)


def _moment(value: datetime | str) -> datetime:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def downgrade() -> None:
    with op.batch_alter_table('log_entry') as batch_op:
        batch_op.drop_column('counts_on')
