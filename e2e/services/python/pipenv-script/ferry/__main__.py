from ferry.crossing import Crossing

Crossing().sail()
