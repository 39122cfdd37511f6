#!/bin/sh
# Writes the configuration of a Kamailio from the settings and becomes it: what a container and a service run.
# run.sh FOLDER [options of mirliton write kamailio]
set -eu
folder=$1
node "$(dirname "$0")/../../dist/rel/mirliton/bin.js" write kamailio "$@"
# fm: the allocator that searches least.
exec kamailio -f "$folder/edge.cfg" -DD -E -Y "$folder" -m 256 -M 16 -x fm -X fm
