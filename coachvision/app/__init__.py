"""The desktop app: PySide6 over the services. The only room that knows Qt.

Nothing heavy (numpy, OpenCV, PyAV, pyqtgraph, SQLite) is imported before the window shows: modules here import services
inside the functions that run off the UI thread, and the chart and the player when the first session opens.
"""
