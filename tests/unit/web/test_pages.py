"""What a person sees: every card and form of the gallery, in order, escaped, with its buttons."""

from __future__ import annotations

import json
import re
import struct
from itertools import pairwise

import pytest

from bot.anonymise.text import AnonText
from bot.ui.inbound import Say, Show
from bot.ui.model import Card, Columns, Form, Row, Text, Titled, code, line, muted, plain
from tests import gallery
from tests.unit.web.client import Browser
from tests.unit.web.stage import Stage


@pytest.mark.parametrize("name", gallery.cards())
async def test_every_card_shows_its_title_words_and_buttons(browser: Browser, name: str) -> None:
    card = gallery.cards()[name]
    page = await browser.command(f"card {name}")
    assert page.status == 200
    assert card.title in page.text
    for action in card.actions:
        assert action.label in page.text


async def test_each_kind_of_block_is_drawn(browser: Browser) -> None:
    page = await browser.command("card everything")
    for words in ("This round", "2 of 3", "two strong", "A danger notice", "week 4 of 10", "Therapist B", "(2 working"):
        assert words in page.text
    pictures = [given for tag, given in page.tags if tag == "img"]
    assert pictures[0]["alt"] == "Gaps in days against the target of 14: 7, 14, 12"
    assert pictures[0]["src"].startswith("data:image/png;base64,")


@pytest.mark.parametrize("name", gallery.forms())
async def test_every_form_shows_its_fields_with_labels(browser: Browser, name: str) -> None:
    form = gallery.forms()[name]
    page = await browser.command(f"form {name}")
    assert page.status == 200
    labelled = {given["for"] for tag, given in page.tags if tag == "label" and "for" in given}
    ids = {given["id"] for _, given in page.tags if "id" in given}
    for f in form.fields:
        assert f.label in page.text
        assert f"field-{f.name}" in ids
    assert labelled <= ids


async def test_hostile_text_stays_text(browser: Browser, stage: Stage) -> None:
    hostile = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'>{{ 7 * 7 }}"
    stage.home = Card("home", hostile, (Text(line(hostile)),))
    page = await browser.open("/")
    assert "<script>alert" not in page.html
    assert "<img src=x" not in page.html
    assert hostile in page.text
    for name in ("form everything", "card everything"):
        assert "<b>bold</b>" not in (await browser.command(name)).html
        assert gallery.HOSTILE.splitlines()[0] in (await browser.command(name)).text


async def test_a_page_has_one_title_and_headings_in_order(browser: Browser) -> None:
    for path in ("card everything", "form everything", "form errors"):
        page = await browser.command(path)
        levels = [
            int(tag[1]) for tag, given in page.tags if tag in {"h1", "h2", "h3"} and given.get("id") != "ask-title"
        ]
        assert levels.count(1) == 1
        assert levels[0] == 1
        assert all(b - a <= 1 for a, b in pairwise(levels))


async def test_no_inline_script_or_style_and_nothing_from_elsewhere(browser: Browser) -> None:
    for path in ("card everything", "form everything"):
        page = await browser.command(path)
        for tag, given in page.tags:
            assert tag != "style"
            assert "style" not in given
            assert not [name for name in given if name.startswith("on")]
            assert tag != "script" or given["src"].startswith("/static/")
            address = given.get("src") or given.get("href") or "/"
            assert address.startswith(("/", "#", "data:image/png"))


async def test_the_pages_can_be_put_on_a_start_screen(browser: Browser) -> None:
    page = (await browser.open("/")).html
    linked = re.findall(r'<link rel="manifest" href="([^"]+)">', page)
    manifest = json.loads((await browser.open(linked[0])).html)
    assert (manifest["start_url"], manifest["scope"], manifest["display"]) == ("/", "/", "standalone")
    for icon in manifest["icons"]:
        async with browser.http.get(icon["src"]) as response:
            shown = await response.read()
        width, height = struct.unpack(">II", shown[16:24])  # PNG: the size stands first in its header
        assert f"{width}x{height}" == icon["sizes"]
    assert [icon["sizes"] for icon in manifest["icons"]] == ["192x192", "512x512"]


async def test_errors_stand_beside_their_fields_and_the_typed_text_is_kept(browser: Browser) -> None:
    form = (await browser.command("form everything")).form("/submit")
    page = await browser.send(form, t_title="   ", t_minutes="20")
    assert page.status == 422
    title = next(given for tag, given in page.tags if given.get("id") == "field-title")
    assert title["aria-invalid"] == "true"
    assert "error-title" in title["aria-describedby"].split()
    assert "2 things need your attention" in page.text
    assert "Stuck" in page.html


async def test_the_page_speaks_the_language_of_the_person(browser: Browser, stage: Stage) -> None:
    stage.language = "de-AT"
    assert dict((await browser.open("/")).tags)["html"]["lang"] == "de"


async def test_a_text_in_another_language_than_the_page_says_so(browser: Browser, stage: Stage) -> None:
    for reader, said in (("en", "sv"), ("sv", None)):
        stage.language = reader
        page = await browser.command("form everything")
        assert said in {given.get("lang") for tag, given in page.tags if tag == "blockquote"}
        assert "en" not in {given.get("lang") for tag, given in page.tags if tag == "blockquote"}


async def test_a_title_in_another_language_than_the_page_says_so(browser: Browser, stage: Stage) -> None:
    row = Row(line("Case ", code("K7-QF")), cells=(line(code("K7-QF")),))
    titled = Titled(AnonText.from_store("Läxan blir inte gjord"), row, "sv")
    stage.answers["review"] = Show(Form("review.find", "Reviews", body=(Columns(("Case",)), titled)))
    for reader, said in (("en", "sv"), ("sv", None)):
        stage.language = reader
        page = await browser.command("review")
        assert "Läxan blir inte gjord" in page.text
        assert [given.get("lang") for _, given in page.tags if given.get("class") == "titled"] == [said]


async def test_neighbouring_notes_stand_side_by_side_and_other_paragraphs_do_not(
    browser: Browser, stage: Stage
) -> None:
    notes = [Text(line(muted(f"Note {number}."))) for number in range(3)]
    for body, expected in {
        (notes[0], notes[1], notes[2]): 1,
        (notes[0], Text(line("Ours.")), notes[1]): 0,
        (Text(line("Ours.")), Text(line("Ours, too."))): 0,
    }.items():
        stage.home = Card("home", "Your supervision", body)
        page = await browser.open("/")
        assert [given.get("class") for _, given in page.tags].count("side-by-side") == expected
        assert all(plain(each.line) in page.text for each in body)


async def test_the_plain_text_of_a_row_names_its_buttons(browser: Browser, stage: Stage) -> None:
    page = await browser.open("/")
    group = next(given for tag, given in page.tags if given.get("role") == "group")
    assert group["aria-label"] == plain(line("Case ", "K7-QF"))


async def test_home_may_be_an_empty_card(browser: Browser, stage: Stage) -> None:
    stage.answers["home"] = Say(gallery.cards()["smallest"])
    assert "Done" in (await browser.open("/")).text
