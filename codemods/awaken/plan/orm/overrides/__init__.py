"""What a project puts in the place of parts of Django: settings, classes that it overrides, receivers."""
