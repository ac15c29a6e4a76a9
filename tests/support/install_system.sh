#!/bin/sh
# The system packages that the tests need beside Python's: Debian's Chromium, which renders the reports under test,
# what Qt links against, and PostgreSQL and Redis, which the gateway's tests run on (private ones, started by themselves).
set -eu
if ! command -v apt-get >/dev/null; then
    echo "Please install Chromium (as 'chromium' on the PATH): the report tests render in it." >&2
    exit 1
fi
as_root=""
[ "$(id -u)" -eq 0 ] || as_root="sudo"
$as_root apt-get update -qq
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends chromium libegl1 libgl1 libxkbcommon0 libdbus-1-3 libfontconfig1 \
    libxcb-cursor0 libxkbcommon-x11-0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 xvfb fonts-dejavu-core postgresql redis-server >/dev/null
