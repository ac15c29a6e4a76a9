"""The door for analyzers: the API they may import, their manifests, discovery and the host that loads them."""
