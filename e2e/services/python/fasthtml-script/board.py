#!/usr/bin/env -S uv run --script
# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "python-fasthtml>=0.12",
# ]
# ///
"""A board of notes, in one file."""
import os

from fasthtml.common import *

app, rt = fast_app(secret_key=os.environ.get("SESSION_KEY", "only for a desk"))


@rt("/")
def get():
    return Titled("Board", P("milk, bread, a lighthouse"))


serve()
