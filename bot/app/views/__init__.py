"""Read-only views: what a person may see of something, and the actions that are legal for them now."""
