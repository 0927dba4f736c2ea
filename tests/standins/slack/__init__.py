"""Slack's side of the wire: Web API, signed requests, Socket Mode, OAuth, limits, and people who see and press."""
