"""A page that says how high the tide is."""

import gradio


def tide(hour: float) -> str:
    return "high" if int(hour) % 12 < 6 else "low"


page = gradio.Interface(fn=tide, inputs="number", outputs="text", title="Tides of the harbour")

if __name__ == "__main__":
    page.launch()
