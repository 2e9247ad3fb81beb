from accounts.models.data_export import DataExport
from accounts.models.preferences import Preferences
from accounts.models.profile import Profile
from accounts.models.user import User

__all__ = ["DataExport", "Preferences", "Profile", "User"]
