from fastapi import FastAPI

from catalogue import __version__
from catalogue.routers import items


def create_app() -> FastAPI:
    """A comment that says app = Flask(__name__) is not one."""
    app = FastAPI(title="catalogue", version=__version__)
    app.include_router(items.router, prefix="/items")
    return app
