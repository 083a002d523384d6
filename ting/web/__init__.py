"""The edge of the server: HTTP handlers and the websocket."""
