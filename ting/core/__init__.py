"""What every other package speaks of: values, names, errors, settings. It imports nothing of Ting."""
