from .base import *

SECRET_KEY = "of-a-desk"
INSTALLED_APPS += ["debug_toolbar"]
DEBUG = True
