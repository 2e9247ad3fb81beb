"""How often the doors of sign-in may be knocked at. Wrong passwords are counted besides, in the database."""

from __future__ import annotations

from watchly.api.limits import Limit

LOGIN = Limit("login", 20, 60)
REFRESH = Limit("refresh", 120, 60)
REGISTER = Limit("register", 20, 3600)
RESET = Limit("reset", 20, 3600)
RESET_OF_ADDRESS = Limit("reset-address", 5, 3600)  # of one e-mail address, from wherever
CODE = Limit("code", 20, 60)  # codes that are tried
RESEND = Limit("resend", 5, 3600, by="caller")
ACCOUNT = Limit("account", 20, 3600, by="caller")  # what takes the password, or gives a key
AVATAR = Limit("avatar", 60, 3600, by="caller")  # each takes a second of a processor
