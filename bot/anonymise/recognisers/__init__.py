"""Recognisers, one subject a file: each reads a passage and says where an identifier stands and how sure it is.

`RECOGNISERS` is their order; a name in it is what `--explain` and a closed gate call the recogniser.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bot.anonymise.finding import Span
from bot.anonymise.passage import Passage
from bot.anonymise.recognisers import (
    addresses,
    ages,
    dates,
    handles,
    ids,
    initials,
    names,
    online,
    organisations,
    phones,
    places,
    plates,
    postcodes,
    unknown,
)

Recogniser = Callable[[Passage], Iterator[Span]]

RECOGNISERS: dict[str, Recogniser] = {
    "email": online.emails,
    "url": online.links,
    "iban": ids.ibans,
    "national_id": ids.national_ids,
    "record": ids.records,
    "digits": ids.long_numbers,
    "phone": phones.phones,
    "date": dates.dates,
    "age": ages.ages,
    "plate": plates.plates,
    "postcode": postcodes.postcodes,
    "address": addresses.addresses,
    "handle": handles.handles,
    "initials": initials.initials,
    "name": names.names,
    "place": places.places,
    "organisation": organisations.organisations,
    "unknown": unknown.unknown_words,
}
