"""How the catalogue is heard. Sent with `send` inside the transaction: a listener that fails rolls all of it back."""

from django.dispatch import Signal

# Each carries `movie_ids`, a list.
movies_withdrawn = Signal()
movies_restored = Signal()
movies_purged = Signal()  # before the rows go

# Carries `run_id` and `user_id`: an import that somebody asked for has ended and changed what it could.
import_finished = Signal()

# Each carries `merge_id`, `survivor_id` and `merged_id`: a listener moves what its app hangs on a movie, and back. It
# notes by `merge_id` what it moved and forgets the note when it has moved it back. A merge that is undone out of order
# comes with later ones that are undone before it and made again after it, under the same id: a listener that obeys each
# signal need know nothing of that. When `movie_merged` comes the catalogue's own rows have moved and the survivor's
# figures are those of both, so an app that counts recounts both; ratings are brought along afterwards.
movie_merged = Signal()
movie_unmerged = Signal()
