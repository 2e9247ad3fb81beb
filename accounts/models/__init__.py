from accounts.models.api_key import ApiKey
from accounts.models.one_time_token import OneTimeToken
from accounts.models.session import EndReason, RefreshToken, Session
from accounts.models.user import User

__all__ = ["ApiKey", "EndReason", "OneTimeToken", "RefreshToken", "Session", "User"]
