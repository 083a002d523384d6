"""The commands for operators, one module each: `ting user`, `invite`, `token`, `audit`, `plugins` and `check`."""
