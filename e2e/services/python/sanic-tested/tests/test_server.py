from signals.server import MEANINGS, app


def test_every_flag_has_a_meaning():
    for name, meaning in MEANINGS.items():
        _, response = app.test_client.get("/flags/" + name)
        assert response.status == 200
        assert response.json["meaning"] == meaning


def test_an_unknown_flag():
    _, response = app.test_client.get("/flags/skull")
    assert response.status == 404
