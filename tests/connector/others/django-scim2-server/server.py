"""A server on django-scim2-server over PostgreSQL, for the benchmarks: server.py PORT TOKEN DATABASE

Started by itself it makes the tables in DATABASE, a URL, and becomes gunicorn, whose processes import this as a module.
"""
import os
import sys
import urllib.parse

import django
from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.urls import include, path

if __name__ == "__main__":
    os.environ["SERVER_TOKEN"], os.environ["SERVER_DATABASE"] = sys.argv[2:4]

BEARER = f"Bearer {os.environ['SERVER_TOKEN']}"
DATABASE = urllib.parse.urlsplit(os.environ["SERVER_DATABASE"])


def has_token(request):
    return request.headers.get("Authorization") == BEARER


urlpatterns = [path("scim/v2/", include("django_scim2_server.urls"))]

settings.configure(
    ALLOWED_HOSTS=["*"], ROOT_URLCONF="server", SECRET_KEY="of nothing", USE_TZ=True, MIDDLEWARE=[],
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django_scim2_server"],
    SCIM2_SERVER_AUTH_CHECK="server.has_token",
    DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", "HOST": DATABASE.hostname, "PORT": DATABASE.port,
                           "USER": DATABASE.username, "NAME": DATABASE.path.lstrip("/"), "CONN_MAX_AGE": None}})

if __name__ == "__main__":
    django.setup()
    call_command("migrate", verbosity=0)
    gunicorn = os.path.join(os.path.dirname(sys.executable), "gunicorn")
    os.execv(gunicorn, [gunicorn, "--bind", f"127.0.0.1:{sys.argv[1]}", "--workers", "4", "--threads", "16",
                        "--keep-alive", "75", "--log-level", "warning", "server:application"])
else:
    application = get_wsgi_application()
