"""Sync: what a signed-in coach keeps on the laptop also lies in the cloud, and comes back from there.

Services alone use it. It reads the library and the account through Protocols (`local.Shelf`, `remotes.base.Remote`),
and keeps its own tables in the library's database file. What may happen next is decided in `planner`, without I/O.
"""
