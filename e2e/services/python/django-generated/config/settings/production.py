from .base import *

SECRET_KEY = env("DJANGO_SECRET_KEY")
ADMIN_URL = env("DJANGO_ADMIN_URL")
ALLOWED_HOSTS = ["*"]
