import os

import bottle


class Crossing:
    """Takes people over the sound."""

    def __init__(self):
        self.site = bottle.Bottle()
        self.site.route("/", callback=lambda: "Twenty minutes to the other side")

    def sail(self):
        bottle.run(self.site, host="0.0.0.0", port=int(os.environ.get("PORT", "8000")))
