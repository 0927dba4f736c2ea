"""`intervision admin` as an administrator types it, against a real database."""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import structlog

from bot.cli.main import main
from tests.e2e.server.quick import RULES_ALONE
from tests.migrated import migrated
from tests.standins import mail as relay

Admin = Callable[..., Any]


@pytest.fixture
def admin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Admin:
    """Run a command; its JSON, or what it said when it was refused."""
    url = migrated(tmp_path / "clinic.sqlite3")
    config = tmp_path / "intervision.toml"
    keys = f'[keys]\nfile = "{tmp_path / "key"}"\n[log]\nlevel = "error"\n'
    config.write_text(f'[database]\nurl = "{url}"\n{keys}{RULES_ALONE}')

    def run(*words: str) -> Any:
        monkeypatch.setattr(sys, "argv", ["intervision", "admin", *words, "--json", "--config", str(config)])
        with pytest.raises(SystemExit) as ended:
            main()
        structlog.reset_defaults()
        said = capsys.readouterr()
        if ended.value.code:
            assert "Traceback" not in said.err
            return said.err
        return json.loads(said.out)

    return run


@pytest.fixture
def furnished(admin: Admin) -> Admin:
    admin("add-organisation", "Our service")
    admin(
        "add-clinic", "Kiel", "--country", "DE", "--region", "SH", "--timezone", "Europe/Berlin", "--phone", "+49 431 1"
    )
    admin("add-group", "North", "--timezone", "Europe/Berlin")
    return admin


def test_a_service_is_set_up_from_the_shell(furnished: Admin) -> None:
    (person,) = furnished(
        "add-person", "Therapist A", "a@clinic.example", "--clinic", "Kiel", "--group", "North", "--language", "de",
        "--roles", "therapist supervisor", "--experienced-since", "2024-03-01", "--fte", "0.5",
    )  # fmt: skip
    assert person["roles"] == ["supervisor", "therapist"]
    assert person["timezone"] == "Europe/Berlin"
    furnished("set-duty", "Kiel", "--duty", "a@clinic.example")
    furnished("add-closure", "Kiel", "2026-12-24", "2026-12-31", "--name", "Holidays")
    (changed,) = furnished("set-roles", "a@clinic.example", "therapist")
    assert changed["roles"] == ["therapist"]
    names = {record["name"] for record in furnished("list")}
    assert names == {"Kiel", "North", "Therapist A"}
    assert furnished("sign-in-link", "a@clinic.example")[0].startswith("http")


def test_every_mistake_about_a_person_is_told_and_nobody_is_added(furnished: Admin) -> None:
    said = furnished(
        "add-person", "X", "no-at-sign", "--clinic", "Ulm", "--roles", "boss", "--language", "xx", "--fte", "2"
    )
    for part in ("no @", "no clinic Ulm", "no role boss", "language", "fte"):
        assert part in said
    assert len(furnished("list")) == 2


def test_people_from_a_file_with_bad_rows(furnished: Admin, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(
        "name,email,clinic,group,roles\nA,a@x.example,Kiel,North,therapist\nB,a@x.example,Ulm,,boss\n,d@x.example,Kiel,,\n"
    )
    said = furnished("import", str(file))
    assert "line 3: there is no clinic Ulm" in said
    assert "line 3: there is no role boss" in said
    assert "line 4: name is missing" in said
    assert "line 2" not in said
    assert len(furnished("list")) == 2
    file.write_text("name,email,clinic\nA,a@x.example,Kiel\nB,A@x.example,Kiel\n")
    assert "line 3: this email is there already (line 2)" in furnished("import", str(file))
    file.write_text("name,email,clinic,group\nA,a@x.example,Kiel,North\nB,b@x.example,Kiel,\n")
    assert [p["name"] for p in furnished("import", str(file))] == ["A", "B"]
    assert furnished("import", str(file)) == []  # the same file again changes nothing


def test_a_monthly_file_is_looked_at_first_and_applied_once(furnished: Admin, tmp_path: Path) -> None:
    file = tmp_path / "staff.csv"
    file.write_text(
        "Personalnummer;Name;E-Mail;Klinik;Stellenanteil\n1;A;a@x.example;Kiel;0,8\n2;B;b@x.example;Kiel;\n"
    )
    assert [line["what"] for line in furnished("sync", str(file))] == ["new", "new"]
    assert furnished("sync", str(file)) == []
    file.write_text(
        "Personalnummer;Name;E-Mail;Klinik;Stellenanteil\n1;A Neu;a.neu@x.example;Kiel;50 %\n3;C;c@x.example;Kiel;\n"
    )
    seen = {line["name"]: line for line in furnished("import", str(file), "--dry-run")}
    assert {name: line["what"] for name, line in seen.items()} == {"A Neu": "changed", "C": "new", "B": "missing"}
    assert seen["A Neu"]["changes"]["fte"] == "0.8 -> 0.5"
    assert {p["name"] for p in furnished("list") if "email" in p} == {"A", "B"}  # nothing was changed
    assert [line["what"] for line in furnished("sync", str(file), "--remove-missing")] == ["changed", "new", "missing"]
    assert {p["email"] for p in furnished("list") if "email" in p} == {"a.neu@x.example", "c@x.example"}
    (back,) = furnished("add-person", "B", "b@x.example", "--clinic", "Kiel")
    assert back["removed_at"] is None
    assert "there already" in furnished("add-person", "B", "b@x.example", "--clinic", "Kiel")


def test_bad_rows_are_left_out_only_when_told_to(furnished: Admin, tmp_path: Path) -> None:
    file = tmp_path / "staff.csv"
    file.write_text("name,email,clinic\nA,a@x.example,Kiel\nB,b@x.example,Ulm\n")
    assert "there is no clinic Ulm" in furnished("import", str(file))
    assert [line["what"] for line in furnished("import", str(file), "--dry-run")] == ["fault", "new"]
    assert [line["name"] for line in furnished("import", str(file), "--skip-bad")] == ["A"]


@pytest.mark.parametrize(
    "content",
    [
        b"name,email,clinic\n" + b"A" * 200_000 + b",a@x.example,Kiel\n",
        b"name,email,clinic\nA\x1b[31m,a@x.example,Kiel\n",
        b"name,email,clinic\n" + b"A" * 101 + b",a@x.example,Kiel\n",
        b"name,email,clinic\nA\0,a@x.example,Kiel\n",
        b"PK\x03\x04" + bytes(range(256)) * 10,
        b"name,email,clinic\n" + b"A,a@x.example,Kiel\n" * 600_000,
        b'"name,email,clinic',
        b"",
    ],
    ids=["field", "escape", "name", "zero", "archive", "size", "quote", "empty"],
)
def test_a_hostile_file_of_people_is_refused_in_a_sentence(furnished: Admin, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "people.csv"
    file.write_bytes(content)
    assert str(file) in furnished("import", str(file))
    assert len(furnished("list")) == 2


def test_groups_are_joined_and_left(furnished: Admin) -> None:
    furnished("add-person", "A", "a@x.example", "--clinic", "Kiel")
    assert "not in North" in furnished("leave-group", "a@x.example", "North")
    (joined,) = furnished("join-group", "a@x.example", "North")
    assert joined["left_on"] is None
    assert "already" in furnished("join-group", "a@x.example", "North")
    (left,) = furnished("leave-group", "A@X.example", "North")
    assert left["left_on"] == joined["joined_on"]
    assert "There is no group South; there are North." in furnished("join-group", "a@x.example", "South")


def test_numbers_are_set_on_every_level(furnished: Admin) -> None:
    furnished("set-policy", "reviewers_per_case=3", "repeat_weight=50")
    furnished("set-policy", "repeat_weight=70", "load_before_repeats=true", "reminder_time=08:30", "--group", "North")
    lines = {line["name"]: line for line in furnished("policy", "--group", "North")}
    assert (lines["reviewers_per_case"]["value"], lines["reviewers_per_case"]["source"]) == (3, "organisation")
    assert (lines["repeat_weight"]["value"], lines["repeat_weight"]["source"]) == (70, "group")
    assert lines["reminder_time"]["value"] == "08:30:00"
    assert lines["cap_icbt"]["source"] == "default"
    furnished("set-policy", "repeat_weight=", "--group", "North")
    assert {line["name"]: line["value"] for line in furnished("policy", "--group", "North")}["repeat_weight"] == 50


def test_every_change_of_a_rule_or_role_is_a_line_of_the_trail(furnished: Admin, tmp_path: Path) -> None:
    """Who, which field, from what to what; no name and no text."""
    furnished("add-person", "Therapist A", "a@clinic.example", "--clinic", "Kiel", "--roles", "therapist")
    furnished("set-policy", "anonymity=open", "reviewers_per_case=3", "--group", "North")
    furnished("set-policy", "anonymity=", "--group", "North")
    furnished("set-roles", "a@clinic.example", "therapist", "supervisor")
    furnished("set-duty", "Kiel", "--duty", "a@clinic.example")
    furnished("set-themes", "Sleep of somebody", "Grief")
    with closing(sqlite3.connect(tmp_path / "clinic.sqlite3")) as database:
        rows = database.execute("select what, subject, detail from audit_entry order by number").fetchall()
        (group,) = database.execute('select id from "group"').fetchone()
        (person,) = database.execute("select id from person").fetchone()
        (clinic,) = database.execute("select id from clinic").fetchone()
    lines = [(what, subject, json.loads(detail)) for what, subject, detail in rows]
    assert all(detail.pop("login") for _, _, detail in lines)
    made = [line for line in lines if line[0] == "place_changed"]
    assert {(subject, detail["change"]) for _, subject, detail in made} == {(clinic, "added"), (group, "added")}
    lines = [line for line in lines if line not in made]
    assert lines[:5] == [
        ("person_added", person, {"roles": "therapist"}),
        ("policy_changed", group, {"anonymity": "- -> open", "reviewers_per_case": "- -> 3"}),
        ("policy_changed", group, {"anonymity": "open -> -"}),
        ("role_changed", person, {"roles": "therapist -> supervisor therapist"}),
        ("role_changed", clinic, {"duty": f"- -> {person}", "deputy": "- -> -"}),
    ]
    assert lines[5][0] == "policy_changed"
    assert "Sleep" not in repr(lines)


def test_a_mistaken_number_changes_nothing(furnished: Admin) -> None:
    said = furnished("set-policy", "reviewers_per_case=9", "colour=red", "cap_icbt=4", "--group", "North")
    assert "Nothing was changed" in said
    assert "group.reviewers_per_case" in said
    assert "group.colour" in said
    assert all(line["source"] == "default" for line in furnished("policy", "--group", "North"))
    assert "write it like" in furnished("set-policy", "reviewers_per_case")


def test_a_name_stands_for_one(furnished: Admin) -> None:
    assert "already" in furnished("add-group", "North", "--timezone", "Europe/Berlin")
    assert "already" in furnished("add-clinic", "Kiel", "--country", "DE", "--timezone", "Europe/Berlin")
    assert "no time zone" in furnished("add-group", "South", "--timezone", "Kiel")
    assert "holidays" in furnished("add-clinic", "Nowhere", "--country", "XX", "--timezone", "UTC")


@pytest.fixture
def mailed(furnished: Admin, tmp_path: Path) -> Iterator[Admin]:
    """The same with a mail relay, so that people can be told something."""
    with relay.threaded() as there, (tmp_path / "intervision.toml").open("a", encoding="utf-8") as config:
        config.write('[adapters.web]\n[adapters.email]\nhost = "127.0.0.1"\nsecurity = "none"\n')
        config.write(f'port = {there.port}\nsender = "bot@clinic.example"\n')
        config.flush()
        yield furnished


def test_check_sends_a_test_mail_where_it_is_asked_to(
    mailed: Admin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = checked(tmp_path, monkeypatch, capsys, "--mail", "it@clinic.example", fails=True)
    assert "A test mail was handed over for it@clinic.example" in said
    (tmp_path / "intervision.toml").write_text(
        (tmp_path / "intervision.toml").read_text().partition("[adapters.email]")[0]
    )
    assert "no mail can be sent from here" in checked(
        tmp_path, monkeypatch, capsys, "--mail", "x@y.example", fails=True
    )


def checked(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *options: str,
    fails: bool = False,
) -> str:
    """What `intervision check` says, and whether it calls the installation ready."""
    capsys.readouterr()
    monkeypatch.setattr(sys, "argv", ["intervision", "check", "--config", str(tmp_path / "intervision.toml"), *options])
    with pytest.raises(SystemExit) as ended:
        main()
    structlog.reset_defaults()
    assert bool(ended.value.code) == fails
    return capsys.readouterr().out


def test_check_names_clinics_without_duty_or_number_and_the_remedy(
    mailed: Admin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def check(*, fails: bool) -> str:
        return checked(tmp_path, monkeypatch, capsys, fails=fails)

    mailed("add-clinic", "Lund", "--country", "SE", "--timezone", "Europe/Stockholm")
    remedy = 'Remedy: run: intervision admin set-duty "{}" --'
    clinics = [told for told in check(fails=True).splitlines() if told.startswith(("Kiel", "Lund"))]
    assert clinics == [
        f"Kiel: nobody is on duty when a risk concern is raised. {remedy.format('Kiel')}duty ADDRESS --deputy ADDRESS.",
        f"Lund: nobody is on duty when a risk concern is raised. {remedy.format('Lund')}duty ADDRESS --deputy ADDRESS.",
        f"Lund: there is no telephone number to show when there is a risk. {remedy.format('Lund')}phone NUMBER.",
    ]
    mailed("add-person", "Supervisor", "s@clinic.example", "--clinic", "Kiel", "--roles", "supervisor")
    for clinic in ("Kiel", "Lund"):
        mailed("set-duty", clinic, "--duty", "s@clinic.example", "--phone", "+49 431 2")
    walls, everything = check(fails=False).splitlines()
    assert walls.startswith("Walls around the anonymisation gate")
    assert everything == "Everything is in order."
    mailed("add-person", "Officer", "p@clinic.example", "--clinic", "Kiel", "--roles", "dpo therapist")
    assert "Officer: is data-protection officer and takes part" in check(fails=False)
    mailed("add-person", "Second", "t@clinic.example", "--clinic", "Kiel", "--roles", "supervisor")
    said = mailed("set-roles", "s@clinic.example", "therapist")
    assert "Kiel: Supervisor is named for duty and is no supervisor" in check(fails=True), said


def test_check_names_groups_that_ask_for_second_looks_and_have_nobody_for_a_supervisors_own_case(
    mailed: Admin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    mailed("add-group", "Asking", "--timezone", "Europe/Berlin")
    mailed("set-policy", "second_look=always", "--group", "Asking")
    mailed("add-person", "One", "one@clinic.example", "--clinic", "Kiel", "--roles", "supervisor")
    mailed("set-duty", "Kiel", "--duty", "one@clinic.example")
    assert "Asking: second looks are asked for" in checked(tmp_path, monkeypatch, capsys)
    mailed("add-person", "Two", "two@clinic.example", "--clinic", "Kiel", "--roles", "supervisor")
    assert "second looks" not in checked(tmp_path, monkeypatch, capsys)


def test_check_refuses_a_clinic_where_nobody_can_be_told_anything(
    furnished: Admin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    furnished("add-person", "One", "one@clinic.example", "--clinic", "Kiel", "--roles", "supervisor")
    furnished("set-duty", "Kiel", "--duty", "one@clinic.example")
    assert checked(tmp_path, monkeypatch, capsys, fails=True).partition("\n")[2] == (
        "adapters: neither e-mail nor a chat is connected: no sign-in link, reminder or risk alert reaches anybody. "
        "Remedy: configure [adapters.email], [adapters.slack] or [adapters.teams].\n"
    )


def test_the_anonymity_of_a_group_is_printed_for_each_member(
    furnished: Admin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(8):
        furnished("add-person", f"Member {number}", f"m{number}@clinic.example", "--clinic", "Kiel", "--group", "North")
    config = str(tmp_path / "intervision.toml")
    for more in ([], ["--json"]):
        monkeypatch.setattr(sys, "argv", ["intervision", "anonymity", "North", *more, "--config", config])
        with pytest.raises(SystemExit) as ended:
            main()
        structlog.reset_defaults()
        assert not ended.value.code
    said = capsys.readouterr().out
    assert "Member 3                                 5           -          5    8" in said
    rows = json.loads(said[said.index("[") :])
    assert {(row["by_reviewers"], row["of"]) for row in rows} == {(5, 8)}
