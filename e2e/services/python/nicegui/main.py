import os

from nicegui import ui

ui.label("Tides of the harbour")
ui.run(host="0.0.0.0", port=int(os.environ.get("PORT", "8080")), show=False, reload=False)
