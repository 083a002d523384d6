"""Who users are: registration, sign-in, sessions, tokens, profiles, export and deletion."""
