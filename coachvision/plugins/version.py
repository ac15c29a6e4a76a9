"""The version of the plugin API, by itself: reading manifests must not load numpy and scipy, which `api` does."""

from __future__ import annotations

API_VERSION = (1, 0)
