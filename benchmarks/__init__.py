"""Measures how fast Ting is, compared with floors that are measured in the same run: `python -m benchmarks`.

`docs/performance.md` describes how each figure is measured. Nothing here is part of the server.
"""
