from fastapi.testclient import TestClient

from catalogue.main import create_app


def test_item():
    assert TestClient(create_app()).get("/items/7").json() == {"item": 7}
