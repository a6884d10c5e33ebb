#!/usr/bin/env bash
# Runs sysbench's eight OLTP tests (the C program, 1.0.20) with and without prepared statements and with several
# thread counts against a running PolarJ, the read-only ones on a replica too. Prints transactions per second for each
# cell and ends with exit code 1 if any run failed or said anything that is no figure. Short runs: they show that
# everything works, not how fast it is.
set -euo pipefail

usage() {
  cat <<END
usage: sysbench-matrix.sh [-P PORT] [-R REPLICA_PORT] [-s SECONDS] [-t "1 4 16 64"] [-T TABLES] [-S ROWS] [-x "TESTS"] [-k]
  -P PORT          the primary on 127.0.0.1 (3406)
  -R REPLICA_PORT  a replica for the read-only tests (PORT + 1); 0: none
  -s SECONDS       length of a run (2)
  -t "N ..."       thread counts ("1 4 16 64")
  -T, -S           number of tables (2), rows in each (10000)
  -x "TEST ..."    these tests alone
  -k               keep the database sbtest that was made; without it, it is dropped in the end
END
  exit 2
}

port=3406 replica='' seconds=2 threads='1 4 16 64' tables=2 rows=10000 keep=no
tests='oltp_point_select oltp_read_only oltp_update_index oltp_update_non_index oltp_write_only oltp_read_write oltp_insert oltp_delete'
while getopts P:R:s:t:T:S:x:k option; do
  case $option in
    P) port=$OPTARG ;; R) replica=$OPTARG ;; s) seconds=$OPTARG ;; t) threads=$OPTARG ;;
    T) tables=$OPTARG ;; S) rows=$OPTARG ;; x) tests=$OPTARG ;; k) keep=yes ;;
    *) usage ;;
  esac
done
[ $OPTIND -gt $# ] || usage
replica=${replica:-$((port + 1))}
for program in sysbench mariadb; do
  command -v "$program" >/dev/null || { echo "$program is not installed (Debian: apt-get install sysbench mariadb-client)" >&2; exit 2; }
done
logs=$(mktemp -d)
failed=0 cells=0

sql() { mariadb --no-defaults -h 127.0.0.1 -P "$port" -u root -e "$1"; }

bench() { # port, test, other options, command
  local at=$1 test=$2
  shift 2
  timeout -k 5 $((seconds + 120)) sysbench "$test" --db-driver=mysql --mysql-host=127.0.0.1 --mysql-port="$at" --mysql-user=root \
    --mysql-db=sbtest --tables="$tables" --table-size="$rows" --time="$seconds" "$@"
}

cell() { # node, port, test, mode, thread count: prints transactions per second, or FAILED
  local log=$logs/$1-$3-$4-$5.log code=0 wrong tps
  bench "$2" "$3" --db-ps-mode="$4" --threads="$5" run >"$log" 2>&1 || code=$?
  wrong=$(grep -iE 'fatal|alert|error|warning|denied|lost' "$log" | grep -vE '^ *ignored errors:' || true)
  tps=$(sed -n 's/.*transactions:.*(\([0-9.]*\) per sec.*/\1/p' "$log")
  cells=$((cells + 1))
  if [ "$code" != 0 ] || [ -n "$wrong" ] || [ -z "$tps" ] || [ "$tps" = 0.00 ]; then
    failed=$((failed + 1))
    printf ' %10s' FAILED
    { echo; echo "$1 $3 $4 $5 threads: exit code $code"; sed 's/^/  /' <<<"$wrong"; } | head -5 >&2
  else
    printf ' %10.0f' "$tps"
  fi
}

row() { # node, port, test
  local mode n
  for mode in auto disable; do
    printf '%-8s %-22s %-8s' "$1" "$3" "$mode"
    for n in $threads; do cell "$1" "$2" "$3" "$mode" "$n"; done
    printf '\n'
  done
}

sql 'DROP DATABASE IF EXISTS sbtest; CREATE DATABASE sbtest'
bench "$port" oltp_common --threads=2 prepare >"$logs/prepare.log" 2>&1 || { tail -5 "$logs/prepare.log" >&2; exit 1; }
printf '%-8s %-22s %-8s' node test ps-mode
for n in $threads; do printf ' %10s' "$n thr"; done
printf '\n'
for test in $tests; do
  if [ "$replica" != 0 ] && [[ $test == oltp_point_select || $test == oltp_read_only ]]; then
    row replica "$replica" "$test"
  fi
  row primary "$port" "$test"
done
[ $keep = yes ] || sql 'DROP DATABASE sbtest'
if [ $failed = 0 ]; then
  echo "all $cells cells passed"
  rm -rf "$logs"
else
  echo "$failed of $cells cells failed; logs in $logs" >&2
  exit 1
fi
