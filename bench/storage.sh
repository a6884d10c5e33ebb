#!/usr/bin/env bash
# Everything about the storage layer that is measured, in one go of about 12 minutes; run it on a quiet machine.
#   bench/storage.sh [DIRECTORY [PORT]]     DIRECTORY: on the disk that counts (default: .); ports from PORT on (default: 24300)
# It prints Markdown for bench/RESULTS.md; part 1 or 2 or ... alone with PARTS="1 2".
set -euo pipefail
home=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
in=${1:-.}
port=${2:-24300}
jdk=$("$home/bin/find-jdk")
"$home/polarj" settings >/dev/null # builds what is not built yet
java() {
  "$jdk/bin/java" --enable-native-access=ALL-UNNAMED --add-exports java.base/jdk.internal.misc=ALL-UNNAMED \
    -XX:-UsePerfData -Xmx1500m -XX:+UseSerialGC -cp "$home/server/target/lib/*" "$@" 2>/dev/null
}
polarj() { java io.polarj.server.PolarJ "$@"; }
part() {
  case " ${PARTS:-1 2 3 4 5 6} " in *" $1 "*) ;; *) return 1 ;; esac
  printf '\n### %s: %s\n\n' "$1" "$2"
  date -u +%FT%TZ
  uptime
}
if part 1 "latency by stage, file device"; then java io.polarj.bench.storage.StageBench "$in" 5 1.5 "$((port + 20))" file lease 2; fi
if part 2 "latency by stage, io_uring device; reads by quorum"; then
  java io.polarj.bench.storage.StageBench "$in" 2 1 "$((port + 30))" uring lease 2
  java io.polarj.bench.storage.StageBench "$in" 2 1 "$((port + 40))" file quorum 2
fi
if part 3 "ParallelRaft against strict order"; then
  java io.polarj.bench.storage.OrderBench "$in" 5 0.7 "$((port + 50))"
  [ -d /dev/shm ] && echo "and without the disk, in memory:" && java io.polarj.bench.storage.OrderBench /dev/shm 5 0.7 "$((port + 50))"
fi
if part 4 "connections per peer: 1, 2, 4"; then
  for connections in 1 2 4; do
    echo "connections: $connections"
    java io.polarj.bench.storage.StageBench "$in" 2 0.7 "$((port + 60 + connections))" file lease "$connections" | grep -E '^\| (what|write|read) .*\|' | grep -v client
  done
fi
if part 5 "fail-over"; then polarj bench failover --rounds 10 --in "$in" --port "$((port + 100))"; fi
if part 6 "recovery of a replica of 1 GiB"; then polarj bench recovery --in "$in" --port "$((port + 200))"; fi
