#!/bin/sh
# The pilot's thirty hospitals and fifty doctors on this machine; prints times and memory. Needs some 8 GiB.
# Other numbers: run.sh -Dpilot.hospitals=12 -Dpilot.doctors=20
set -eu

cd "$(dirname "$0")/../.."
exec ./mvnw -q -B -ntp -pl tests/pilot -am verify -Dtest=PilotTest -Dsurefire.failIfNoSpecifiedTests=false \
  -Dpilot.hospitals=30 -Dpilot.doctors=50 "$@"
