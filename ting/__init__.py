"""Ting: a self-hosted chat in which people see each other type."""

from importlib.metadata import version

__version__ = version("ting-chat")  # the distribution; `ting` on the package index is another project
