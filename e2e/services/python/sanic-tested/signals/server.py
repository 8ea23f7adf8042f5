"""What the flags at the mast mean."""

from sanic import Sanic
from sanic.response import json, text

MEANINGS = {"alpha": "a diver is down", "bravo": "dangerous goods", "quebec": "a healthy ship"}


def create_app() -> Sanic:
    app = Sanic("signals")

    @app.get("/healthz")
    async def healthz(request):
        return text("fine")

    @app.get("/flags/<name:str>")
    async def flag(request, name):
        meaning = MEANINGS.get(name)
        return json({"flag": name, "meaning": meaning}, status=200 if meaning else 404)

    return app


app = create_app()
