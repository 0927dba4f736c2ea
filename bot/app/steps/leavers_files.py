"""What somebody who leaves takes along: their log, their hours and the texts they wrote, as one archive.

Before the last day they fetch it as a member; from their leaving on a link does, for 90 days. The link is sent at
once, signs nobody in, and ends by itself, when its holder ends it, or when the person comes back.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.app.context import Work
from bot.app.dependencies import Tools
from bot.app.steps.access_request import export_person, written_of_case
from bot.app.steps.holder_links import live_link, new_link
from bot.app.steps.log_file import log_document
from bot.domain.assignment import Assignment, Question
from bot.domain.calendar import zone_of
from bot.domain.case import Case
from bot.domain.person import Person, Role
from bot.ports.records import Audited, LogEntry, SignInLink
from bot.ports.system import Clock
from bot.ports.unit_of_work import Store
from bot.reports.rule_sets import RuleSet
from bot.ui.forms.case import reader_labels
from bot.ui.model import Document
from bot.ui.sign_in import LeaverAsked
from bot.ui.strings import Words, words

PURPOSE = "leaving"
LASTS = timedelta(days=90)
SEALED_URL = "url"
_ARCHIVE = "application/zip"
_REVIEW = ("reflection", "suggestion")


async def offer(work: Work, person: Person) -> None:
    """Send somebody who has left the link to what is theirs; only who works with cases has a log."""
    if not person.has(Role.THERAPIST, Role.SUPERVISOR):
        return
    link, token = await new_link(work, person, PURPOSE, LASTS)
    await work.uow.put_sealed(link.id, SEALED_URL, f"{work.tools.public_url}/leaving/{token}".encode())
    await work.tell(person.id, "left", link.id, urgent=True)


async def end_offers(work: Work, person: Person) -> None:
    """No link opens the person's files any more."""
    for link in await work.uow.find(SignInLink, person=person.id, purpose=PURPOSE):
        await work.uow.remove(SignInLink, link.id)


async def archive(work: Work, person: Person, rules: RuleSet, *, texts: bool) -> Document:
    """The whole log by a rule set as PDF and CSV, with every number stored about the person; with `texts` their own.

    Nobody else's text or name is in it. Raises `SignedEntryChanged` rather than hand out an altered entry.
    """
    w = words(person.language)
    entries = await work.uow.find(LogEntry, person=person.id, order=("day",), limit=1)
    first = entries[0].day if entries else None
    log = [await log_document(work, person, rules, kind, first) for kind in ("pdf", "csv")]
    parts = {document.name: document.content for document in log}
    parts[f"{w('leaving.file.data')}.json"] = await export_person(work, person, texts=texts)
    if texts:
        parts[f"{w('leaving.file.texts')}.txt"] = (await _own_texts(work, person, w)).encode("utf-8-sig")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(zipfile.ZipInfo(name, work.now.timetuple()[:6]), content, zipfile.ZIP_DEFLATED)
    await work.uow.audit(Audited.EXPORTED, person.id, person.id, work.now, rules=rules.id, format="zip")
    day = work.today(person.timezone).isoformat()
    return Document(f"{w('export.file')}-{day}.zip", _ARCHIVE, packed.getvalue())


async def _own_texts(work: Work, person: Person, w: Words) -> str:
    """What the person wrote and is still kept, to be read: cases, answers, takeaways; questions and reviews."""
    found: list[str] = []
    for id in await work.uow.cases_of(person.id):
        case = await work.uow.get(Case, id)
        written: list[str] = []
        for part, texts in (await written_of_case(work, id, person.id)).items():
            answer = {"answer": w("question.answer")} if part.startswith("question:") else {}
            labels = {
                "case": reader_labels(w),
                "ask_back": {"ask_back": w("ask_back.asked")},
                "takeaway": {"takeaway": w("takeaway.heading")},
                "exemplar": {name: w(f"library.{name}") for name in ("excerpt", "why", "programme")},
                "follow_up": {"follow_up": w("follow_up.told")},
            }.get(part, answer)
            written += _labelled(labels, texts)
        found += _about(case, w("log.role.presenter"), written)
    for assignment in await work.uow.find(Assignment, reviewer=person.id, published_at__not=None):
        case = await work.uow.get(Case, assignment.case)
        written = []
        for question in await work.uow.find(Question, assignment=assignment.id, order=("asked_at",)):
            asked = await _text(work, case.id, f"question:{question.id}")
            written += _labelled({"question": w("question.label")}, asked)
        labels = {name: w(f"review.field.{name}") for name in _REVIEW}
        written += _labelled(labels, await _text(work, case.id, f"review:{assignment.id}"))
        back = await _text(work, case.id, f"answer_back:{assignment.id}")
        written += _labelled({"answer_back": w("answer_back.field")}, back)
        found += _about(case, w("log.role.reviewer"), written)
    return "\n\n\n".join(found) or w("leaving.no_texts")


def _about(case: Case, what: str, written: list[str]) -> Iterator[str]:
    if written:
        yield "\n\n".join([f"{case.code} · {what}", *written])


def _labelled(labels: Mapping[str, str], texts: Mapping[str, str]) -> Iterator[str]:
    return (f"{label}\n{texts[name]}" for name, label in labels.items() if name in texts)


async def _text(work: Work, case: str, part: str) -> Mapping[str, str]:
    return {name: text.text for name, text in (await work.uow.texts(case, part)).items()}


@dataclass
class LeaversFiles:
    """Implements `bot.ui.sign_in.Leavers` on the store."""

    store: Store
    clock: Clock
    tools: Tools

    async def asked(self, token: str) -> LeaverAsked | None:
        """Whose files a live link opens, until when, and the rule sets their log can be counted by."""
        found = await self._holder(token)
        if found is None:
            return None
        link, person = found
        w = words(person.language)
        sets = tuple((rules.id, rules.called(person.language)) for rules in self.tools.rule_sets.values())
        until = link.expires_at.astimezone(zone_of(person.timezone)).date()
        return LeaverAsked(person.name, w.day(until, year=True), sets)

    async def file(self, token: str, rules: str) -> Document | None:
        """The archive; None for a link that is over or a rule set that is not there."""
        found = await self._holder(token)
        chosen = self.tools.rule_sets.get(rules)
        if found is None or chosen is None:
            return None
        _, person = found
        async with self.store.begin(person.organisation) as uow:
            document = await archive(Work(uow, self.clock.now(), self.tools), person, chosen, texts=True)
            await uow.commit()
        return document

    async def end(self, token: str) -> None:
        """The link opens nothing any more."""
        found = await self._holder(token)
        if found:
            async with self.store.begin(found[0].organisation) as uow:
                await uow.remove(SignInLink, found[0].id)
                await uow.commit()

    async def _holder(self, token: str) -> tuple[SignInLink, Person] | None:
        """A live link and who left with it: whoever works here has pages of their own."""
        link = await live_link(self.store, token, PURPOSE, self.clock.now())
        if link is None:
            return None
        async with self.store.begin(link.organisation, write=False) as uow:
            person = await uow.one(Person, id=link.person)
        return (link, person) if person and not person.active else None
