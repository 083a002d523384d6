"""How fast Ting is, each figure beside a floor that is measured in the same run: `python -m benchmarks`.

`docs/performance.md` tells how each figure is measured. Nothing here is part of the server.
"""
