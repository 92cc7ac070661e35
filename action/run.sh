#!/usr/bin/env bash
# The step of the GitHub Action: find or build covenant, find the base, run `covenant check` once.
# Takes the inputs as environment variables and never evaluates them; gives covenant's own exit code (0, 1, 2).
# What cannot be found out fails the step with exit code 2; only a run with nothing to compare with lints alone.
set -euo pipefail

# Nothing in the repository replaces an object, runs a hook or a monitor, or stands in for the repository itself.
export GIT_TERMINAL_PROMPT=0 GIT_NO_REPLACE_OBJECTS=1 GIT_GRAFT_FILE=/dev/null GIT_OPTIONAL_LOCKS=0

git() {
  command git -c safe.bareRepository=explicit -c core.fsmonitor=false -c core.hooksPath=/dev/null \
    -c protocol.ext.allow=never -c log.showSignature=false -c advice.graftFileDeprecated=false "$@"
}

output() {
  [[ -z "${GITHUB_OUTPUT:-}" ]] || printf '%s\n' "$1" >>"$GITHUB_OUTPUT"
}

fail() {
  echo "::error title=Covenant::$1"
  output verdict=incomplete
  exit 2
}

# The released binary of a version, if its archive has the checksum that the workflow names.
download() {
  local version=${INPUT_VERSION#v} sum=${INPUT_CHECKSUM:-} os arch from archive secure='=https' found
  [[ "$version" =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.]+)?$ ]] || fail "The input 'version' is no version such as 1.2.3."
  [[ "$sum" =~ ^[0-9a-f]{64}$ ]] || fail "The input 'version' needs 'checksum', the SHA-256 of the archive for this runner."
  case "$(uname -s)" in
  Linux) os=linux ;; Darwin) os=macos ;; MINGW* | MSYS* | CYGWIN*) os=windows ;;
  *) fail "There is no released binary for this system. Set the input 'binary'." ;;
  esac
  case "$(uname -m)" in
  x86_64 | amd64) arch=x86_64 ;; arm64 | aarch64) arch=aarch64 ;;
  *) fail "There is no released binary for this processor. Set the input 'binary'." ;;
  esac
  from=${INPUT_DOWNLOAD_URL:-${GITHUB_SERVER_URL:-https://github.com}/${GITHUB_ACTION_REPOSITORY:-}/releases/download}
  # A server on this machine is that of a test.
  [[ "$from" != http://127.0.0.1:* ]] || secure='=http'
  archive=$temp/covenant.tar.gz
  rm -rf -- "$archive" "$temp/covenant-release"
  mkdir "$temp/covenant-release" || fail "The temporary folder cannot be written."
  curl --silent --show-error --fail --location --proto "$secure" --proto-redir '=https' --max-time 300 --retry 2 \
    --max-filesize 268435456 --output "$archive" -- "$from/v$version/covenant-$version-$os-$arch.tar.gz" >&2 ||
    fail "Covenant $version could not be downloaded."
  found=$( (sha256sum -- "$archive" 2>/dev/null || shasum -a 256 -- "$archive") | cut -d ' ' -f 1)
  [[ "$found" == "$sum" ]] || fail "The archive of Covenant $version has another checksum than the workflow names."
  tar -xzf "$archive" -C "$temp/covenant-release" || fail "The archive of Covenant $version cannot be read."
  binary=$temp/covenant-release/covenant
  [[ "$os" != windows ]] || binary+=.exe
  [[ -f "$binary" && ! -L "$binary" && -x "$binary" ]] || fail "The archive of Covenant $version holds no covenant."
}

# The binary: the one named, a released one, the one on PATH, or this action's own source.
find_binary() {
  if [[ -n "${INPUT_BINARY:-}" ]]; then
    binary=$INPUT_BINARY
    [[ "$binary" == */* ]] || binary=./$binary
    [[ -f "$binary" && -x "$binary" ]] || fail "The input 'binary' names no executable file."
    ! git ls-files --error-unmatch -- "$binary" >/dev/null 2>&1 ||
      fail "The input 'binary' names a file that git tracks, which a pull request could replace."
    return
  fi
  [[ -z "${INPUT_VERSION:-}" ]] || { download; return; }
  # A relative folder of PATH would be one of the pull request.
  binary=$(type -P covenant) && [[ "$binary" == /* ]] && return
  command -v cargo >/dev/null || fail "There is no covenant and no cargo to build it. Set the input 'binary', or install Rust."
  # Built from the action's folder: in the workspace, cargo would obey the .cargo/config.toml of the pull request.
  (cd "$action" && cargo build --release --locked --bin covenant --target-dir "$temp/covenant-target" >&2) ||
    fail "Covenant could not be built."
  binary=$temp/covenant-target/release/covenant
}

# In a container the workspace may belong to another user, and git refuses it: this one folder is then trusted, for this
# step alone, by a configuration of the step's own. Covenant passes no GIT_ variable on to git.
trust_workspace() {
  type -P git >/dev/null || return 0
  ! git rev-parse --git-dir >/dev/null 2>&1 || return 0
  local own known=${XDG_CONFIG_HOME:-${HOME:-}/.config}/git/config
  own=$(mktemp -d "$temp/covenant-git.XXXXXX") && mkdir "$own/git" || fail "The temporary folder cannot be written."
  [[ ! -f "$known" ]] || command git config --file "$own/git/config" include.path "$known"
  command git config --file "$own/git/config" safe.directory "$(pwd -P)"
  export XDG_CONFIG_HOME=$own
}

need_git() {
  type -P git >/dev/null || fail "There is no git, so the base cannot be read. Install git before this step."
  git rev-parse --git-dir >/dev/null 2>&1 ||
    fail "The workspace is no git repository. Run actions/checkout before this step, without its input 'path'."
}

have() { git cat-file -e "$1^{commit}" 2>/dev/null; }

is_shallow() { [[ "$(git rev-parse --is-shallow-repository)" == true ]]; }

# fetch DEPTH REVISION...: a complete clone stays complete.
fetch() {
  local depth=()
  ! is_shallow || depth=("--depth=$1")
  git fetch --quiet --no-tags --no-recurse-submodules ${depth[@]+"${depth[@]}"} origin "${@:2}"
}

# The first parent of the merge commit that GitHub makes of a pull request, which is what actions/checkout checks out.
# The commit itself names its parents, so one commit is fetched however long the history is.
first_parent() {
  [[ "${GITHUB_REF:-}" == refs/pull/*/merge && "${GITHUB_SHA:-}" == "$head" ]] || return 1
  local parents
  parents=$(git cat-file commit "$head" | sed -n -e '/^$/q' -e 's/^parent //p')
  [[ "$parents" == *$'\n'* ]] || return 1
  base=${parents%%$'\n'*}
  have "$base" || fetch 1 "$base"
}

# The base of the pull request, with as much history as Covenant needs to find the merge base. A shallow clone is deepened
# step by step, so that a long history is not fetched for a short branch.
merge_base() {
  local target=${BASE_SHA:-}
  if [[ -z "$target" ]]; then
    [[ -n "${GITHUB_BASE_REF:-}" ]] || fail "The event names no base. Set the input 'base'."
    fetch 1 "refs/heads/$GITHUB_BASE_REF" || fail "The base branch could not be fetched. $credentials"
    target=$(git rev-parse --verify FETCH_HEAD)
  fi
  is_id "$target" || fail "The base of the event is no commit id."
  have "$target" || fetch 1 "$target" || fail "The base commit could not be fetched. $credentials"
  deepen "$target"
}

# Sets `base` to a commit whose merge base with HEAD is to be compared with.
deepen() {
  local depth
  base=$1 ancestry=--merge-base
  ! git merge-base "$1" "$head" >/dev/null 2>&1 || return 0
  for depth in 50 200 1000 2147483647; do # the last is git's own word for the whole history
    is_shallow || break
    fetch "$depth" "$1" "$head" || fail "The history could not be deepened. $credentials"
    ! git merge-base "$1" "$head" >/dev/null 2>&1 || return 0
  done
  fail "The pull request and its base have no common commit, so there is no merge base. Set the input 'base'."
}

is_id() { [[ "$1" =~ ^[0-9a-f]{40}([0-9a-f]{24})?$ ]]; }

is_pull_request() {
  [[ -n "${BASE_SHA:-}${GITHUB_BASE_REF:-}" || "${GITHUB_EVENT_NAME:-}" == pull_request* || "${GITHUB_EVENT_NAME:-}" == merge_group ]]
}

# Sets `base`; empty when there is nothing to compare with.
find_base() {
  local credentials="Check out with fetch-depth 0, or leave persist-credentials on." head
  ancestry=--base-exact
  base=${INPUT_BASE:-}
  if [[ -n "$base" ]]; then
    local id full
    id=$(git rev-parse --quiet --verify --end-of-options "$base^{commit}" 2>/dev/null) || return 0
    # Of a branch the merge base, as for pull requests; a tag or commit itself.
    full=$(git rev-parse --symbolic-full-name "$base" 2>/dev/null) || true
    if [[ "$full" == refs/heads/* || "$full" == refs/remotes/* ]]; then
      head=$(git rev-parse --verify --quiet 'HEAD^{commit}') || fail "The workspace has no commit checked out."
      deepen "$id"
    else
      base=$id
    fi
  elif is_pull_request; then
    need_git
    head=$(git rev-parse --verify --quiet 'HEAD^{commit}') || fail "The workspace has no commit checked out."
    first_parent || merge_base
    # As with pull_request_target, which checks out the base branch unless told otherwise.
    [[ "$base" != "$head" ]] && { [[ "$ancestry" != --merge-base ]] || ! git merge-base --is-ancestor "$head" "$base"; } ||
      fail "The base itself is checked out, not the pull request. See docs/action.md."
  elif is_id "${BEFORE_SHA:-}" && [[ "$BEFORE_SHA" =~ [^0] ]]; then
    need_git
    if have "$BEFORE_SHA" || fetch 1 "$BEFORE_SHA"; then
      base=$BEFORE_SHA
    else
      echo "::warning title=Covenant::The commit before the push is gone, so contracts are linted, not compared."
    fi
  fi
  [[ -n "$base" ]] || return 0
  complete
  # A revision, whatever the pull request has named so.
  base=git:$base
}

# Of a partial clone, the files that the pull request changed are not here in their old form. Covenant fetches nothing.
complete() {
  [[ -n "$(git config --get-regexp '^(extensions\.partialclone|remote\..*\.promisor)$' || true)" ]] || return 0
  local from=$base
  [[ "$ancestry" != --merge-base ]] || from=$(git merge-base "$base" HEAD)
  git diff --no-ext-diff --no-textconv --no-renames --numstat "$from" HEAD >/dev/null 2>&1 || true
}

# After a run for a pull request that may not write (of a fork): finds the pull request by its head commit, fetches the objects of
# both sides, and lays the files of the head out in a folder of the runner, where nothing runs them. Nothing that the first run
# made is used, and the policy is that of the target.
follow() {
  need_git
  find_api || fail "The API is needed to find the pull request: a token, jq, curl and the event."
  local asked sha query found target ref credentials="Check out with fetch-depth 0, or leave persist-credentials on."
  asked=$(jq -r '.workflow_run | select(.event == "pull_request") | .head_sha, "head=\(.head_repository.owner.login + ":" + .head_branch | @uri)"' \
    <"$GITHUB_EVENT_PATH" 2>/dev/null) || asked=''
  sha=${asked%%$'\n'*} query=${asked#*$'\n'}
  is_id "$sha" && [[ "$query" == head=?* && "$query" != *$'\n'* ]] || fail "The event is about no run for a pull request."
  found=$(pages "/repos/$repository/pulls?state=open&$query") || fail "The pull requests could not be listed."
  found=$(jq -r --arg sha "$sha" '[.[] | select(.head.sha == $sha)] | if length > 1 then "many" else .[] | "\(.number) \(.base.ref)" end' <<<"$found") ||
    fail "The pull requests could not be read."
  if [[ -z "$found" ]]; then
    echo "::notice title=Covenant::No open pull request ends with $sha any more, so there is nothing to say."
    exit 0
  fi
  IFS=' ' read -r number ref <<<"$found"
  [[ "$number" =~ ^[1-9][0-9]{0,9}$ && -n "$ref" ]] || fail "Several pull requests end with $sha."
  fetch 1 "refs/heads/$ref" || fail "The base branch could not be fetched. $credentials"
  target=$(git rev-parse --verify FETCH_HEAD)
  fetch 1 "refs/pull/$number/head" || fail "The pull request could not be fetched. $credentials"
  head=$(git rev-parse --verify FETCH_HEAD)
  if [[ "$head" != "$sha" ]]; then
    echo "::notice title=Covenant::The pull request has moved on; its next run says what there is to say."
    exit 0
  fi
  head_sha=$sha tree=$temp/covenant-head
  deepen "$target"
  base=git:$base
  rm -rf -- "$tree" && git worktree prune || fail "The temporary folder cannot be written."
  # No filter and no hook of any configuration touches the files.
  GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null GIT_LFS_SKIP_SMUDGE=1 \
    git -c safe.directory="$(pwd -P)" -c core.attributesFile=/dev/null -c filter.lfs.process= -c filter.lfs.smudge= \
    -c filter.lfs.required=false worktree add --quiet --detach "$tree" "$head" >&2 || fail "The files of the pull request could not be written."
}

# Whether commands that emit contracts may run: they run the code of the pull request on this runner. Of whose code that is, the
# event alone is asked; where it does not say so, they do not run.
may_generate() {
  case "${INPUT_ALLOW_GENERATE:-false}" in
  false) return 1 ;;
  true) ;;
  *) fail "The input 'allow-generate' is true or false." ;;
  esac
  local same=''
  case "${GITHUB_EVENT_NAME:-}" in
  push | merge_group | workflow_dispatch | schedule) return 0 ;;
  pull_request)
    [[ ! -f "${GITHUB_EVENT_PATH:-}" ]] ||
      same=$(jq -r '.pull_request | .head.repo.full_name != null and .head.repo.full_name == .base.repo.full_name' \
        <"$GITHUB_EVENT_PATH" 2>/dev/null) || same=''
    [[ "$same" != true ]] || return 0
    ;;
  esac
  echo "::notice title=Covenant::Commands that emit contracts do not run for code of a fork, nor in ${GITHUB_EVENT_NAME:-this event}."
  return 1
}

action=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
temp=${RUNNER_TEMP:-${TMPDIR:-/tmp}}
cd "${GITHUB_WORKSPACE:-.}" || fail "There is no workspace."
report=${INPUT_REPORT:-$temp/covenant-report.json}
[[ "$report" != *[$'\r\n']* ]] || fail "The input 'report' is more than one line."
rm -f -- "$report" || fail "The report of an earlier run cannot be removed."
# shellcheck source=action/api.sh
source "$action/action/api.sh"
trust_workspace
tree=''
if [[ "${GITHUB_EVENT_NAME:-}" == workflow_run ]]; then
  [[ "$report" == /* ]] || report=$PWD/$report
  follow
  find_binary
  [[ "$binary" == /* ]] || binary=$PWD/$binary
  cd "$tree"
else
  find_base
  find_binary
  find_request
fi
comment=$temp/covenant-comment.md
rm -f -- "$comment" "$temp/covenant-approvals.json" || fail "The files of an earlier run cannot be removed."

# Annotations would stand in files of another branch.
command=(check "--format=$([[ -n "$tree" ]] && echo text || echo github)" "--output=json=$report")
[[ -z "${GITHUB_STEP_SUMMARY:-}" ]] || command+=("--output=markdown=$GITHUB_STEP_SUMMARY")
[[ -z "${GITHUB_OUTPUT:-}" ]] || command+=("--output=github-output=$GITHUB_OUTPUT")
[[ -z "${INPUT_SARIF:-}" || -n "$tree" ]] || command+=("--output=sarif=$INPUT_SARIF")
[[ -z "$base" ]] || command+=("--base=$base")
[[ "$base" != git:* ]] || command+=("$ancestry")
if [[ -n "$base" ]]; then
  [[ -z "${INPUT_LINT:-}" ]] || command+=("--lint=$INPUT_LINT")
  [[ -z "${INPUT_POLICY_FROM:-}" ]] || command+=("--policy-from=$INPUT_POLICY_FROM")
  [[ -z "${INPUT_ALLOW_BREAKING:-}" ]] || command+=("--allow-breaking=$INPUT_ALLOW_BREAKING")
fi
if [[ -n "$number" && -n "$base" ]]; then
  [[ "${INPUT_COMMENT:-true}" != true ]] || command+=("--output=comment=$comment")
  server=${GITHUB_SERVER_URL:-https://github.com}
  [[ "$server" != https://* ]] || command+=("--link=$server/$repository/blob/{commit}/{path}#L{line}" "--commit=$head_sha")
  if write_approvals; then
    command+=("--approvals=$temp/covenant-approvals.json")
  else
    rm -f -- "$temp/covenant-approvals.json"
    echo "::notice title=Covenant::The approvals could not be read, so there are none."
  fi
fi
! may_generate || command+=(--allow-generate)
[[ -z "${INPUT_PROFILE:-}" ]] || command+=("--profile=$INPUT_PROFILE")
[[ -z "${INPUT_FAIL_ON:-}" ]] || command+=("--fail-on=$INPUT_FAIL_ON")
[[ -z "${INPUT_CONFIG:-}" ]] || command+=("--config=$INPUT_CONFIG")
# `read` splits at blanks and nothing else: no globs, no quotes, no expansion.
IFS=$' \t\r\n' read -r -d '' -a extra <<<"${INPUT_ARGS:-}" || true
for word in ${extra[@]+"${extra[@]}"}; do
  [[ "$word" != --allow-g* ]] || fail "Whether commands run is said by the input 'allow-generate', not by 'args'."
done
command+=(${extra[@]+"${extra[@]}"} --)
while IFS= read -r line; do
  line=${line%$'\r'}
  [[ -z "$line" ]] || command+=("$line")
done <<<"${INPUT_FILES:-}"

code=0
"$binary" "${command[@]}" || code=$?
# A covenant that could not begin or end says no verdict, or one too early.
[[ -f "$report" ]] || fail "Covenant wrote no report, so there is no verdict (exit code $code)."
output "report=$report"
[[ ! -f "$comment" ]] || write_comment "$comment"
[[ "$code" -le 1 ]] || output verdict=incomplete
# The first run has failed the pull request; this one is there for the comment.
[[ -z "$tree" || "$code" -gt 1 ]] || exit 0
exit "$code"
