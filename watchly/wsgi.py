"""The WSGI application that granian serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "watchly.settings")
os.environ.setdefault("WATCHLY_ROLE", "web")

application = get_wsgi_application()
