"""What is fetched when it is first used: `request.user`, sessions."""
