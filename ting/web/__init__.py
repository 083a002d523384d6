"""The edge: HTTP and the websocket."""
