"""How an installation behaves with many people: an invented service of any size, and what each question costs in it."""
