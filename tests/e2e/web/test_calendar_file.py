"""A calendar of years and megabytes, chosen in the browser: only days of what is not over are sent."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.browser import IN_BROWSER
from tests.e2e.web.demo import Running
from tests.e2e.web.visit import command

pytestmark = [*IN_BROWSER, pytest.mark.slow]


def entry(start: str, end: str, *more: str) -> str:
    return "\r\n".join(["BEGIN:VEVENT", f"DTSTART;VALUE=DATE:{start}", f"DTEND;VALUE=DATE:{end}", *more, "END:VEVENT"])


def years_of_a_calendar() -> str:
    """Six megabytes: meetings of ten years with long notes, one absence to come, a birthday."""
    notes = "DESCRIPTION:" + "Anna Berg talks about her patient. " * 40
    past = [
        entry(f"{2016 + n % 8}0{1 + n % 9}10", f"{2016 + n % 8}0{1 + n % 9}12", "SUMMARY:sick", notes)
        for n in range(4000)
    ]
    coming = entry(
        "20990201", "20990206", "SUMMARY:Burn-out", "LOCATION:Clinic", "BEGIN:VALARM\r\nDURATION:P9D\r\nEND:VALARM"
    )
    birthday = entry("20990301", "20990302", "SUMMARY:Birthday of Bo", "TRANSP:TRANSPARENT")
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Office//EN", "X-WR-CALNAME:Anna"]
    return "\r\n".join([*head, *past, coming, birthday, "END:VCALENDAR", ""])


async def test_titles_never_leave_the_browser_and_any_size_is_taken(
    chromium: Browser, demo: Running, tmp_path: Path
) -> None:
    file = tmp_path / "years.ics"
    file.write_text(years_of_a_calendar(), encoding="utf-8", newline="")
    assert file.stat().st_size > 5_000_000
    context = await chromium.new_context()
    page = await context.new_page()
    await page.goto(demo.address)
    chooser = page.locator("#persona")
    await chooser.select_option(index=1)
    await page.locator(".demo-who button").click()
    await command(page, "caseload absences")
    await page.locator("input[type=file]").set_input_files(file)
    field = page.locator("textarea")
    await expect(field).to_have_value(re.compile("20990201"))
    sent = await field.input_value()
    assert len(sent) < 1000
    for never in ("sick", "Burn-out", "Anna", "Clinic", "Birthday", "P9D"):
        assert never not in sent
    assert "TRANSP:TRANSPARENT" in sent
    assert "PRODID:-//Office//EN" in sent  # files of school holidays are known by it
    await context.close()
