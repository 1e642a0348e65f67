"""What the rules of `awaken.advice` would change."""
