from app import app


def test_index():
    assert b"hello" in app.test_client().get("/").data
