"""Find what blocks an asyncio event loop in a Python codebase, and rewrite it in place."""

from __future__ import annotations

__version__ = "0.1.0"

__all__ = ["__version__"]
