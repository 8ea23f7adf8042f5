from pathlib import Path

import environ

BASE_DIR = Path(__file__).resolve().parent.parent.parent
env = environ.Env()

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
INSTALLED_APPS = ["django.contrib.staticfiles"]
DATABASES = {"default": env.db("DATABASE_URL")}
CONN_MAX_AGE = env.int("CONN_MAX_AGE")
STATIC_URL = "/static/"
STATIC_ROOT = str(BASE_DIR / "staticfiles")
