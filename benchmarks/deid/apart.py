"""Notes of another make than `fresh.py`: other sentences, every second surname an ordinary word of its language.

Written before the recognisers were last improved. Its sentences were known meanwhile, a few general phrases among them
were taught, and the nine organisations missed in them were read once, so it is less blind than notes of strangers would
be. Surnames such as "Young", "Skov", "Kurz" and "Prins" are usual ones of their countries.
"""

from __future__ import annotations

import random

from benchmarks.deid.fresh import slots
from benchmarks.deid.notes import Note, marked, without_offsets_moved

SENTENCES: dict[str, list[str]] = {
    "en": [
        "[NAME|{first}] says that [NAME|{other}] does not believe in the programme.",
        "Asked whether [NAME|{first}] would talk to [NAME|{other2}]; not yet.",
        "We agreed that [NAME|{first} {last}] rings me on [DATE|{short}].",
        "Mr [NAME|{last2}] from the school called about the homework.",
        "Dad ([NAME|{other2}]) drinks again.",
        "Grew up in [PLACE|{city}] and moved to [PLACE|{city2}] at ten.",
        "Copy to [NAME|{other} {last2}], [EMAIL|{email}], please.",
        "The shifts at [ORG|{company}] begin at five.",
        "[NAME|{first}]'s diary has been empty since [DATE|{date}].",
        "[NAME|{other2}], the neighbour, feeds the cat.",
        "Mobile: [PHONE|{phone}], user name [USERNAME|{user}].",
        "Post goes to [ADDRESS|{address}], [POSTCODE|{postcode}] [PLACE|{city}].",
    ],
    "da": [
        "[NAME|{first}] siger, at [NAME|{other}] ikke tror på programmet.",
        "Spurgte, om [NAME|{first}] ville tale med [NAME|{other2}]; ikke endnu.",
        "Vi aftalte, at [NAME|{first} {last}] ringer til mig den [DATE|{short}].",
        "Hr. [NAME|{last2}] fra skolen ringede om lektierne.",
        "Faren ([NAME|{other2}]) drikker igen.",
        "Voksede op i [PLACE|{city}] og flyttede til [PLACE|{city2}] som tiårig.",
        "Kopi til [NAME|{other} {last2}], [EMAIL|{email}], tak.",
        "Vagterne hos [ORG|{company}] begynder klokken fem.",
        "[NAME|{first}]s dagbog har været tom siden [DATE|{date}].",
        "[NAME|{other2}], naboen, passer katten.",
        "Mobil: [PHONE|{phone}], brugernavn [USERNAME|{user}].",
        "Post sendes til [ADDRESS|{address}], [POSTCODE|{postcode}] [PLACE|{city}].",
    ],
    "de": [
        "[NAME|{first}] sagt, dass [NAME|{other}] nicht an das Programm glaubt.",
        "Gefragt, ob [NAME|{first}] mit [NAME|{other2}] reden würde; noch nicht.",
        "Wir haben vereinbart, dass [NAME|{first} {last}] mich am [DATE|{short}] anruft.",
        "Herr [NAME|{last2}] von der Schule rief wegen der Hausaufgaben an.",
        "Der Vater ([NAME|{other2}]) trinkt wieder.",
        "Aufgewachsen in [PLACE|{city}], mit zehn nach [PLACE|{city2}] gezogen.",
        "Kopie an [NAME|{other} {last2}], [EMAIL|{email}], bitte.",
        "Die Schichten bei [ORG|{company}] beginnen um fünf.",
        "[NAME|{first}]s Tagebuch ist seit dem [DATE|{date}] leer.",
        "[NAME|{other2}], die Nachbarin, füttert die Katze.",
        "Handy: [PHONE|{phone}], Benutzername [USERNAME|{user}].",
        "Post geht an [ADDRESS|{address}], [POSTCODE|{postcode}] [PLACE|{city}].",
    ],
    "nb": [
        "[NAME|{first}] sier at [NAME|{other}] ikke tror på programmet.",
        "Spurte om [NAME|{first}] ville snakke med [NAME|{other2}]; ikke ennå.",
        "Vi avtalte at [NAME|{first} {last}] ringer meg [DATE|{short}].",
        "Herr [NAME|{last2}] fra skolen ringte om leksene.",
        "Faren ([NAME|{other2}]) drikker igjen.",
        "Vokste opp i [PLACE|{city}] og flyttet til [PLACE|{city2}] som tiåring.",
        "Kopi til [NAME|{other} {last2}], [EMAIL|{email}], takk.",
        "Vaktene hos [ORG|{company}] begynner klokka fem.",
        "[NAME|{first}]s dagbok har vært tom siden [DATE|{date}].",
        "[NAME|{other2}], naboen, passer katten.",
        "Mobil: [PHONE|{phone}], brukernavn [USERNAME|{user}].",
        "Post sendes til [ADDRESS|{address}], [POSTCODE|{postcode}] [PLACE|{city}].",
    ],
    "nl": [
        "[NAME|{first}] zegt dat [NAME|{other}] niet in het programma gelooft.",
        "Gevraagd of [NAME|{first}] met [NAME|{other2}] wil praten; nog niet.",
        "We spraken af dat [NAME|{first} {last}] mij op [DATE|{short}] belt.",
        "Meneer [NAME|{last2}] van de school belde over het huiswerk.",
        "De vader ([NAME|{other2}]) drinkt weer.",
        "Opgegroeid in [PLACE|{city}] en als tienjarige naar [PLACE|{city2}] verhuisd.",
        "Kopie aan [NAME|{other} {last2}], [EMAIL|{email}], graag.",
        "De diensten bij [ORG|{company}] beginnen om vijf uur.",
        "Het dagboek van [NAME|{first}] is leeg sinds [DATE|{date}].",
        "[NAME|{other2}], de buurvrouw, voert de kat.",
        "Mobiel: [PHONE|{phone}], gebruikersnaam [USERNAME|{user}].",
        "Post gaat naar [ADDRESS|{address}], [POSTCODE|{postcode}] [PLACE|{city}].",
    ],
    "sv": [
        "[NAME|{first}] säger att [NAME|{other}] inte tror på programmet.",
        "Frågade om [NAME|{first}] ville tala med [NAME|{other2}]; inte än.",
        "Vi kom överens om att [NAME|{first} {last}] ringer mig den [DATE|{short}].",
        "Herr [NAME|{last2}] från skolan ringde om läxorna.",
        "Pappan ([NAME|{other2}]) dricker igen.",
        "Växte upp i [PLACE|{city}] och flyttade till [PLACE|{city2}] som tioåring.",
        "Kopia till [NAME|{other} {last2}], [EMAIL|{email}], tack.",
        "Passen hos [ORG|{company}] börjar klockan fem.",
        "[NAME|{first}]s dagbok har varit tom sedan [DATE|{date}].",
        "[NAME|{other2}], grannen, matar katten.",
        "Mobil: [PHONE|{phone}], användarnamn [USERNAME|{user}].",
        "Posten går till [ADDRESS|{address}], [POSTCODE|{postcode}] [PLACE|{city}].",
    ],
}
HARMLESS: dict[str, list[str]] = {
    "en": [
        "Feels young and strong again, and the long walks in the woods help.",
        "Should the behavioural experiment come before the values work?",
        "ISI 21, then 14; sleep window from midnight to six.",
        "Barlow's protocol says to stay until the fear halves.",
    ],
    "da": [
        "Føler sig ung og stærk igen, og de lange ture i skoven hjælper.",
        "Skal adfærdseksperimentet komme før arbejdet med værdier?",
        "ISI 21, derefter 14; søvnvindue fra midnat til seks.",
        "Barlows manual siger, at man bliver, til angsten er halveret.",
    ],
    "de": [
        "Fühlt sich wieder jung und stark, und die langen Wege im Wald helfen.",
        "Sollte das Verhaltensexperiment vor der Arbeit an Werten kommen?",
        "ISI 21, dann 14; Schlaffenster von Mitternacht bis sechs.",
        "Nach Barlow bleibt man, bis sich die Angst halbiert hat.",
    ],
    "nb": [
        "Føler seg ung og sterk igjen, og de lange turene i skogen hjelper.",
        "Bør atferdseksperimentet komme før arbeidet med verdier?",
        "ISI 21, deretter 14; søvnvindu fra midnatt til seks.",
        "Barlows manual sier at man blir til angsten er halvert.",
    ],
    "nl": [
        "Voelt zich weer jong en sterk, en de lange wandelingen in het bos helpen.",
        "Moet het gedragsexperiment voor het werken met waarden komen?",
        "ISI 21, daarna 14; slaapvenster van middernacht tot zes.",
        "Volgens Barlow blijf je tot de angst gehalveerd is.",
    ],
    "sv": [
        "Känner sig ung och stark igen, och de långa turerna i skogen hjälper.",
        "Ska beteendeexperimentet komma före arbetet med värderingar?",
        "ISI 21, därefter 14; sömnfönster från midnatt till sex.",
        "Barlows manual säger att man stannar tills rädslan halverats.",
    ],
}
WORDS_AS_SURNAMES: dict[str, str] = {
    "en": "Young Long Short Strong Woods Rivers Brooks Fields Stone Bishop Cook Baker Shepherd Page Savage Noble Small",
    "da": "Holm Skov Krog Bjerg Friis Lund Kjær Bach Munk Winther Hald Toft Krag Ravn Hjort Due Falk Vinter",
    "de": "Wolf Koch Braun Kurz Lang Klein Groß Stark Jung Engel Vogel Sommer Winter Busch Berg Kaiser Fuchs Sauer",
    "nb": "Berg Haug Lie Moen Bakke Dal Lund Vik Strand Sand Hagen Li Foss Holm Rud Ness Sund Kvam",
    "nl": "Prins Kok Smit Visser Bakker Mulder Vos Bos Koning Kuiper Post Schipper Blom Vogel Klein Groot Kramer Wolf",
    "sv": "Ström Berg Lind Frisk Modig Rask Stark Björk Sköld Dahl Holm Lund Ek Alm Hall Rosen Falk Lindh",
}


def apart_notes(seed: int, count: int) -> list[Note]:
    """So many notes, the languages in turn; the same seed makes the same notes."""
    rng = random.Random(seed)
    return [_note(rng, number, sorted(SENTENCES)[number % len(SENTENCES)]) for number in range(count)]


def _note(rng: random.Random, number: int, lang: str) -> Note:
    filled = slots(rng, lang)
    for surname in ("last", "last2"):
        if rng.random() < 0.5:
            filled[surname] = rng.choice(WORDS_AS_SURNAMES[lang].split())
    sentences = rng.sample(SENTENCES[lang], 6) + rng.sample(HARMLESS[lang], 2)
    rng.shuffle(sentences)
    body = (" ", "\n- ")[number % 5 == 1].join(sentences).format(**filled)
    note = marked(f"apart-{number}", lang, body)
    if number % 4 == 2:
        return without_offsets_moved("lower", note)
    return without_offsets_moved("upper", note) if number % 8 == 5 else note
