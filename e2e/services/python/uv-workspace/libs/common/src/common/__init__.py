from slugify import slugify


def slug(text: str) -> str:
    return slugify(text)
