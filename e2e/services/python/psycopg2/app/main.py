import psycopg2
from app.settings import NAME
from fastapi import FastAPI

app = FastAPI()


@app.get("/health")
def health():
    return {"name": NAME, "libpq": psycopg2.__libpq_version__ > 0}
