from weather.web import app


def main():
    app.run()
