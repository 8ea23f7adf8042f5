from dash import Dash, html, page_container

app = Dash(__name__, use_pages=True)
app.layout = html.Div([html.H1("Tides"), page_container])

if __name__ == "__main__":
    app.run(debug=True)
