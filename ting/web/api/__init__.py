"""The REST API: one module for each resource. `ting.web.routes` has all URLs."""
