"""Of both HTTP services: problems, request ids, logs, tokens, addresses, limits, audit chains. For edge and gateway."""
