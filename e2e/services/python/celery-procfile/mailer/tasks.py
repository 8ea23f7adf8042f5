from mailer import app


@app.task
def send(to: str) -> str:
    return f"sent to {to}"
