"""How the catalogue is heard. Sent with `send` inside the transaction: a listener that fails rolls all of it back."""

from django.dispatch import Signal

# Each carries `movie_ids`, a list.
movies_withdrawn = Signal()
movies_restored = Signal()
movies_purged = Signal()  # before the rows go
