"""When a signed-in browser is signed out: its session's end, being left alone, or a rule that became stricter."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import assert_never

from bot.domain.policy import Policy
from bot.ports.records import Session, SessionKind


def ends_at(session: Session, policy: Policy) -> datetime:
    """Until when the session signs its browser in, if nobody uses it from now on; `policy` is the person's today."""
    match session.kind:
        case SessionKind.DEMO:
            return session.expires_at
        case SessionKind.REMEMBERED:
            return min(session.expires_at, session.created_at + timedelta(days=policy.sign_in_remember_days))
        case SessionKind.BROWSER:
            idle = timedelta(minutes=policy.sign_in_idle_minutes)
            return (
                min(session.expires_at, (session.seen_at or session.created_at) + idle) if idle else session.expires_at
            )
        case _:
            assert_never(session.kind)
