"""What Django asks its database for besides calls: relations, rows, what is fetched on its first use."""
