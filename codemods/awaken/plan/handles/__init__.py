"""Open handles that live on across awaits: each use that blocks takes a hop of its own."""
