import dash
from dash import html

dash.register_page(__name__, path="/", title="High water")
layout = html.P("at noon")
