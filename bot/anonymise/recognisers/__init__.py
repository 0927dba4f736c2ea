"""Recognisers, one subject a file: each reads a passage and says where an identifier stands and how sure it is.

`RECOGNISERS` is their order; a name in it is what `--explain` and a closed gate call the recogniser.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bot.anonymise.finding import Span
from bot.anonymise.recognisers import (
    addresses,
    ages,
    dates,
    dwellings,
    handles,
    homes,
    ids,
    initials,
    names,
    online,
    organisations,
    people,
    phones,
    places,
    plates,
    postcodes,
    unknown,
)
from bot.anonymise.tokens import Passage

Recogniser = Callable[[Passage], Iterator[Span]]

RECOGNISERS: dict[str, Recogniser] = {
    "email": online.emails,
    "url": online.links,
    "iban": ids.ibans,
    "national_id": ids.national_ids,
    "record": ids.records,
    "label": ids.labelled,
    "digits": ids.long_numbers,
    "phone": phones.phones,
    "date": dates.dates,
    "age": ages.ages,
    "plate": plates.plates,
    "postcode": postcodes.postcodes,
    "address": addresses.addresses,
    "dwelling": dwellings.dwellings,
    "home": homes.homes,
    "handle": handles.handles,
    "initials": initials.initials,
    "full_name": people.full_names,
    "name": names.names,
    "place": places.places,
    "organisation": organisations.organisations,
    "unknown": unknown.unknown_words,
    "row": unknown.rows,
}

WHY: dict[str, str] = {
    "email": "the form of an e-mail address",
    "url": "the form of a web address",
    "iban": "an account number whose check digits are right",
    "national_id": "a national or health number whose check digits or birth date are right",
    "record": "a record, case or reference number by its form or the word before it",
    "label": "a number or code after its label: ward, room, court, membership",
    "digits": "more digits in a row than any score or dose has",
    "phone": "a phone number that is possible in one of the six countries, or digits beside 'tel'",
    "date": "a day, a month with its year, or a feast day",
    "age": "an age",
    "plate": "the form of a number plate",
    "postcode": "the form of a postcode, beside a place or a house number",
    "dwelling": "a flat, floor, house name or box",
    "home": "words after 'lives at' in a text without capitals",
    "address": "a street word with a house number",
    "handle": "the form of a user name, or an odd word after 'user name'",
    "initials": "initials where a person is spoken of",
    "title": "a title stands before it",
    "full_name": "a given name or an initial stands beside it",
    "name": "a name by the lists, its capital and the words around it",
    "place": "a listed place, or a word after 'lives in'",
    "organisation": "a head word such as 'school' or 'clinic' with a name, or a word after 'works at'",
    "unknown": "a word with a capital that no list knows",
    "row": "capitalised words in a row, one of them in no list",
    "rampart": "the Rampart model takes it for a name, place or address",
    "tagger": "the product's own tagger takes it for a name, place or organisation",
    "repeated": "the same words were found elsewhere in these texts",
    "remembered": "an earlier text of the same case had these words masked",
    "pattern": "a pattern of the organisation",
    "given": "a colleague's name, a clinic, or words the organisation or the author wants masked",
}
"""What `--explain` says of each recogniser."""
