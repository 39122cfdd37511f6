#!/bin/sh
# /usr/local/bin/mirliton: the command with the settings that the units of this machine have.
set -eu
set -a
. /etc/mirliton/mirliton.env
set +a
export MIRLITON_DATA="${MIRLITON_DATA:-/var/lib/mirliton}"
exec /usr/bin/node /opt/mirliton/dist/rel/mirliton/bin.js "$@"
