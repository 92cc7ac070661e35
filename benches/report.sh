#!/bin/sh
# Whole processes of the build that is published, as Markdown tables: wall and CPU seconds, peak memory, instructions.
# Usage: benches/report.sh [BINARY]; real contracts come from COVENANT_SHARED or ../shared, and are left out where absent.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
bin=${1:-$here/target/dist/covenant}
shared=${COVENANT_SHARED:-$here/../shared}
corpus=$shared/corpus
[ -x "$bin" ] || { echo "there is no $bin; run cargo build --profile dist"; exit 2; }
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT

# The median of five runs: wall, CPU, peak memory.
measure() {
    label=$1; shift
    for _ in 1 2 3 4 5; do
        /usr/bin/time -a -o "$work/times" -f '%e %U %S %M' "$@" >/dev/null 2>&1 || true
    done
    grep -E '^[0-9.]+ [0-9.]+ [0-9.]+ [0-9]+$' "$work/times" | sort -n | sed -n 3p |
        awk -v label="$label" '{printf "| %s | %.2f s | %.2f s | %.0f MiB |", label, $1, $2 + $3, $4 / 1024}'
    rm -f "$work/times"
}

# Instructions of one thread, in millions.
count() {
    if command -v valgrind >/dev/null; then
        RAYON_NUM_THREADS=1 valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" 2>&1 >/dev/null |
            awk '/Collected/ {printf " %.0f M |\n", $4 / 1e6}'
    else
        echo " - |"
    fi
}

row() {
    label=$1; shift
    measure "$label" "$@"
    count "$@"
}

header() {
    printf '\n| command | wall | CPU | peak memory | instructions |\n|---|--:|--:|--:|--:|\n'
}

printf 'openapi: 3.0.3\ninfo: {title: A, version: 1.0.0}\npaths: {}\n' > "$work/one.yaml"
header
row 'lint, three lines' "$bin" lint "$work/one.yaml" --no-config
if [ ! -d "$corpus" ]; then
    echo "(no real contracts at $corpus)"
    exit 0
fi
for name in kubernetes-v1.29-swagger2.json xero-accounting.yaml adyen-checkoutservice-v71.yaml; do
    file=$corpus/specs/$name
    [ -f "$file" ] || continue
    size=$(awk -v bytes="$(wc -c < "$file")" 'BEGIN {printf "%.2f MB", bytes / 1e6}')
    row "lint \`spectral:oas\`, $name, $size" "$bin" lint "$file" -r spectral:oas --no-config -f json
    row "lint \`recommended\`, $name" "$bin" lint "$file" --no-config -f json
    for ruleset in adidas/.spectral.yml sps/sps-api-standards.spectral.yml dutch-adr/media/linter.yaml; do
        rules=$shared/cases/spectral/ruleset-golden/rulesets/$ruleset
        [ -f "$rules" ] || continue
        row "lint ${ruleset%%/*}, $name" "$bin" lint "$file" -r "$rules" --no-config -f json
    done
done
pair=$corpus/pairs/171-stripe-2020-08-27-2022-08-01-large
if [ -d "$pair" ]; then
    row 'timeline (reads), larger Stripe' "$bin" timeline "$pair/base.yaml" --no-config
    row 'diff, Stripe, 3.9 + 3.8 MB' "$bin" diff "$pair/base.yaml" "$pair/revision.yaml" --no-config -f json
fi
printf '\n| all contracts in one run | wall | CPU | peak memory |\n|---|--:|--:|--:|\n'
for threads in 1 2; do
    RAYON_NUM_THREADS=$threads measure "\`recommended\`, $threads threads" "$bin" lint "$corpus/specs" --no-config -f json
    echo
    RAYON_NUM_THREADS=$threads measure "\`spectral:oas\`, $threads threads" "$bin" lint "$corpus/specs" -r spectral:oas --no-config -f json
    echo
done
measure 'cold cache' sh -c "rm -rf $work/cache; $bin lint $corpus/specs --no-config -f json --cache $work/cache"
echo
measure 'warm cache' "$bin" lint "$corpus/specs" --no-config -f json --cache "$work/cache"
echo
for count in 10 100 1000; do
    mkdir -p "$work/many$count"
    number=0
    while [ $number -lt $count ]; do
        cp "$here/fixtures/bank/payments/1.4.0.yaml" "$work/many$count/$number.yaml"
        number=$((number + 1))
    done
    measure "$count contracts of 33 KB" "$bin" lint "$work/many$count" --no-config -f json
    echo
done
