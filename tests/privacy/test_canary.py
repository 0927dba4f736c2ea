"""A name typed into every field appears where it may, and nowhere else: no card, notice, log or record has it."""

from __future__ import annotations

import dataclasses
import io
import json
import logging
from contextlib import redirect_stderr, redirect_stdout

import pytest

from bot.demo.clinic import GROUP, ORGANISATION
from bot.domain.organisation import Group
from bot.domain.second_look import SecondLook
from bot.ports.schema import RECORDS
from bot.ui.inbound import Done, Hand, Invalid, Say, Show
from bot.ui.model import Passage
from tests.gate import GateInAWorker, rules_alone
from tests.privacy.canary import CANARY, HARD, TEXT, played
from tests.world import make_world


@pytest.fixture(scope="module")
def gate() -> GateInAWorker:
    """The gate, told to let the canary pass as an ordinary word."""
    return rules_alone(allow=(CANARY,))


async def test_the_canary_stays_in_forms(gate: GateInAWorker, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    world = await make_world(gate)
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(out):
        seen = await played(world)
    for outcome in seen:
        match outcome:
            case Say(card=card):
                assert CANARY not in repr(card)
            case Done() | Hand():
                assert CANARY not in repr(outcome)
            case Show(form=form) | Invalid(form=form):
                # Forms hold it by design, but printing one never shows it.
                assert CANARY not in repr(form)
            case _:
                raise AssertionError(outcome)
    for _, message in world.platform.sent:
        assert CANARY.casefold() not in repr(message).casefold()
    assert CANARY.casefold() not in (caplog.text + out.getvalue() + repr(world.log.records)).casefold()
    for kind in RECORDS:
        for record in await world.find(kind):
            assert CANARY.casefold() not in json.dumps(dataclasses.asdict(record), default=str).casefold()


async def test_a_hard_identifier_reaches_no_peer(gate: GateInAWorker) -> None:
    world = await make_world(gate)
    for outcome in await played(world):
        if isinstance(outcome, Show):
            shown = [getattr(b, "text", None) for b in outcome.form.body]
            assert not [t for t in shown if t is not None and HARD in getattr(t, "text", "")]


async def test_a_second_look_shows_the_canary_in_its_forms_only(gate: GateInAWorker) -> None:
    """Sent back with a note, changed, passed: the supervisor's words and the author's are nowhere else."""
    world = await make_world(gate)
    async with world.store.begin(ORGANISATION) as uow:
        await uow.save(dataclasses.replace(await uow.get(Group, GROUP), policy={"second_look": "always"}))
        await uow.commit()
    a, s = world.player("a"), world.player("s")
    options = {"mode": ("icbt",), "language": ("en",), "objection": ("no",), "risk": ("no",)}
    texts = dict.fromkeys(("title", "background", "key_question"), TEXT)
    await a.send_and_confirm(await a.open("case.new"), {**texts, **options})
    await world.settle()
    (look,) = await world.find(SecondLook)
    pages = [await s.open("look.open", look.id)]
    form = await s.open("look.return", look.id)
    assert isinstance(await s.send(form, {"telling": (), "note": TEXT}), Invalid)
    seen = [await s.send(form, {"telling": ("name",), "note": TEXT})]
    await world.settle()
    pages.append(await a.open("case.page", look.case))
    change = await a.open("case.change", look.case)
    seen.append((await a.send_and_confirm(change, {**texts, **options}))[1])
    await world.advance(days=3)
    (again,) = await world.find(SecondLook, ended_at=None)
    pages.append(await s.open("look.open", again.id))
    seen.append(await s.press("look.pass", again.id))
    await world.advance(days=1)
    for page in pages:
        shown = [b.text.text for b in page.body if isinstance(b, Passage)]
        assert any(CANARY in text for text in shown)
        assert not [text for text in shown if HARD in text]
    told = [repr(page) for page in pages] + [repr(outcome) for outcome in seen]
    told += [repr(message) for _, message in world.platform.sent] + [repr(await s.home()), repr(world.log.records)]
    for kind in RECORDS:
        told += [json.dumps(dataclasses.asdict(record), default=str) for record in await world.find(kind)]
    assert CANARY.casefold() not in "".join(told).casefold()
