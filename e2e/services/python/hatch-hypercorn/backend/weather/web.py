from importlib.metadata import version

from quart import Quart

app = Quart(__name__)


@app.get("/")
async def home():
    return {"sky": "overcast", "version": version("weather")}
