"""Staff files as programs really write them, in every encoding, delimiter and language, and as people break them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.admin.staff_files import Given, Known, StaffFile, read_staff
from bot.domain.person import Role
from bot.errors import SetupError

KNOWN = Known(("Kiel", "Århus", "Lund"), ("North", "Süd"), "da")
KIEL = Given(clinic="Kiel")


def read(text: str, given: Given | None = None, encoding: str = "utf-8") -> StaffFile:
    return read_staff(text.encode(encoding), KNOWN, given)


SLACK = (
    "username,email,status,billing-active,has-2fa,has-sso,userid,fullname,displayname,expiration-timestamp\n"
    "ta,ta@clinic.example,Member,1,1,0,U01,Therapist A,ta,\n"
    "tb,tb@clinic.example,Admin,1,1,0,U02,Therapist B,tb,\n"
    "helper,,Bot,0,0,0,U03,Helper,,\n"
    "gone,tc@clinic.example,Deactivated,0,0,0,U04,Therapist C,tc,\n"
)
ENTRA = (
    "userPrincipalName,displayName,surname,mail,givenName,id,userType,jobTitle,department,accountEnabled,"
    "usageLocation,streetAddress,state,country,officeLocation,city,postalCode,telephoneNumber\n"
    "ta@clinic.example,Therapist A,A,ta@clinic.example,Therapist,0a,Member,Psychologist,,True,DE,,,Germany,Kiel,,,\n"
    "tb@clinic.example,Therapist B,B,,Therapist,0b,Member,Psychologist,iCBT,True,DE,,,Germany,Kiel,,,\n"
    "tc@clinic.example,Therapist C,C,,Therapist,0c,Member,Psychologist,iCBT,False,DE,,,Germany,Kiel,,,\n"
)
MICROSOFT_365 = (
    "Block credential,City,Department,Display name,First name,Last name,Licenses,Object Id,Office,"
    "Preferred language,Title,User principal name,When created\n"
    "False,Kiel,iCBT,Therapist A,Therapist,A,E3,0a,Kiel,de-DE,Psychologist,ta@clinic.example,2020-01-01\n"
    "False,Kiel,iCBT,Therapist B,Therapist,B,E3,0b,Kiel,,Psychologist,tb@clinic.example,2020-01-01\n"
    "True,Kiel,iCBT,Therapist C,Therapist,C,,0c,Kiel,,,tc@clinic.example,2020-01-01\n"
)
GOOGLE = (
    "First Name [Required],Last Name [Required],Email Address [Required],Password [Required],"
    "Org Unit Path [Required],Status [READ ONLY],Last Sign In [READ ONLY],Employee ID,Department\n"
    "Therapist,A,ta@clinic.example,****,/Clinics/Kiel,Active,2027/01/01,17,iCBT\n"
    "Therapist,B,tb@clinic.example,****,/Clinics/Kiel,Active,2027/01/01,18,iCBT\n"
    "Therapist,C,tc@clinic.example,****,/Clinics/Kiel,Suspended,2027/01/01,19,iCBT\n"
)
PERSONIO = (
    "Vorname;Nachname;E-Mail;Position;Standort;Abteilung;Team;Einstellungsdatum;Wochenstunden;Status\n"
    "Therapist;A;ta@clinic.example;Psychologin;Kiel;iKVT;North;01.03.2019;38,5;Aktiv\n"
    "Therapist;B;tb@clinic.example;Psychologe;Kiel;iKVT;North;01.03.2019;20;Aktiv\n"
    "Therapist;C;tc@clinic.example;Psychologe;Kiel;iKVT;North;01.03.2019;20;Inaktiv\n"
)
EXCEL = (
    "sep=;\r\nName;E-Mail-Adresse;Klinik;Gruppe;Rolle;Sprache;Beschäftigungsgrad;Erfahren seit\r\n"
    '"A, Therapist";ta@clinic.example;kiel;SÜD;Therapeutin;Deutsch;80 %;1.3.2020\r\n'
    "Therapist B;tb@clinic.example;Kiel;;Therapeut, Supervisor;dänisch;0,5;\r\n"
)


@pytest.mark.parametrize("text", [SLACK, ENTRA, MICROSOFT_365, GOOGLE, PERSONIO, EXCEL])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_exports_of_six_products_are_read_after_one_question_at_most(text: str, encoding: str) -> None:
    found = read(text, KIEL, encoding)
    assert found.faults == ()
    assert [(row.name, row.email, row.clinic) for row in found.rows] == [
        ("Therapist A", "ta@clinic.example", "Kiel"),
        ("Therapist B", "tb@clinic.example", "Kiel"),
    ]


def test_what_an_office_means_is_taken_only_where_it_is_a_clinic() -> None:
    assert read(ENTRA).rows[0].clinic == "Kiel"  # officeLocation
    with pytest.raises(SetupError, match="--clinic"):
        read(SLACK)
    assert "department" in read(ENTRA).unused
    assert len(read(SLACK, KIEL).inactive) == 2


def test_values_are_read_in_their_local_form() -> None:
    one, two = read(EXCEL, None, "cp1252").rows
    assert (one.group, one.roles, one.language, one.fte) == ("Süd", frozenset({Role.THERAPIST}), "de", 0.8)
    assert one.experienced_since == date(2020, 3, 1)
    assert (two.group, two.language, two.fte) == (None, "da", 0.5)
    assert two.roles == frozenset({Role.THERAPIST, Role.SUPERVISOR})


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    "heads",
    [
        "Navn|E-mail|Klinik|Stillingsprocent|Roller|Sprog",
        "Name|E-Mail|Klinik|Stellenanteil|Rollen|Sprache",
        "Naam|E-mailadres|Kliniek|Deeltijdfactor|Rollen|Taal",
        "Navn|E-post|Klinikk|Stillingsprosent|Roller|Språk",
        "Namn|E-postadress|Klinik|Tjänstgöringsgrad|Roller|Språk",
        "FULL NAME|Email Address|clinic|FTE|roles|language",
    ],
)
def test_headings_of_six_languages_and_every_delimiter(heads: str, delimiter: str) -> None:
    text = (
        delimiter.join(heads.split("|"))
        + "\n"
        + delimiter.join(["T A", "a@x.example", "aarhus", "80%", "therapist", "svensk"])
    )
    (row,) = read(text).rows
    assert (row.clinic, row.fte, row.language) == ("Århus", 0.8, "sv")


@pytest.mark.parametrize(
    ("cell", "share"),
    [("0.8", 0.8), ("0,8", 0.8), ("80 %", 0.8), ("80", 0.8), ("100", 1.0), ("1", 1.0), ("1,0", 1.0), ("12,5%", 0.125)],
)
def test_shares_of_full_time(cell: str, share: float) -> None:
    assert read(f'name,email,fte\nA,a@x.example,"{cell}"\n', KIEL).rows[0].fte == share


@pytest.mark.parametrize(
    ("column", "cell", "fault"),
    [
        ("fte", "38.5", "may be hours"),
        ("fte", "20", "may be hours"),
        ("fte", "120 %", "at most 1"),
        ("fte", "half", "at most 1"),
        ("clinic", "Kil", "do you mean Kiel"),
        ("group", "Nord", "do you mean North"),
        ("roles", "boss", "no role boss"),
        ("language", "French", "is not one of"),
        ("timezone", "Berlin", "no time zone Berlin"),
        ("experienced_since", "3/15/2020", "is not a day"),
        ("experienced_since", "43831", "is not a day"),
        ("email", "a@@x", "is not an address"),
        ("name", "", "name is missing"),
    ],
)
def test_what_cannot_be_read_is_a_fault_with_its_line(column: str, cell: str, fault: str) -> None:
    value = {"name": "A", "email": "a@x.example", "clinic": "Kiel", column: cell}
    text = f"{','.join(value)}\n{','.join(value.values())}\n"
    found = read(text)
    assert found.rows == ()
    assert any(each.startswith("line 2: ") and fault in each for each in found.faults), found.faults


def test_two_rows_of_one_person_are_a_fault() -> None:
    found = read("name,email,personnel id\nA,a@x.example,1\nB,A@X.example,2\nC,c@x.example,1\n", KIEL)
    assert [each.split(":")[0] for each in found.faults] == ["line 3", "line 4"]


def test_time_zones_of_windows_are_known_and_a_title_above_the_headings_is_skipped() -> None:
    text = "Staff of spring,,\n\nname,email,time zone\nA,a@x.example,W. Europe Standard Time\n"
    assert read(text, KIEL).rows[0].timezone == "Europe/Berlin"


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"PK\x03\x04xx", b"just one line", b"a,b,c\n1,2,3\n"])
def test_what_is_no_table_of_people_is_said_in_a_sentence(content: bytes) -> None:
    with pytest.raises(SetupError):
        read_staff(content, KNOWN, KIEL)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = read_staff(f"name;email;{text}\n{text}".encode("utf-8", "replace"), KNOWN, KIEL)
    except SetupError:
        return
    assert all(row.name and "@" in row.email for row in found.rows)
