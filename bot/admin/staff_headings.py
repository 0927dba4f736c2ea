"""Which column of a staff file is which, in six languages and as chats, directories and staff systems export it.

A heading means what stands here, whatever its case, accents and punctuation. `WEAK` ones are taken for a column only
where every value in them is known (an office that is a clinic), because elsewhere the same word means something else.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import lru_cache

__all__ = ["COLUMNS", "HEADINGS", "ROLE_WORDS", "WEAK", "plain_word"]

COLUMNS = (
    "name",
    "first_name",
    "last_name",
    "email",
    "clinic",
    "group",
    "roles",
    "language",
    "languages",
    "timezone",
    "experienced_since",
    "fte",
    "personnel_id",
    "status",
    "blocked",
)
"""What is read. `first_name` and `last_name` stand for `name`; `status` and `blocked` say who is not active."""

_LETTERS = str.maketrans(
    {"å": "aa", "ä": "ae", "æ": "ae", "ø": "oe", "ö": "oe", "ü": "ue", "ß": "ss", "\u2019": "", "'": ""}
)


@lru_cache(maxsize=50_000)
def plain_word(text: str) -> str:
    """Lower case, no accents, no punctuation, single blanks: "E-Mail [Required]" → "e mail required"."""
    spelled = unicodedata.normalize("NFC", text).casefold().translate(_LETTERS)
    bare = "".join(c for c in unicodedata.normalize("NFKD", spelled) if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in bare).split())


def _by_word(meanings: Mapping[str, str]) -> dict[str, str]:
    return {plain_word(word): column for column, words in meanings.items() for word in words.split("|")}


def _by_word_all(meanings: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for column, words in meanings.items():
        for word in map(plain_word, words.split("|")):
            found[word] = (*found.get(word, ()), column)
    return found


HEADINGS: Mapping[str, str] = _by_word(
    {
        "name": "name|full name|fullname|display name|displayname|real name|navn|fulde navn|fuldt navn|visningsnavn|"
        "namn|fullständigt namn|visningsnamn|fullt navn|naam|volledige naam|weergavenaam|anzeigename|"
        "vollständiger name|mitarbeiter|mitarbeiterin|employee|employee name|medarbejder|medarbetare|ansatt|medewerker",
        "first_name": "first name|firstname|given name|givenname|vorname|fornavn|förnamn|voornaam|"
        "first name required|preferred name",
        "last_name": "last name|lastname|surname|family name|sn|nachname|familienname|efternavn|etternavn|efternamn|"
        "achternaam|last name required",
        "email": "email|e mail|mail|email address|e mail address|e mail adresse|mailadresse|e post|epost|e postadresse|"
        "epostadresse|e postadress|epostadress|mejl|mejladress|e mailadres|emailadres|mailadres|primary email|"
        "work email|email address required|geschäftliche e mail|dienstliche e mail|arbejdsmail|arbeids e post",
        "clinic": "clinic|klinik|klinikk|kliniek|praxis|praktijk|ambulanz",
        "group": "group|gruppe|grupp|groep|intervision group|intervisionsgruppe|intervisiegroep|supervisionsgruppe|"
        "handledningsgrupp|veiledningsgruppe",
        "roles": "roles|role|rolle|rollen|roller|roll|rol|roles in intervision",
        "language": "language|preferred language|preferredlanguage|sprache|bevorzugte sprache|sprog|språk|taal|"
        "voorkeurstaal|locale|foretrukket sprog|foretrukket språk|önskat språk",
        "languages": "languages|languages read|reads|reading languages|review languages|languages i read|sprachen|"
        "lesesprachen|liest|læsesprog|læser|leser|lesespråk|läser|läsespråk|leest|leestalen|talen",
        "timezone": "timezone|time zone|zeitzone|tidszone|tidssone|tijdzone|tz",
        "experienced_since": "experienced since|practising since|practicing since|experience since|icbt since|"
        "erfahren seit|berufserfahrung seit|ikvt seit|erfaring siden|ikat siden|ervaring sinds|icgt sinds|"
        "erfarenhet sedan|ikbt sedan|veiledet internettbehandling siden",
        "fte": "fte|full time equivalent|share of full time|part time|percentage|stellenanteil|beschäftigungsgrad|"
        "teilzeit|vzä|vollzeitäquivalent|stillingsprocent|stillingsprosent|stillingsandel|stilling i procent|"
        "årsværk|deltijdfactor|deeltijdfactor|deeltijd|deeltijdpercentage|dienstverband|tjänstgöringsgrad|"
        "sysselsättningsgrad|beskæftigelsesgrad|ansættelsesgrad",
        "personnel_id": "personnel id|personnel number|employee id|employeeid|employee number|staff id|staff number|"
        "personalnummer|personal nr|mitarbeiter id|mitarbeiternummer|medarbejdernummer|medarbejder id|"
        "ansattnummer|ansatt id|anställningsnummer|anställningsnr|medarbetar id|personeelsnummer|medewerker id",
        "status": "status|account status|status read only|employment status|beschäftigungsstatus|accountenabled|"
        "account enabled|kontostatus",
        "blocked": "block credential|blocked|suspended|gesperrt|spærret|sperret|spärrad|geblokkeerd",
    }
)

WEAK: Mapping[str, tuple[str, ...]] = _by_word_all(
    {
        "email": "user principal name|userprincipalname|upn|username|user name|login|benutzername|brugernavn|"
        "brukernavn|användarnamn|gebruikersnaam",
        "clinic": "office|office location|officelocation|location|site|workplace|standort|niederlassung|büro|"
        "arbejdssted|lokation|afdeling|arbeidssted|avdeling|arbetsplats|avdelning|vestiging|locatie|department|"
        "abteilung|org unit path required|org unit path|city|ort|stad|by|sted",
        "group": "team|teams|arbeitsgruppe|department|abteilung|afdeling|avdeling|avdelning",
        "roles": "title|job title|jobtitle|position|stellenbezeichnung|stilling|befattning|functie|funktion|funksjon",
    }
)

ROLE_WORDS: Mapping[str, str] = _by_word(
    {
        "therapist": "therapist|therapists|psychotherapist|therapeut|therapeutin|therapeut in|therapeuten|"
        "psychotherapeut|psychotherapeutin|terapeut|terapeuter|psykoterapeut|behandler|behandlare|behandelaar|"
        "psycholoog|psykolog|psychologist|psychologe|psychologin|internetterapeut",
        "supervisor": "supervisor|supervisors|supervisorin|supervisor in|handledare|veileder|intervisionsleitung",
        "manager": "manager|managers|leitung|leiter|leiterin|leder|chef|enhetschef|avdelingsleder|afdelingsleder|"
        "leidinggevende|führungskraft",
        "dpo": "dpo|data protection officer|datenschutzbeauftragte|datenschutzbeauftragter|databeskyttelsesrådgiver|"
        "personvernombud|dataskyddsombud|functionaris gegevensbescherming|fg|dsb",
        "admin": "admin|administrator|administratorin|administratör|beheerder|verwaltung",
    }
)
_INACTIVE = (
    "deactivated|bot|inactive|suspended|disabled|deleted|blocked|false|no|nein|inaktiv|gesperrt|ausgeschieden|"
    "fratrådt|sluttet|opphørt|avslutad|inactief|uit dienst|onboarding|archived|terminated|left"
)
INACTIVE = frozenset(plain_word(word) for word in _INACTIVE.split("|"))
"""What a status says of somebody who has no access there either."""
YES = frozenset(map(plain_word, ["true", "yes", "1", "ja", "blocked", "suspended", "gesperrt"]))
