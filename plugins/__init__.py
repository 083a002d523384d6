"""The slash commands that come with Ting, one file each."""
