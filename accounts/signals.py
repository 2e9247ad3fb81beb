"""How accounts are heard. Sent with `send` inside the transaction: a listener that fails rolls all of it back."""

from django.dispatch import Signal

# Each carries `user_id`.
user_erased = Signal()  # before the rows of the registry (watchly.common.user_data) go
user_deactivated = Signal()
