import panel as pn

pn.extension()
pn.Column("# Tides of the harbour", pn.widgets.IntSlider(name="hour", end=23)).servable(title="Tides")
