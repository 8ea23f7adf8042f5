project = "The pilot's manual"
copyright = "2026, the harbour"
extensions = ["sphinx.ext.autodoc"]
html_theme = "alabaster"
