"""Tables to Plotly figures; nothing here loads a model."""
