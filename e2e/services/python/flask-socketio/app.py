from flask import Flask
from flask_socketio import SocketIO, emit

app = Flask(__name__)
socketio = SocketIO(app)


@app.route("/")
def index():
    return f"signals by {socketio.async_mode}"


@socketio.on("hoist")
def hoist(flag):
    emit("hoisted", flag, broadcast=True)


if __name__ == "__main__":
    socketio.run(app)
