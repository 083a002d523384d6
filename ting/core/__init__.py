"""Shared by all packages: models, names, errors, settings. It imports no other package of Ting."""
