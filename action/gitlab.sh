#!/usr/bin/env bash
# The job of GitLab: runs `covenant check` once for a merge request, keeps one note on it, and hands over its approvals.
# Takes the variables of GitLab and never evaluates them; gives covenant's own exit code (0, 1, 2). Arguments are further
# arguments of `covenant check`. COVENANT_TOKEN is a project access token with the scope `api`; without it there is neither a
# note nor an approval, and the verdict is that of the contracts.
set -euo pipefail

marker='<!-- covenant-comment/1 '
temp=$(mktemp -d)
trap 'rm -rf -- "$temp"' EXIT

fail() {
  echo "covenant: $1" >&2
  exit 2
}

is_id() { [[ "$1" =~ ^[0-9a-f]{40}([0-9a-f]{24})?$ ]]; }

# api METHOD PATH [FILE]: prints the answer; fails unless the status is 2xx. The token is on no command line.
api() {
  local status secure='=https' answer=$temp/answer.json
  # A server on this machine is that of a test.
  [[ "$CI_API_V4_URL" != http://127.0.0.1:* ]] || secure='=http'
  local request=(curl --config - --silent --show-error --proto "$secure" --max-time 30 --retry 2 --retry-max-time 60
    --max-filesize 10485760 --output "$answer" --write-out '%{http_code}' --request "$1")
  [[ -z "${3:-}" ]] || request+=(--header 'Content-Type: application/json' --data-binary "@$3")
  rm -f -- "$answer"
  status=$(printf 'header = "PRIVATE-TOKEN: %s"\n' "${COVENANT_TOKEN//[^A-Za-z0-9_.-]/}" |
    "${request[@]}" -- "$CI_API_V4_URL$2" 2>/dev/null) || status=000
  [[ "$status" == 2?? ]] || return 1
  [[ ! -f "$answer" ]] || cat -- "$answer"
}

# pages PATH: one array of everything; fails beyond 30 pages, for what is missing might decide.
pages() {
  local page answer all=$temp/pages.json
  : >"$all"
  for page in {1..30}; do
    answer=$(api GET "$1?per_page=100&page=$page") || return 1
    jq -e 'type == "array"' <<<"$answer" >/dev/null || return 1
    printf '%s\n' "$answer" >>"$all"
    [[ "$(jq length <<<"$answer")" -ge 100 ]] || { jq -s add <"$all"; return; }
  done
  return 1
}

# The approvals of the merge request. GitLab does not say which commit somebody approved, nor which of its users committed, so
# approvals count only where the project makes sure of both: they go when something is pushed, and neither the author nor a
# committer can approve.
write_approvals() {
  local settings pull approvals people='{}' id answer self
  # Whoever edits a job of the merge request holds this token: what its own user approved says nothing.
  self=$(own_id) || return 1
  settings=$(api GET "$project/approvals") && pull=$(api GET "$request") && approvals=$(api GET "$request/approvals") || return 1
  jq -e '.reset_approvals_on_push == true and .merge_requests_author_approval == false
    and .merge_requests_disable_committers_approval == true' <<<"$settings" >/dev/null || {
    echo "covenant: approvals do not count: the project lets authors or committers approve, or keeps approvals when something is pushed." >&2
    return 1
  }
  [[ "$(jq -r '.sha // empty' <<<"$pull")" == "$head" ]] || return 1
  while IFS= read -r id; do
    [[ "$id" =~ ^[0-9]+$ ]] || continue
    answer=$(api GET "$project/members/all/$id") || continue
    people=$(jq -c --arg id "$id" --argjson answer "$answer" '. + {($id): ($answer.access_level // 0)}' <<<"$people")
  done < <(jq -r '.approved_by[]?.user.id // empty' <<<"$approvals")
  jq -n --arg head "$head" --argjson pull "$pull" --argjson approvals "$approvals" --argjson people "$people" --argjson self "$self" '
    {schema: "covenant-approvals/1", head: $head, author: $pull.author.username, committers: [],
     approvals: [$approvals.approved_by[]?.user | select(.username != null and .id != $self)
       | {how: "review", by: .username, state: "approved", commit: $head,
          permission: (if ($people[.id | tostring] // 0) >= 30 then "write" else "read" end)}]}' >"$temp/approvals.json"
}

# The notes of our own, oldest first: id and first line.
own_notes() {
  pages "$request/notes" | jq -r --argjson me "$me" --arg marker "$marker" \
    'sort_by(.id)[] | select(.author.id == $me and (.system | not) and (.body | startswith($marker)))
     | "\(.id) \(.body | split("\n")[0] | rtrimstr("\r"))"'
}

no_note() { echo "covenant: the note could not be written: $1" >&2; }

# Makes, replaces or leaves alone the one note of this job.
write_note() {
  local ours id first line me body=$temp/body.json answer
  IFS= read -r first <"$temp/comment.md" || true
  me=$(own_id) || { no_note "the token may not ask who it is."; return 0; }
  ours=$(own_notes) || { no_note "the notes could not be listed."; return 0; }
  jq -Rs '{body: .}' <"$temp/comment.md" >"$body"
  if [[ -n "$ours" ]]; then
    IFS=' ' read -r id line <<<"$ours"
    [[ "$line" != "$first" ]] || return 0
    api PUT "$request/notes/$id" "$body" >/dev/null || no_note "the token may not, or the API did not answer."
    return 0
  fi
  # Where there is nothing to say and nothing was said, nothing is said.
  [[ "$first" != "${marker}quiet "* ]] || return 0
  answer=$(api POST "$request/notes" "$body") || { no_note "the token may not, or the API did not answer."; return 0; }
  id=$(jq -r '.id // empty' <<<"$answer")
  # Of two jobs that both found none, the first note stays.
  ours=$(own_notes) || return 0
  IFS=' ' read -r line _ <<<"$ours"
  if [[ "$line" =~ ^[0-9]+$ && "$id" =~ ^[0-9]+$ && "$line" != "$id" ]]; then
    api DELETE "$request/notes/$id" >/dev/null || true
    api PUT "$request/notes/$line" "$body" >/dev/null || true
  fi
}

# The id of whoever the token is.
own_id() { api GET /user | jq -e .id; }

command -v covenant >/dev/null || fail "there is no covenant on PATH; use an image that has it."
branch=${CI_MERGE_REQUEST_TARGET_BRANCH_NAME:-}
[[ -n "$branch" ]] || fail "this is no pipeline of a merge request."
git fetch --quiet --no-tags origin "refs/heads/$branch" || fail "the target branch could not be fetched."
target=$(git rev-parse --verify FETCH_HEAD)
# Of a pipeline for merged results, the commit that was merged.
head=${CI_MERGE_REQUEST_SOURCE_BRANCH_SHA:-}
[[ -n "$head" ]] || head=$(git rev-parse --verify HEAD)
is_id "$target" && is_id "$head" || fail "the commits of the merge request are not known."

command=(check "--base=git:$target" --merge-base --format=text --output=gitlab=gl-code-quality-report.json
  --output=junit=covenant.xml --output=json=covenant.json)
project=/projects/${CI_PROJECT_ID:-} request=''
if [[ -n "${COVENANT_TOKEN:-}" && "${CI_MERGE_REQUEST_IID:-}" =~ ^[0-9]+$ && "${CI_PROJECT_ID:-}" =~ ^[0-9]+$ && -n "${CI_API_V4_URL:-}" ]]; then
  if command -v jq >/dev/null && command -v curl >/dev/null; then
    request=$project/merge_requests/$CI_MERGE_REQUEST_IID
    command+=("--output=comment=$temp/comment.md")
    if write_approvals; then
      command+=("--approvals=$temp/approvals.json")
    fi
    [[ "${CI_PROJECT_URL:-}" != https://* ]] || command+=("--link=$CI_PROJECT_URL/-/blob/{commit}/{path}#L{line}" "--commit=$head")
  else
    echo "covenant: there is no jq or no curl, so there is no note and no approval." >&2
  fi
fi

code=0
covenant "${command[@]}" "$@" || code=$?
[[ -z "$request" || ! -s "$temp/comment.md" ]] || write_note
exit "$code"
