"""Signatures under entries of the log: given, asked for, taken back, and holding against a change behind the back."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from pypdf import PdfReader

from bot.demo.clinic import ORGANISATION, person_id
from bot.demo.player import form_of
from bot.domain.round import Round
from bot.ports.records import Audited, AuditEntry, LogEntry, Signature, SignRequest
from bot.ui.inbound import Done, Hand, Invalid, Refused, Show
from bot.ui.model import ChoiceField, ManyField
from bot.ui.strings import words
from tests.app.log_steps import add, export, mine, options, read, sign_everything
from tests.app.shown import text
from tests.world import World


async def test_a_signature_is_taken_back_by_who_gave_it(world: World) -> None:
    await add(world.player("a"))
    await sign_everything(world)
    (entry,) = await mine(world)
    assert isinstance(await world.player("b").press("log.sign.back", entry.id), Refused)
    given = text(await world.player("s").press("log.sign.given"))
    assert "Mon, 11 Jan 2027" in given
    await world.player("s").press("log.sign.back", entry.id)
    await world.settle()
    (entry,) = await mine(world)
    assert (entry.signed_by, await world.find(Signature, entry=entry.id)) == (None, [])
    assert "signature_gone" in await world.told("a")
    assert [a.subject for a in await world.find(AuditEntry, what=Audited.SIGNATURE_TAKEN_BACK.value)] == [entry.id]
    assert isinstance(await export(world.player("a"), "plain", "pdf"), Hand)  # no signature is missed
    assert entry.id in options(await world.player("s").open("log.sign.member", person_id("a")))


async def test_every_form_to_sign_says_whose_days_those_of_a_round_are_and_shows_no_other(world: World) -> None:
    """Asked, looked at, signed and kept: one day a round, the same for all, and a sentence that says so."""
    rounds = await world.find(LogEntry, person=person_id("a"), recorded_by="round")
    ends = {r.closed_at.date() for r in await world.find(Round) if r.closed_at}
    real = [words("en").day(entry.day, year=True) for entry in rounds if entry.day not in ends]
    assert real
    (first,) = await world.find(Round, id=rounds[0].round)
    assert first.closed_at is not None
    shown = words("en").day(first.closed_at.date(), year=True)
    ask = await world.player("a").open("log.sign")
    member = await world.player("s").open("log.sign.member", person_id("a"))
    await sign_everything(world)
    given = form_of(await world.player("s").press("log.sign.given"), "given")
    for form in (ask, member, given):
        labels = [o.label for f in form.fields if isinstance(f, ManyField) for o in f.options]
        said = " ".join([text(Show(form)), *labels])
        assert "Entries of a round bear the last day of the round here" in said
        assert shown in said
        assert not [day for day in real if day in said]
    handed = await export(world.player("a"), "plain", "pdf")
    pages = PdfReader(io.BytesIO(read(handed))).pages
    printed = " ".join(" ".join(page.extract_text() for page in pages).split())
    assert "Whoever signs an entry of a round is shown the last day of the round" in printed


async def test_a_supervisor_signs_what_they_were_asked_to_in_chat(world: World) -> None:
    await add(world.player("a"))
    entry = (await mine(world))[0]
    form = await world.player("a").open("log.sign")
    asked = await world.player("a").send(form, {"signer": (person_id("s"),), "entries": (entry.id,)})
    assert isinstance(asked, Done)
    await world.settle()
    card = next(c for c in world.inbox("s") if c.key == "notice.sign_request")
    look = card.actions[0]
    page = await world.player("s").open(look.key, look.subject)
    assert isinstance(await world.player("s").send(page, {"entries": (entry.id,)}), Done)
    assert "Signed: Supervisor (Kiel), Mon, 18 Jan 2027" in text(await world.player("a").press("log.entry", entry.id))
    await world.settle()
    assert any(c.key == "notice.entries_signed" for c in world.inbox("a"))
    twice = await world.player("s").send(page, {"entries": (entry.id,)})
    assert isinstance(twice, Refused)
    assert twice.key == "entry_already_signed"
    audited = await world.find(AuditEntry, what=Audited.ENTRY_SIGNED.value)
    assert [a.subject for a in audited] == [entry.id]


async def test_only_supervisors_are_asked_and_every_colleague_gets_the_same_answer(world: World) -> None:
    """Whoever may be asked, or what they are told they took part in, would tell who presented."""
    await add(world.player("a"), role=("presenter",))
    entry = (await mine(world))[0]
    ask = await world.player("a").open("log.sign")
    signer = next(each for each in ask.fields if isinstance(each, ChoiceField) and each.name == "signer")
    assert [option.value for option in signer.options] == [person_id("s")]
    for key in "bcd":
        sent = await world.player("a").send(ask, {"signer": (person_id(key),), "entries": (entry.id,)})
        assert isinstance(sent, Invalid)
        assert set(sent.form.errors) == {"signer"}
    assert await world.find(SignRequest) == []


async def test_nobody_signs_for_strangers_or_themselves(world: World) -> None:
    await add(world.player("s"))
    for key, of in (("b", "a"), ("m", "a")):
        assert isinstance(await world.player(key).press("log.sign.member", person_id(of)), Refused)
    form = await world.player("s").press("log.sign.member", person_id("s"))
    assert isinstance(form, Show)
    own = await world.player("s").send(form.form, {"entries": tuple(options(form.form))})
    assert isinstance(own, Refused)
    assert own.key == "cannot_sign_own_entry"
    assert await world.find(Signature) == []


async def test_a_signed_entry_stays_and_its_correction_is_signed_anew(world: World) -> None:
    await add(world.player("a"))
    await sign_everything(world)
    entry = (await mine(world))[0]
    await world.player("a").send(await world.player("a").open("log.correct", entry.id), {"minutes": "90"})
    stored = {e.id: e for e in await mine(world)}
    assert stored[entry.id].signed_at
    assert stored[entry.id].minutes == 60
    newest = next(e for e in stored.values() if e.corrects == entry.id)
    assert newest.signed_at is None
    await sign_everything(world)
    assert "no longer has the facts" not in text(await world.player("a").type("/supervision"))


@pytest.mark.parametrize("attack", ["minutes", "gone", "signature"])
async def test_a_signed_entry_that_was_changed_behind_the_back_is_found(world: World, attack: str) -> None:
    await add(world.player("a"))
    await sign_everything(world)
    entry = (await mine(world))[0]
    async with world.store.begin(ORGANISATION) as uow:
        if attack == "minutes":
            await uow.save(replace(entry, minutes=600))
        elif attack == "gone":
            await uow.remove(LogEntry, entry.id)
        else:
            mark = await uow.one(Signature, entry=entry.id)
            assert mark
            await uow.remove(Signature, mark.id)
        await uow.commit()
    assert entry.id in text(await world.player("a").type("/supervision"))
    refused = await export(world.player("a"), "plain", "pdf")
    assert isinstance(refused, Refused)
    assert refused.key == "signed_entry_changed"
