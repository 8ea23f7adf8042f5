"""A web service as Slipway's users write them: routes, a health path, logs
on stdout; the server brings PORT and the orderly end."""

from flask import Flask

greeting = "hello from slipway"

app = Flask(__name__)


@app.get("/")
def hello():
    return greeting + "\n"


@app.get("/healthz")
def health():
    return "ok\n"
