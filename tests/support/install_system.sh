#!/bin/sh
# The system package that the tests need beside Python's: Debian's Chromium, which renders the reports under test.
set -eu
if ! command -v apt-get >/dev/null; then
    echo "Please install Chromium (as 'chromium' on the PATH): the report tests render in it." >&2
    exit 1
fi
as_root=""
[ "$(id -u)" -eq 0 ] || as_root="sudo"
$as_root apt-get update -qq
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends chromium >/dev/null
