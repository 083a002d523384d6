"""How fast Ting is: each figure is compared with a floor that is measured in the same run: `python -m benchmarks`.

`docs/performance.md` describes how each figure is measured. Nothing here is part of the server.
"""
