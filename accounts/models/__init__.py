from accounts.models.api_key import ApiKey
from accounts.models.data_export import DataExport
from accounts.models.one_time_token import OneTimeToken
from accounts.models.preferences import Preferences
from accounts.models.profile import Profile
from accounts.models.reserved_name import ReservedName
from accounts.models.second_factor import Authenticator, RecoveryCodes
from accounts.models.session import EndReason, RefreshToken, Session
from accounts.models.user import User

__all__ = [
    "ApiKey",
    "Authenticator",
    "DataExport",
    "EndReason",
    "OneTimeToken",
    "Preferences",
    "Profile",
    "RecoveryCodes",
    "RefreshToken",
    "ReservedName",
    "Session",
    "User",
]
