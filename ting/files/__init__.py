"""Attachments, images and avatars."""
