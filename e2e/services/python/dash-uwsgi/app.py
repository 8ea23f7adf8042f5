"""The tides of the harbour, as a graph."""

import math

from dash import Dash, Input, Output, dcc, html

HOURS = list(range(25))

app = Dash(__name__, title="Tides")
server = app.server

app.layout = html.Div(
    [
        html.H1("Tides"),
        dcc.Slider(0, 14, 1, value=0, id="day"),
        dcc.Graph(id="tide"),
    ]
)


@app.callback(Output("tide", "figure"), Input("day", "value"))
def tide(day):
    heights = [2 + math.cos((hour + 0.8 * day) * math.tau / 12.4) for hour in HOURS]
    return {"data": [{"x": HOURS, "y": heights, "name": "metres"}]}


if __name__ == "__main__":
    app.run(debug=True)
