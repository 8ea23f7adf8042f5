from celery import Celery

app = Celery("mailer", broker="memory://")
app.autodiscover_tasks(["mailer"])
