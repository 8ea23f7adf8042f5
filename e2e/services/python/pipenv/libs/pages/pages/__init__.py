from markupsafe import escape


def page(title):
    return f"<h1>{escape(title)}</h1>"
