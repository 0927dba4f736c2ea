"""Dates by their grammar, ages in words, numbers after a label; and what a question is about stays readable."""

from __future__ import annotations

import pytest

from bot.anonymise import Gate, GateSettings, Sensitive

GATE = Gate(GateSettings())


def shown(text: str, lang: str) -> str:
    return GATE.examine({"x": Sensitive(text)}, lang=lang).redact()["x"].text


DATES = [
    # language, what is a date, wholly
    ("en", "14.iv.2024"),
    ("en", "14 IV 2024"),
    ("en", "7-Nov-2024"),
    ("en", "14th Agust"),
    ("en", "3rd Apirl 2025"),
    ("en", "1/4"),
    ("en", "3rd of the 4th"),
    ("en", "2020-06-20 14:11:22"),
    ("en", "twenty-first of March"),
    ("en", "March fourteenth"),
    ("en", "Sept. 4, 2023"),
    ("en", "3.3.2O24"),
    ("en", "l2.03.2024"),
    ("en", "03/2024"),
    ("en", "2024-03"),
    ("de", "04-09-'79"),
    ("de", "04-09-’79"),
    ("de", "5. März2024"),
    ("de", "10/63"),
    ("de", "dritten Mai"),
    ("de", "5.10.-10.10.21"),
    ("de", "1. Jänner 2020"),
    ("de", "3. 4. 2024"),
    ("da", "9/5 -25"),
    ("da", "tredje april"),
    ("da", "sidste dag i marts"),
    ("da", "enogtyvende maj"),
    ("nb", "tolvte mai"),
    ("nb", "siste mars"),
    ("nb", "tjueførste mars"),
    ("sv", "91-02-23"),
    ("sv", "3:e april"),
    ("sv", "tjugoförsta mars"),
    ("nl", "3 mrt. 2024"),
    ("nl", "eenentwintigste maart"),
]


@pytest.mark.parametrize(("lang", "date"), DATES)
def test_a_date_goes_whole_in_every_form(lang: str, date: str) -> None:
    around = {"en": "Seen on", "de": "Krank seit", "da": "Skrev den", "nb": "Skrev", "sv": "Skrev", "nl": "Belde op"}[
        lang
    ]
    assert shown(f"{around} {date}.", lang) == f"{around} [DATE 1]."


NO_DATES = [
    (
        "en",
        "PHQ-9 9/27, GAD-7 14/21, step 4 may help, did 3/7 exercises, 5/7 nights, 1/2 tablet, week 4/10, 24/7, 50/50.",
    ),
    ("en", "Slept 6/10, did 2/4 tasks; it may 9 times of ten be worry."),
    ("de", "PHQ-9 9/27 und 1-0-1, Woche 4/8."),
    ("sv", "MADRS-S 18/54, vecka 3/10."),
]


@pytest.mark.parametrize(("lang", "text"), NO_DATES)
def test_scores_and_counts_are_no_dates(lang: str, text: str) -> None:
    assert shown(text, lang) == text


OLD = [
    ("en", "She is ninety-four.", "She is [AGE 90+]."),
    ("en", "He turned ninety.", "He turned [AGE 90+]."),
    ("en", "A woman in her nineties.", "A woman in her [AGE 90+]."),
    ("de", "Die vierundneunzigjährige Mutter.", "Die [AGE 90+] Mutter."),
    ("de", "Sie ist zweiundneunzig.", "Sie ist [AGE 90+]."),
    ("da", "Hun er fireoghalvfems år, han fem og halvfems.", "Hun er [AGE 90+] år, han [AGE 90+]."),
    ("nb", "Hun er fire og nitti år.", "Hun er [AGE 90+] år."),
    ("nl", "Ze is vierennegentig jaar.", "Ze is [AGE 90+] jaar."),
    ("sv", "Hon är nittiofyra år.", "Hon är [AGE 90+] år."),
    (
        "en",
        "Ninety minutes, ninety-five percent, one hundred times.",
        "Ninety minutes, ninety-five percent, one hundred times.",
    ),
    ("da", "halvfems procent og hundrede gange", "halvfems procent og hundrede gange"),
]


@pytest.mark.parametrize(("lang", "text", "read"), OLD)
def test_ninety_and_more_is_found_in_words(lang: str, text: str, read: str) -> None:
    assert shown(text, lang) == read


LABELLED = [
    ("de", "Liegt auf Station A31, Zi. 119.", "Liegt auf Station [ID 1], Zi. [ID 2]."),
    ("de", "Az. 4 F 231/25 liegt vor.", "Az. [ID 1] liegt vor."),
    ("en", "Ward 7B since Monday.", "Ward [ID 1] since Monday."),
    ("en", "Incident no. K-2024/70215-B. GAD-7 14 today.", "Incident no. [ID 1]. GAD-7 14 today."),
    ("nl", "Zaaknummer C/16/2024.", "Zaaknummer [ID 1]."),
    ("sv", "Mål nr T 1234-24 pågår.", "Mål nr [ID 1] pågår."),
    ("nb", "Medlemsnummer 77 er mitt.", "Medlemsnummer [ID 1] er mitt."),
    ("da", "Sag nr. 12/3456 er åben.", "Sag nr. [ID 1] er åben."),
]


@pytest.mark.parametrize(("lang", "text", "read"), LABELLED)
def test_what_a_label_announces_goes_and_no_more(lang: str, text: str, read: str) -> None:
    assert shown(text, lang) == read


READABLE = [
    ("en", "OQ-45 71, SCL-90 140, K10 31, WHO-5: 32 %, CORE-OM 1.8 and PHQ-9 17 -> 11. BP 120/80, 118/75 mmHg."),
    ("en", "Sertraline 50 mg 1-0-1, me1atonin and zopic1one; F41.1, Lewy body, Creutzfeldt-Jakob, Viagra."),
    ("en", "We did Worry Time, then Activity Scheduling and the Thought Record. Oh, okay. Yup. Uh-huh, R.I.P."),
    ("de", "Grübelstopp, Gedankenprotokoll und Notfallkoffer; der Lokführer nimmt Risperdal. RR 130/85."),
    ("da", "Bekymringstid og Aktivitetsskema er lavet, MDI 31. Uha, nå."),
    ("nb", "Bekymringstid, Tankeskjema og Kroppsskanning. BDI-II 24."),
    ("nl", "Piekeruur en G-schema gedaan, BSI 1.4, oxazepam 10 mg zo nodig."),
    ("sv", "Orosstund och Andningsankaret gick bra. ISI 21, sedan 14. Jaså."),
]


@pytest.mark.parametrize(("lang", "text"), READABLE)
def test_scores_doses_modules_and_medicines_stay(lang: str, text: str) -> None:
    assert shown(text, lang) == text


@pytest.mark.parametrize(
    ("lang", "text", "town"),
    [
        ("de", "Er wohnt in 9020 Klagenfurt, früher Wien und Belgrad.", town)
        for town in ("9020", "Klagenfurt", "Wien", "Belgrad")
    ]
    + [
        ("nl", "Ze komt uit Antwerpen.", "Antwerpen"),
        ("da", "Han er fra Tórshavn, før Nuuk.", "Tórshavn"),
        ("sv", "Flyttade från Helsingfors till Mariehamn.", "Mariehamn"),
        ("en", "Born in Galway, grew up in Warszawa.", "Warszawa"),
        ("de", "Sie stammt aus Damaskus.", "Damaskus"),
    ],
)
def test_towns_of_the_world_are_places(lang: str, text: str, town: str) -> None:
    assert town not in shown(text, lang)


@pytest.mark.parametrize("name", ["Małgorzata", "Stanisława", "Grażyna", "Bożena", "Şebnem", "Çağla", "Đorđe"])
def test_a_name_is_known_with_its_diacritics(name: str) -> None:
    found = GATE.examine({"x": Sensitive(f"yesterday {name} wrote")}, lang="en").fields["x"].findings
    assert [(f.cls, f.tier) for f in found] == [("NAME", "auto")]


HOMES = [
    ("en", "Lives at Flat 3B, Larch House, 22 Potter's Yard.", ("3B", "Larch", "Potter")),
    ("en", "Write to PO Box 123, or to 4 Mill Road, Apt 12, Leeds, England.", ("123", "Mill", "12", "England")),
    ("da", "Bor Fjordgården 3, 2. th. Opgang C, lejl. 4.", ("Fjordgården", "2. th", "lejl. 4")),
    ("nl", "Woont op etage 2-hoog, nr 37.", ("2-hoog", "37")),
    ("de", "Wohnt in der Lindenzeile 5, 3. OG links, Whg. 12.", ("Lindenzeile", "3. OG", "Whg. 12")),
    ("sv", "Bor på Björkängen 14, 3 tr, lgh 1103, uppg. B.", ("Björkängen", "3 tr", "1103", "uppg. B")),
    ("nb", "Bor i Solgrenda 5, H0201, oppgang B.", ("Solgrenda", "H0201", "oppgang B")),
]


@pytest.mark.parametrize(("lang", "text", "parts"), HOMES)
def test_an_address_goes_with_its_flat_floor_and_house(lang: str, text: str, parts: tuple[str, ...]) -> None:
    read = shown(text, lang)
    assert [part for part in parts if part in read] == []


@pytest.mark.parametrize(
    "text",
    [
        "He has a flat 3 times bigger.",
        "A bus 12 came, floor 2 of the plan, number 9 on the PHQ-9.",
        "Week nummer 12 of 14.",
    ],
)
def test_what_only_sounds_like_a_flat_stays(text: str) -> None:
    assert shown(text, "en") == text


KINDS = [
    ("en", "She works for Brightwater Mills.", "ORGANISATION"),
    ("en", "I work for Aunt Bertha Inc now.", "ORGANISATION"),
    ("en", "He is a paralegal at Hartwell & Finch.", "ORGANISATION"),
    ("de", "Er ist Bundesfreiwilliger im Zoo Rostock.", "ORGANISATION"),
    ("en", "She lives in Boston now.", "PLACE"),
    ("nb", "Hun er sykepleier i Tromsø.", "PLACE"),
    ("en", "The NHS number 943 476 5919 is here.", "ID"),
    ("en", "Ring 07700 900123 today.", "PHONE"),
    ("en", "Yesterday Peter Banks rang.", "PERSON"),
]


@pytest.mark.parametrize(("lang", "text", "kind"), KINDS)
def test_a_finding_is_called_what_it_is(lang: str, text: str, kind: str) -> None:
    assert f"[{kind} 1" in shown(text, lang)


ODD = [
    ("en", "Call (579)888-3058 x12 today.", "x12"),
    ("en", "See t.me/xname there.", "t.me"),
    ("en", "It was at 51.5074, -0.1278.", "51.5074"),
    ("en", "The phone is 00:1A:2B:3C:4D:5E.", "1A"),
    ("en", "Z o e rang, and H4rtl3y too.", "Z o e"),
    ("en", "Z o e rang, and H4rtl3y too.", "H4rtl3y"),
    ("en", "She lives in LS6 now.", "LS6"),
    ("en", "They live at 4, The Paddocks.", "4, The"),
    ("en", "The house is 35 Hilden Boulevard, Dursley OA6A 8IE.", "8IE"),
    ("en", "Write to Castle Terrace, TD15 1ML.", "1ML"),
    ("da", "Han er tømrer hos Jensen & Søn A/S.", "A/S"),
]


@pytest.mark.parametrize(("lang", "text", "part"), ODD)
def test_odd_forms_of_identifiers_go(lang: str, text: str, part: str) -> None:
    assert part not in shown(text, lang)


@pytest.mark.parametrize(
    "text", ["Ah, I. I think so.", "Friday-Sunday was calm.", "Unit 3 of the course.", "R.I.P., he said."]
)
def test_chat_and_course_words_stay(text: str) -> None:
    assert shown(text, "en") == text


TIMES = [
    ("de", "Nächster Termin Di 27.2. 14:30.", "Nächster Termin Di [DATE 1] 14:30."),
    ("en", "Sleep window 0100-0630, ISI 22.", "Sleep window 0100-0630, ISI 22."),
    ("sv", "Jobbar på ICA Maxi Barkarby. Orosstund 5/7.", "Jobbar på [ORGANISATION 1]. Orosstund 5/7."),
]


@pytest.mark.parametrize(("lang", "text", "read"), TIMES)
def test_the_time_and_the_next_sentence_stay(lang: str, text: str, read: str) -> None:
    assert shown(text, lang) == read
