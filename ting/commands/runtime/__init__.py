"""Loads and runs plugins. Plugins do not import from this package."""
