"""A FHIR file chosen in the browser: names and notes stay there, the scores arrive in the private worksheet."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.browser import IN_BROWSER
from tests.e2e.web.demo import Running
from tests.unit.reports.fhir_bundles import SECRET, bundle, observation, response

pytestmark = [*IN_BROWSER, pytest.mark.slow]


def everywhere(value: object, key: str = "") -> object:
    """A resource with a name added to every text that the program reads, but for what says which resource it is."""
    if isinstance(value, dict):
        return {name: everywhere(each, name) for name, each in value.items()}
    if isinstance(value, list):
        return [everywhere(each, key) for each in value]
    return f"{value} {SECRET}" if isinstance(value, str) and key != "resourceType" else value


async def file_page(chromium: Browser, demo: Running) -> tuple[BrowserContext, Page]:
    """The page where a therapist of the demo picks a file of scores."""
    context = await chromium.new_context()
    page = await context.new_page()
    await page.goto(demo.address)
    await page.locator("#persona").select_option(index=1)
    await page.locator(".demo-who button").click()
    await page.goto(f"{demo.address}/cases/pick/file")
    return context, page


async def test_a_name_in_any_text_stays_in_the_browser(chromium: Browser, demo: Running, tmp_path: Path) -> None:
    file = tmp_path / "named.json"
    named = [
        observation(9, "2027-01-11"),
        response([1] * 9),
        observation(8, code="PHQ-9", subject={"reference": SECRET}),
    ]
    file.write_text(bundle(*(everywhere(each) for each in named), observation(7, code=SECRET)), encoding="utf-8")
    context, page = await file_page(chromium, demo)
    await page.locator("input[type=file]").set_input_files(file)
    field = page.locator("textarea")
    await expect(field).to_have_value(re.compile("Observation"))
    sent = await field.input_value()
    for never in (*SECRET.split(), SECRET):
        assert never not in sent
    await context.close()


async def test_names_never_leave_the_browser_and_the_scores_arrive(
    chromium: Browser, demo: Running, tmp_path: Path
) -> None:
    file = tmp_path / "scores.json"
    coded = {"coding": [{"system": "http://loinc.org", "code": "44261-6"}]}
    scores = [observation(n % 20, f"2026-{n % 12 + 1:02}-01", identifier=[{"value": "8503121234"}]) for n in range(500)]
    for each in scores:
        each["code"] = coded
    patient = {"resourceType": "Patient", "name": [{"text": SECRET}], "birthDate": "1985-03-12"}
    file.write_text(bundle(patient, *scores, response([1] * 9, "2027-01-11")), encoding="utf-8")
    context, page = await file_page(chromium, demo)
    shapes = (
        f"<Patient><name value='{SECRET}'/></Patient>",
        f'{{"name": "{SECRET}"',
        f'"{SECRET}"',
        f'["{SECRET}"]',
    )
    for number, text in enumerate(shapes):
        other = tmp_path / f"other{number}.json"
        other.write_text(text, encoding="utf-8")
        await page.locator("textarea").fill("")
        await page.locator("input[type=file]").set_input_files(other)
        await expect(page.locator("textarea")).to_have_value("{}")
    await page.locator("input[type=file]").set_input_files(file)
    await page.get_by_label("number").first.fill("P12")
    field = page.locator("textarea")
    await expect(field).to_have_value(re.compile("44261-6"))
    sent = await field.input_value()
    for never in (SECRET, "1985", "8503121234", "wept", "generated"):
        assert never not in sent
    assert json.loads(sent)["entry"][0]["resource"]["valueQuantity"]["value"] == 0
    await page.get_by_role("button", name="Read scores").click()
    await expect(page.locator("main")).to_contain_text("501 scores are in your sheet now: P12.")
    await context.close()
