"""Reads what is printed: the text of a PDF, and a bar code."""
import subprocess

from bottle import Bottle
from PIL import Image
from pyzbar.pyzbar import decode

app = Bottle()


@app.get("/")
def home():
    return {"codes": len(decode(Image.new("L", (8, 8))))}


@app.get("/healthz")
def health():
    said = subprocess.run(["pdftotext", "-v"], capture_output=True, text=True, check=True)
    return said.stderr.splitlines()[0]
