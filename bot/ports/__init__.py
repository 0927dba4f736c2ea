"""What the use-cases need from outside, as protocols: the store, the clock, ids, chance.

`work.py` is the unit of work, `records.py` the bookkeeping kept beside the domain's own records,
`system.py` time, ids and chance, `schema.py` the list of everything a store keeps.
"""
