"""What each operation of accounts does, in words and examples."""

from accounts.api.documentation import account, exports

__all__ = ["account", "exports"]
