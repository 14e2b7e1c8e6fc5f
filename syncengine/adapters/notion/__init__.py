"""Notion: what the library should look like there, and what it takes to make it so."""
