"""What is live in memory: connections, presence, drafts, open conversations, and broadcasting to them."""
