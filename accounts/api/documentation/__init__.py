"""What each operation of accounts does, in words and examples."""

from accounts.api.documentation import access, account, credentials, exports, sign_in

__all__ = ["access", "account", "credentials", "exports", "sign_in"]
