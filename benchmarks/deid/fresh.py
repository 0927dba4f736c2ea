"""Fresh notes from a seed: our own sentences filled with names, towns and firms of mimesis.

mimesis is no source of the word lists. What other seeds missed was looked at while the recognisers were improved, so
the sentences are tuned on and only this seed's fillings are unseen. Every fourth note is in small letters, every eighth
in capitals.
"""

from __future__ import annotations

import random
from dataclasses import replace

from benchmarks.deid.notes import Note, marked, without_offsets_moved

SENTENCES: dict[str, list[str]] = {
    "en": [
        "My client [NAME|{first} {last}] has been with us for five weeks now.",
        "[NAME|{first}] lives in [PLACE|{city}] with a partner called [NAME|{other}].",
        "The GP, Dr [NAME|{last2}], wrote on [DATE|{date}].",
        "Rang twice on [PHONE|{phone}], no answer.",
        "Writes from [EMAIL|{email}] when the platform is down.",
        "Used to work for [ORG|{company}] and still dreams about it.",
        "The sister, [NAME|{other2}], is a nurse in [PLACE|{city2}].",
        "Last message was on [DATE|{short}], two lines only.",
        "The NHS number [ID|{id}] stood in the attachment.",
        "On the forum the name is [USERNAME|{user}].",
        "Studied at [ORG|{uni}] before the illness.",
        "The house is [ADDRESS|{address}], [PLACE|{city}] [POSTCODE|{postcode}].",
    ],
    "da": [
        "Min klient [NAME|{first} {last}] har været med i fem uger nu.",
        "[NAME|{first}] bor i [PLACE|{city}] sammen med [NAME|{other}].",
        "Egen læge, [NAME|{last2}], skrev den [DATE|{date}].",
        "Har ringet to gange på [PHONE|{phone}] uden svar.",
        "Skriver fra [EMAIL|{email}], når platformen er nede.",
        "Arbejdede før hos [ORG|{company}] og drømmer stadig om det.",
        "Søsteren [NAME|{other2}] er sygeplejerske i [PLACE|{city2}].",
        "Sidste besked kom d. [DATE|{short}], kun to linjer.",
        "Cpr-nummeret [ID|{id}] stod i bilaget.",
        "På forummet er navnet [USERNAME|{user}].",
        "Læste på [ORG|{uni}] før sygdommen.",
        "Adressen er [ADDRESS|{address}], [POSTCODE|{postcode}] [PLACE|{city}].",
    ],
    "de": [
        "Meine Klientin [NAME|{first} {last}] ist seit fünf Wochen dabei.",
        "[NAME|{first}] wohnt in [PLACE|{city}], zusammen mit [NAME|{other}].",
        "Der Hausarzt Dr. [NAME|{last2}] schrieb am [DATE|{date}].",
        "Zweimal unter [PHONE|{phone}] angerufen, keine Antwort.",
        "Schreibt von [EMAIL|{email}], wenn die Plattform ausfällt.",
        "Arbeitete früher bei [ORG|{company}] und träumt noch davon.",
        "Die Schwester [NAME|{other2}] ist Krankenschwester in [PLACE|{city2}].",
        "Die letzte Nachricht kam am [DATE|{short}], nur zwei Zeilen.",
        "Die Steuer-ID [ID|{id}] stand im Anhang.",
        "Im Forum lautet der Name [USERNAME|{user}].",
        "Hat vor der Krankheit an der [ORG|{uni}] studiert.",
        "Die Anschrift ist [ADDRESS|{address}], [POSTCODE|{postcode}] [PLACE|{city}].",
    ],
    "nb": [
        "Klienten min [NAME|{first} {last}] har vært med i fem uker nå.",
        "[NAME|{first}] bor i [PLACE|{city}] sammen med [NAME|{other}].",
        "Fastlegen, [NAME|{last2}], skrev [DATE|{date}].",
        "Har ringt to ganger på [PHONE|{phone}] uten svar.",
        "Skriver fra [EMAIL|{email}] når plattformen er nede.",
        "Jobbet før hos [ORG|{company}] og drømmer fortsatt om det.",
        "Søsteren [NAME|{other2}] er sykepleier i [PLACE|{city2}].",
        "Siste melding kom [DATE|{short}], bare to linjer.",
        "Fødselsnummeret [ID|{id}] sto i vedlegget.",
        "På forumet er navnet [USERNAME|{user}].",
        "Studerte ved [ORG|{uni}] før sykdommen.",
        "Adressen er [ADDRESS|{address}], [POSTCODE|{postcode}] [PLACE|{city}].",
    ],
    "nl": [
        "Mijn cliënt [NAME|{first} {last}] doet nu vijf weken mee.",
        "[NAME|{first}] woont in [PLACE|{city}], samen met [NAME|{other}].",
        "De huisarts, dokter [NAME|{last2}], schreef op [DATE|{date}].",
        "Twee keer gebeld naar [PHONE|{phone}], geen gehoor.",
        "Schrijft vanaf [EMAIL|{email}] als het platform eruit ligt.",
        "Werkte vroeger bij [ORG|{company}] en droomt er nog van.",
        "De zus, [NAME|{other2}], is verpleegkundige in [PLACE|{city2}].",
        "Het laatste bericht kwam op [DATE|{short}], maar twee regels.",
        "Het BSN [ID|{id}] stond in de bijlage.",
        "Op het forum is de naam [USERNAME|{user}].",
        "Studeerde aan [ORG|{uni}] voor de ziekte.",
        "Het adres is [ADDRESS|{address}], [POSTCODE|{postcode}] [PLACE|{city}].",
    ],
    "sv": [
        "Min klient [NAME|{first} {last}] har varit med i fem veckor nu.",
        "[NAME|{first}] bor i [PLACE|{city}] tillsammans med [NAME|{other}].",
        "Husläkaren, [NAME|{last2}], skrev den [DATE|{date}].",
        "Har ringt två gånger på [PHONE|{phone}] utan svar.",
        "Skriver från [EMAIL|{email}] när plattformen ligger nere.",
        "Jobbade förr hos [ORG|{company}] och drömmer fortfarande om det.",
        "Systern [NAME|{other2}] är sjuksköterska i [PLACE|{city2}].",
        "Sista meddelandet kom [DATE|{short}], bara två rader.",
        "Personnumret [ID|{id}] stod i bilagan.",
        "På forumet är namnet [USERNAME|{user}].",
        "Pluggade på [ORG|{uni}] före sjukdomen.",
        "Adressen är [ADDRESS|{address}], [POSTCODE|{postcode}] [PLACE|{city}].",
    ],
}
HARMLESS: dict[str, list[str]] = {
    "en": [
        "PHQ-9 fell from 17 to 11, GAD-7 is 9.",
        "Week 5 of 10, module 3 is half done.",
        "I thought of Beck and of Padesky's four questions.",
        "Would you shorten the exposure or wait until Thursday?",
    ],
    "da": [
        "PHQ-9 faldt fra 17 til 11, GAD-7 er 9.",
        "Uge 5 af 10, modul 3 er halvt færdigt.",
        "Jeg tænkte på Beck og på Padeskys fire spørgsmål.",
        "Ville I gøre eksponeringen kortere eller vente til torsdag?",
    ],
    "de": [
        "PHQ-9 sank von 17 auf 11, GAD-7 liegt bei 9.",
        "Woche 5 von 10, Modul 3 ist halb fertig.",
        "Ich dachte an Beck und an die vier Fragen von Padesky.",
        "Würdet ihr die Exposition kürzen oder bis Donnerstag warten?",
    ],
    "nb": [
        "PHQ-9 falt fra 17 til 11, GAD-7 er 9.",
        "Uke 5 av 10, modul 3 er halvferdig.",
        "Jeg tenkte på Beck og på Padeskys fire spørsmål.",
        "Ville dere gjøre eksponeringen kortere eller vente til torsdag?",
    ],
    "nl": [
        "PHQ-9 zakte van 17 naar 11, GAD-7 is 9.",
        "Week 5 van 10, module 3 is half af.",
        "Ik dacht aan Beck en aan de vier vragen van Padesky.",
        "Zouden jullie de exposure korter maken of wachten tot donderdag?",
    ],
    "sv": [
        "PHQ-9 sjönk från 17 till 11, GAD-7 är 9.",
        "Vecka 5 av 10, modul 3 är halvfärdig.",
        "Jag tänkte på Beck och på Padeskys fyra frågor.",
        "Skulle ni korta exponeringen eller vänta till torsdag?",
    ],
}
_LOCALES = {"en": "en-gb", "da": "da", "de": "de", "nb": "no", "nl": "nl", "sv": "sv"}
_IDS = {
    "en": ("943 476 5919", "485 777 3456"),
    "da": ("070761-4285", "211062-5629"),
    "de": ("86095742719", "57 549 285 017"),
    "nb": ("15108695088", "01010750160"),
    "nl": ("111222333", "1234 56 782"),
    "sv": ("811218-9876", "19811218-9876"),
}
"""Right check digits from the formats' own documentation and the authorities' test series."""
_SHORT = {
    "en": "{d}/{m}",
    "da": "{d}/{m}",
    "de": "{d}.{m}.",
    "nb": "{d}/{m}",
    "nl": "{d}-{m}",
    "sv": "{d}/{m}",
}


def fresh_notes(seed: int, count: int) -> list[Note]:
    """So many notes, the languages in turn; the same seed makes the same notes."""
    rng = random.Random(seed)
    return [_note(rng, number, sorted(SENTENCES)[number % len(SENTENCES)]) for number in range(count)]


def _note(rng: random.Random, number: int, lang: str) -> Note:
    filled = slots(rng, lang)
    sentences = rng.sample(SENTENCES[lang], 6) + rng.sample(HARMLESS[lang], 2)
    rng.shuffle(sentences)
    body = " ".join(sentences).format(**filled)
    note = replace(marked(f"fresh-{number}", lang, body))
    if number % 4 == 3:
        return without_offsets_moved("lower", note)
    return without_offsets_moved("upper", note) if number % 8 == 6 else note


def slots(rng: random.Random, lang: str) -> dict[str, str]:
    """Fillings of one note: names, town, firm, numbers of nobody."""
    from mimesis import Address, Finance, Person
    from mimesis.locales import Locale

    locale, seed = Locale(_LOCALES[lang]), rng.randrange(10**9)
    person, address, firm = Person(locale, seed=seed), Address(locale, seed=seed), Finance(locale, seed=seed)
    day, month, year = rng.randint(13, 28), rng.randint(1, 12), rng.randint(2024, 2026)
    number = rng.randint(1, 180)
    street = address.street_name()
    return {
        "first": person.first_name(),
        "last": person.last_name(),
        "last2": person.last_name(),
        "other": person.first_name(),
        "other2": person.first_name(),
        "city": address.city(),
        "city2": address.city(),
        "postcode": address.postal_code(),
        "address": f"{number} {street} {address.street_suffix()}" if lang == "en" else f"{street} {number}",
        "company": firm.company(),
        "uni": person.university(),
        "phone": _phone(rng, lang),
        "email": person.email(domains=["example.org"]),
        "user": person.username(mask="l_l_d"),
        "id": rng.choice(_IDS[lang]),
        "date": f"{year}-{month:02}-{day}" if rng.random() < 0.3 else f"{day}.{month}.{year}",
        "short": _SHORT[lang].format(d=day, m=month),
    }


def _phone(rng: random.Random, lang: str) -> str:
    """Drama ranges and numbers nobody has, in the country's spacing."""
    tail = f"{rng.randint(0, 999):03}"
    return {
        "en": f"07700 900{tail}",
        "da": f"35 55 {tail[0]}1 {tail[1:]}",
        "de": f"0171 3920{tail}",
        "nb": f"915 0{tail[0]} {tail}",
        "nl": f"06 1234 5{tail}",
        "sv": f"070 1740 {tail}",
    }[lang]
