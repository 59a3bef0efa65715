"""The web pages: each a view, a template and at most one drawing, rendered here and nowhere else (docs/adr/0015)."""

from api.pages.house import register_pages

__all__ = ["register_pages"]
