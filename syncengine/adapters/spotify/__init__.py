"""Spotify: signing in, asking the Web API, and what its answers mean."""
