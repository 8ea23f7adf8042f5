from common import slug
from flask import Flask


def create_app(config=None):
    app = Flask(__name__)

    @app.get("/")
    def index():
        return slug("Hello from a Workspace")

    return app
