from litestar.testing import TestClient

from postcards.asgi import app


def test_home():
    with TestClient(app) as client:
        assert client.get("/").json() == {"card": "a lighthouse"}
