import os

import psycopg
from django.http import HttpResponse
from django.urls import path


def health(request):
    return HttpResponse(f"{os.environ['DJANGO_SETTINGS_MODULE']}, psycopg of {psycopg.pq.__impl__}")


urlpatterns = [path("health/", health)]
