from litestar import Litestar, get


@get("/")
async def home() -> dict[str, str]:
    return {"card": "a lighthouse"}


@get("/healthz")
async def health() -> str:
    return "well"


app = Litestar([home, health])
