#!/bin/sh
# What the mapping costs by itself, beside HAPI's bare parse of the same messages: prints a table. See --help.
set -eu

house=$(cd "$(dirname "$0")/../.." && pwd)
. "$house/tests/benchmarks/java.sh"
# The jar, not the folder of classes: a start cache is made of jars only.
exec "$java" -Xmx256m -XX:+UseSerialGC -Demr.house="$house" -Dstdout.encoding=UTF-8 -Dfile.encoding=UTF-8 \
  -cp "$(echo "$house"/tests/benchmarks/target/benchmarks-*.jar):$house/tests/benchmarks/target/lib/*" \
  io.emrgateway.benchmarks.mapping.MappingBenchmarks "$@"
