"""The other side of the wire: Teams' connector with keys of its own, as strict as the real one.

`connector.py` is the service the bot sends to and whose tokens it trusts, `client.py` a person with
a Teams client, `cards.py` the strict reader of cards, `services.py` a scripted core.
"""
