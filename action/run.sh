#!/usr/bin/env bash
# The step of the GitHub Action: find or build covenant, find the merge base, run `covenant check`.
# Takes the inputs as environment variables and never evaluates them; gives covenant's own exit code (0, 1, 2).
set -euo pipefail

fail() {
  echo "::error title=Covenant::$1"
  exit 2
}

# The binary: the one named, the one on PATH, a released version, or this action's own source.
find_binary() {
  if [[ -n "${INPUT_BINARY:-}" ]]; then
    [[ -x "$INPUT_BINARY" ]] || fail "The input 'binary' names no executable file."
    binary=$INPUT_BINARY
  elif [[ -z "${INPUT_VERSION:-}" ]] && command -v covenant >/dev/null; then
    binary=$(command -v covenant)
  else
    command -v cargo >/dev/null || fail "There is no covenant and no cargo to build it. Set the input 'binary', or install Rust."
    local root="${RUNNER_TEMP:-/tmp}/covenant-build"
    if [[ -n "${INPUT_VERSION:-}" ]]; then
      [[ "$INPUT_VERSION" =~ ^[0-9A-Za-z.+-]+$ ]] || fail "The input 'version' is no version number."
      cargo install --locked --quiet --root "$root" --version "$INPUT_VERSION" api-covenant >&2 ||
        fail "Covenant could not be installed."
    else
      cargo install --locked --quiet --root "$root" --path "$GITHUB_ACTION_PATH" >&2 || fail "Covenant could not be built."
    fi
    binary=$root/bin/covenant
  fi
}

# The merge base of the checked out revision and the base of the pull request. A shallow clone is deepened step by
# step, so that a long history is not fetched for a short branch.
find_merge_base() {
  local target=${BASE_SHA:-} depth
  if [[ -z "$target" ]]; then
    target=refs/remotes/origin/$GITHUB_BASE_REF
    git rev-parse --quiet --verify "$target^{commit}" >/dev/null ||
      git fetch --quiet --no-tags --depth=1 origin "+refs/heads/$GITHUB_BASE_REF:$target" ||
      fail "The base branch could not be fetched."
  elif ! git cat-file -e "$target^{commit}" 2>/dev/null; then
    git fetch --quiet --no-tags --depth=1 origin "$target" || fail "The base commit could not be fetched."
  fi
  base=$(git merge-base "$target" HEAD 2>/dev/null) && return
  for depth in 16 64 256 1024 4096; do
    [[ "$(git rev-parse --is-shallow-repository)" == true ]] || break
    git fetch --quiet --no-tags --depth="$depth" origin "${BASE_SHA:-refs/heads/$GITHUB_BASE_REF}" "${HEAD_SHA:-$(git rev-parse HEAD)}" || break
    base=$(git merge-base "$target" HEAD 2>/dev/null) && return
  done
  fail "No merge base with the base branch was found. Check out with fetch-depth 0, or set the input 'base'."
}

# Input text, one entry a line, into the array `lines`.
lines_of() {
  lines=()
  local line
  while IFS= read -r line; do
    line=${line%$'\r'}
    [[ -z "$line" ]] || lines+=("$line")
  done <<<"$1"
}

cd "${GITHUB_WORKSPACE:-.}"
find_binary

base=${INPUT_BASE:-}
if [[ -z "$base" && -n "${GITHUB_BASE_REF:-}" ]]; then
  find_merge_base
fi

reports=${INPUT_OUTPUT:-${RUNNER_TEMP:-/tmp}/covenant}
mkdir -p "$reports"
rm -f "$reports/covenant.json" "$reports/covenant.sarif"

command=(check "--format=${INPUT_FORMAT:-github}" "--output=json=$reports/covenant.json" "--output=sarif=$reports/covenant.sarif")
[[ -z "${GITHUB_STEP_SUMMARY:-}" ]] || command+=("--output=markdown=$GITHUB_STEP_SUMMARY")
[[ -z "${GITHUB_OUTPUT:-}" ]] || command+=("--output=github-output=$GITHUB_OUTPUT")
[[ -z "$base" ]] || command+=("--base=$base")
[[ -z "${INPUT_FAIL_ON:-}" ]] || command+=("--fail-on=$INPUT_FAIL_ON")
[[ -z "${INPUT_CONFIG:-}" ]] || command+=("--config=$INPUT_CONFIG")
lines_of "${INPUT_ARGS:-}"
command+=(${lines[@]+"${lines[@]}"})
lines_of "${INPUT_SPEC:-}"
command+=(-- ${lines[@]+"${lines[@]}"})

code=0
"$binary" "${command[@]}" || code=$?

if [[ -n "${GITHUB_OUTPUT:-}" ]]; then
  if [[ -f "$reports/covenant.json" ]]; then
    echo "report=$reports/covenant.json" >>"$GITHUB_OUTPUT"
    echo "sarif=$reports/covenant.sarif" >>"$GITHUB_OUTPUT"
  else
    echo "verdict=incomplete" >>"$GITHUB_OUTPUT"
  fi
fi
exit "$code"
