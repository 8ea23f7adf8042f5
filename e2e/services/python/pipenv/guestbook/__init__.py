from importlib.metadata import version

from flask import Flask
from pages import page


def create_app():
    app = Flask(__name__)

    @app.get("/")
    def home():
        return page("Guests & friends, with pages " + version("pages"))

    @app.get("/healthz")
    def health():
        return "well"

    return app
