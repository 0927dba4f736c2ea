"""Series of rounds with their clinic, phases of a round, working days of a person, calendar feeds, reminders by person"""

from alembic import op
import sqlalchemy as sa
import storage.tables


revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None
contract = True  # columns of series_entry that only an unreleased version knew are gone

WEEKDAYS = sa.text("'[0, 1, 2, 3, 4]'")


def upgrade() -> None:
    # Defaults on the database's side: the previous release goes on writing rows while replicas are replaced.
    with op.batch_alter_table('person') as batch_op:
        batch_op.add_column(sa.Column('weekdays', sa.JSON(), nullable=False, server_default=WEEKDAYS))
    with op.batch_alter_table('assignment') as batch_op:
        batch_op.add_column(sa.Column('supervisor_told_at', storage.tables.UtcDateTime(timezone=True), nullable=True))
    with op.batch_alter_table('round') as batch_op:
        batch_op.add_column(sa.Column('clarify_days', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('review_days', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('takeaway_days', sa.Integer(), nullable=True))
    _series()
    op.create_table('calendar_feed',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('organisation', sa.String(), nullable=False),
    sa.Column('person', sa.String(), nullable=False),
    sa.Column('created_at', storage.tables.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['organisation', 'person'], ['person.organisation', 'person.id'], name=op.f('fk_calendar_feed_organisation_person')),
    sa.ForeignKeyConstraint(['organisation'], ['organisation.id'], name=op.f('fk_calendar_feed_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_calendar_feed')),
    sa.UniqueConstraint('organisation', 'id', name=op.f('uq_calendar_feed_organisation_id'))
    )
    with op.batch_alter_table('calendar_feed') as batch_op:
        batch_op.create_index(batch_op.f('ix_calendar_feed_organisation_person'), ['organisation', 'person'], unique=False)
    _reminders_by_person()


def _series() -> None:
    """No release wrote a series yet; a row from elsewhere follows the first clinic of its organisation."""
    moment = storage.tables.UtcDateTime(timezone=True)
    with op.batch_alter_table('series_entry') as batch_op:
        batch_op.add_column(sa.Column('clinic', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('made_at', moment, nullable=False, server_default=sa.text("'2026-11-01 00:00:00+00'")))
        batch_op.add_column(sa.Column('handled', sa.Date(), nullable=True))
        batch_op.drop_column('paused_at')
    op.execute(sa.text(
        "UPDATE series_entry SET clinic ="
        " (SELECT min(clinic.id) FROM clinic WHERE clinic.organisation = series_entry.organisation)"
    ))
    with op.batch_alter_table('series_entry') as batch_op:
        batch_op.alter_column('clinic', existing_type=sa.String(), nullable=False)
        batch_op.create_foreign_key(
            batch_op.f('fk_series_entry_organisation_clinic'), 'clinic', ['organisation', 'clinic'], ['organisation', 'id']
        )
        batch_op.create_index(batch_op.f('ix_series_entry_organisation_group'), ['organisation', 'group'], unique=False)
        batch_op.create_index(batch_op.f('ix_series_entry_organisation_clinic'), ['organisation', 'clinic'], unique=False)


def _reminders_by_person() -> None:
    """One timer a person instead of one a review."""
    op.execute(sa.text("DELETE FROM timer WHERE what = 'assignment.remind'"))
    op.execute(sa.text(
        "INSERT INTO timer (id, organisation, what, subject, at)"
        " SELECT 'person.remind:' || reviewer, organisation, 'person.remind', reviewer, min(published_at)"
        " FROM assignment WHERE published_at IS NOT NULL AND submitted_at IS NULL AND ended_at IS NULL"
        " GROUP BY organisation, reviewer"
    ))


def downgrade() -> None:
    with op.batch_alter_table('calendar_feed') as batch_op:
        batch_op.drop_index(batch_op.f('ix_calendar_feed_organisation_person'))
    op.drop_table('calendar_feed')
    with op.batch_alter_table('series_entry') as batch_op:
        batch_op.drop_index(batch_op.f('ix_series_entry_organisation_clinic'))
        batch_op.drop_index(batch_op.f('ix_series_entry_organisation_group'))
        batch_op.drop_constraint(batch_op.f('fk_series_entry_organisation_clinic'), type_='foreignkey')
        batch_op.add_column(sa.Column('paused_at', storage.tables.UtcDateTime(timezone=True), nullable=True))
        batch_op.drop_column('handled')
        batch_op.drop_column('made_at')
        batch_op.drop_column('clinic')
    with op.batch_alter_table('round') as batch_op:
        batch_op.drop_column('takeaway_days')
        batch_op.drop_column('review_days')
        batch_op.drop_column('clarify_days')
    with op.batch_alter_table('assignment') as batch_op:
        batch_op.drop_column('supervisor_told_at')
    with op.batch_alter_table('person') as batch_op:
        batch_op.drop_column('weekdays')
