"""Objects that are fetched when they are first used, such as `request.user`."""
