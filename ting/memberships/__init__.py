"""Each user's list of conversations, with read marks and unread counts."""
