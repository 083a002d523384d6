"""What loads and runs plugins. Plugins import nothing of it."""
