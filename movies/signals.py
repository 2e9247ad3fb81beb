"""How the catalogue is heard. Sent with `send` inside the transaction: a listener that fails rolls all of it back."""

from django.dispatch import Signal

# Each carries `movie_ids`, a list.
movies_withdrawn = Signal()
movies_restored = Signal()
movies_purged = Signal()  # before the rows go

# Each carries `merge_id`, `survivor_id` and `merged_id`: a listener moves what its app hangs on a movie, and back.
movie_merged = Signal()
movie_unmerged = Signal()
