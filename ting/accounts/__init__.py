"""User accounts: registration, sign-in, sessions, tokens, profiles, export and deletion."""
