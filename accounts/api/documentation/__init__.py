"""What each operation of accounts does, in words and examples."""

from accounts.api.documentation import access, credentials, sign_in

__all__ = ["access", "credentials", "sign_in"]
