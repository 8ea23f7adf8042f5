from pages import page


def test_page():
    assert page("<") == "<h1>&lt;</h1>"
