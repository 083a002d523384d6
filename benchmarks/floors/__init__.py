"""What Ting is compared with: senders that do nothing but send."""
