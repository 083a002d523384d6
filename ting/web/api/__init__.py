"""The REST API: one module per resource. `ting.web.routes` has the URLs."""
