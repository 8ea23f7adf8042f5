import os
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
SECRET_KEY = os.environ.get("DJANGO_SECRET_KEY", "only for developers")
DEBUG = False
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = ["django.contrib.staticfiles"]
MIDDLEWARE = ["django.middleware.security.SecurityMiddleware", "whitenoise.middleware.WhiteNoiseMiddleware"]
ROOT_URLCONF = "board.urls"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [BASE_DIR / "board" / "templates"]}]
WSGI_APPLICATION = "board.wsgi.application"
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "collected"
# What `npm run build` leaves, collected with the rest.
STATICFILES_DIRS = [BASE_DIR / "frontend" / "dist"]
