"""One file a subject; each function is one step of one unit of work and answers with an `Outcome`.

`bot/app/commands.py` lists them all with who may call them.
"""
