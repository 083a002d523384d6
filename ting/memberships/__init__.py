"""Each user's list of conversations, and what is unread in it."""
