"""Roles, mutes, kicks, bans and ignore lists."""
