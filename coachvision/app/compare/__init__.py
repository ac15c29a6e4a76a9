"""Two sessions side by side or superposed: `link` plays them together, `side` is one of them, `view` the screen."""
