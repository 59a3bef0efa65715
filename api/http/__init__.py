"""The REST API: a Flask application factory, and one module for each resource."""

from api.http.app import create_app

__all__ = ["create_app"]
