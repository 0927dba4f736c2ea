"""The product's own tagger: a conditional random field over what the word lists and the letters say of each word.

`features.py` describes a word, `model.py` reads the file and asks it, `DATASHEET.md` says what it was trained on.
`benchmarks/deid/train_tagger.py` trains it.
"""
