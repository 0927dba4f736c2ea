"""Risk alerts by person and channel, the number of whoever is on duty, the anonymity a case was promised"""

from alembic import op
import sqlalchemy as sa
import storage.tables


revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None
contract = True  # columns of hold that only an unreleased version knew are gone

EMPTY = sa.text("''")


def upgrade() -> None:
    # Defaults on the database's side: the previous release goes on writing rows while replicas are replaced.
    with op.batch_alter_table('clinic') as batch_op:
        batch_op.add_column(sa.Column('duty_phone', sa.String(), nullable=False, server_default=EMPTY))
    with op.batch_alter_table('never_assign') as batch_op:
        batch_op.add_column(sa.Column('set_by', sa.String(), nullable=False, server_default=EMPTY))
    with op.batch_alter_table('case') as batch_op:
        batch_op.add_column(sa.Column('anonymity', sa.String(), nullable=False, server_default=sa.text("'both'")))
    with op.batch_alter_table('hold') as batch_op:
        batch_op.add_column(sa.Column('clinic', sa.String(), nullable=False, server_default=EMPTY))
        batch_op.add_column(sa.Column('called', sa.JSON(), nullable=False, server_default=sa.text("'[]'")))
        batch_op.add_column(
            sa.Column('exhausted_at', storage.tables.UtcDateTime(timezone=True), nullable=True)
        )
    # Until now the clinic of whoever raised the concern was alerted.
    op.execute(sa.text(
        "UPDATE hold SET clinic = coalesce((SELECT person.clinic FROM person WHERE person.id = hold.raised_by), '')"
    ))
    _called_from_alerted()
    with op.batch_alter_table('hold') as batch_op:
        batch_op.drop_column('alerted')
        batch_op.drop_column('escalated_at')


def _called_from_alerted() -> None:
    """The person alerted last becomes the only one known to have been called."""
    hold = sa.table('hold', sa.column('id', sa.String), sa.column('alerted', sa.String), sa.column('called', sa.JSON))
    connection = op.get_bind()
    for row in connection.execute(sa.select(hold.c.id, hold.c.alerted).where(hold.c.alerted.is_not(None))).all():
        connection.execute(hold.update().where(hold.c.id == row.id).values(called=[row.alerted]))


def downgrade() -> None:
    moment = storage.tables.UtcDateTime(timezone=True)
    with op.batch_alter_table('hold') as batch_op:
        batch_op.add_column(sa.Column('alerted', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('escalated_at', moment, nullable=True))
        batch_op.drop_column('exhausted_at')
        batch_op.drop_column('called')
        batch_op.drop_column('clinic')
    with op.batch_alter_table('case') as batch_op:
        batch_op.drop_column('anonymity')
    with op.batch_alter_table('never_assign') as batch_op:
        batch_op.drop_column('set_by')
    with op.batch_alter_table('clinic') as batch_op:
        batch_op.drop_column('duty_phone')
