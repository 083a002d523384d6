"""MongoDB: one module for each collection or family of them. Nothing above this package knows MongoDB."""
