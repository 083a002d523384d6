"""The programs with which Ting is compared: senders that only send."""
