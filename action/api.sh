# What the step asks of the API of GitHub, and says to it: who approved, and one comment. Sourced by run.sh.
# Nothing here decides: without an answer there are no approvals and no comment, and the verdict is that of the contracts.

marker='<!-- covenant-comment/1 '

# api METHOD PATH [FILE]: prints the answer; fails unless the status is 2xx. The token is on no command line.
api() {
  local answer=$temp/covenant-answer.json status secure='=https'
  # A server on this machine is that of a test.
  [[ "$api_url" != http://127.0.0.1:* ]] || secure='=http'
  local request=(curl --config - --silent --show-error --proto "$secure" --max-time 30 --retry 2 --retry-max-time 60
    --max-filesize 10485760 --output "$answer" --write-out '%{http_code}' --request "$1")
  [[ -z "${3:-}" ]] || request+=(--data-binary "@$3")
  rm -f -- "$answer"
  status=$(printf 'header = "Authorization: Bearer %s"\nheader = "Accept: application/vnd.github+json"\nheader = "X-GitHub-Api-Version: 2022-11-28"\n' \
    "${INPUT_TOKEN//[^A-Za-z0-9_.-]/}" | "${request[@]}" -- "$api_url$2" 2>/dev/null) || status=000
  [[ "$status" == 2?? ]] || return 1
  [[ ! -f "$answer" ]] || cat -- "$answer"
}

# pages PATH: one array of everything; fails where there is more than 30 pages, for what is missing might decide.
pages() {
  local page separator='?' answer all=$temp/covenant-pages.json
  [[ "$1" != *'?'* ]] || separator='&'
  : >"$all"
  for page in {1..30}; do
    answer=$(api GET "$1${separator}per_page=100&page=$page") || return 1
    jq -e 'type == "array"' <<<"$answer" >/dev/null || return 1
    printf '%s\n' "$answer" >>"$all"
    if [[ "$(jq length <<<"$answer")" -lt 100 ]]; then
      jq -s add <"$all"
      return
    fi
  done
  return 1
}

# Sets `api_url` and `repository`; fails when the API may not be asked, or the event is none.
find_api() {
  number='' head_sha=''
  api_url=${GITHUB_API_URL:-https://api.github.com}
  repository=${GITHUB_REPOSITORY:-}
  [[ -n "${INPUT_TOKEN:-}" && "$repository" =~ ^[A-Za-z0-9._-]+/[A-Za-z0-9._-]+$ ]] || return 1
  [[ -f "${GITHUB_EVENT_PATH:-}" ]] || return 1
  if ! type -P jq >/dev/null || ! type -P curl >/dev/null; then
    echo "::notice title=Covenant::There is no jq or no curl, so there is no comment and no approval."
    return 1
  fi
  [[ "$(wc -c <"$GITHUB_EVENT_PATH")" -le 10485760 ]]
}

# Sets `number` and `head_sha` when the event is about a pull request and the API may be asked.
find_request() {
  find_api || return 0
  local event
  event=$(jq -r '.pull_request | select(. != null) | "\(.number) \(.head.sha)"' <"$GITHUB_EVENT_PATH" 2>/dev/null) || return 0
  [[ "$event" =~ ^([1-9][0-9]{0,9})\ ([0-9a-f]{40}|[0-9a-f]{64})$ ]] || return 0
  number=${BASH_REMATCH[1]} head_sha=${BASH_REMATCH[2]}
}

# What each person may do: a map from login to permission.
permissions() {
  local login answer out='{}'
  while IFS= read -r login; do
    [[ "$login" =~ ^[A-Za-z0-9-]+$ ]] || continue
    answer=$(api GET "/repos/$repository/collaborators/$login/permission") || continue
    out=$(jq -c --arg login "$login" --argjson answer "$answer" '. + {($login): ($answer.permission // "")}' <<<"$out")
  done
  printf '%s' "$out"
}

# Writes the approvals of the pull request, or nothing. A label counts if this commit was the head when it was set: a run
# for the branch saw the commit before, and nothing was forced onto the branch since, so that the head could only stay.
write_approvals() {
  local pull reviews commits events since people
  pull=$(api GET "/repos/$repository/pulls/$number") &&
    reviews=$(pages "/repos/$repository/pulls/$number/reviews") &&
    commits=$(pages "/repos/$repository/pulls/$number/commits") || return 1
  events=$(pages "/repos/$repository/issues/$number/events") || events='[]'
  since=$(api GET "/repos/$repository/actions/runs?head_sha=$head_sha&per_page=100") || since='{}'
  since=$(jq -r --argjson pull "$pull" '
    [.workflow_runs[]? | select((.event // "" | startswith("pull_request")) and .head_branch == $pull.head.ref
       and .head_repository.full_name == $pull.head.repo.full_name) | .created_at] | min // empty' <<<"$since") || since=''
  events=$(jq -c --argjson pull "$pull" --arg since "$since" '
    [$pull.labels[]?.name] as $set
    | any(.[]; .event == "head_ref_force_pushed" and .created_at >= $since) as $forced
    | [.[] | select(.event == "labeled" and .actor.login != null and (.label.name as $name | $set | index($name)))]
    | group_by(.label.name) | map(max_by(.created_at))
    | map(select($since != "" and ($forced | not) and .created_at > $since))' <<<"$events") || events='[]'
  people=$(jq -rn --argjson reviews "$reviews" --argjson events "$events" \
    '[$reviews[].user.login?, $events[].actor.login] | map(select(. != null)) | unique[]' | permissions)
  jq -n --arg head "$head_sha" --argjson pull "$pull" --argjson reviews "$reviews" --argjson commits "$commits" \
    --argjson events "$events" --argjson people "$people" '
    {"APPROVED": "approved", "CHANGES_REQUESTED": "changes-requested", "DISMISSED": "dismissed"} as $states
    | {schema: "covenant-approvals/1", head: $head, author: $pull.user.login,
       committers: ([$commits[] | .author.login?, .committer.login?] | map(select(. != null and . != "web-flow")) | unique),
       approvals: ([$reviews[] | select(.user.login != null)
           | {how: "review", by: .user.login, state: ($states[.state] // "commented"), commit: (.commit_id // ""),
              permission: ($people[.user.login] // "")}]
         + [$events[] | {how: "label", by: .actor.login, label: .label.name, commit: $head,
              permission: ($people[.actor.login] // "")}])}' >"$temp/covenant-approvals.json"
}

# The comments of our own, oldest first: id and first line.
own_comments() {
  pages "/repos/$repository/issues/$number/comments" |
    jq -r --arg author "${INPUT_COMMENT_AUTHOR:-github-actions[bot]}" --arg marker "$marker" \
      'sort_by(.id)[] | select(.user.login == $author and (.body | startswith($marker)))
       | "\(.id) \(.body | split("\n")[0] | rtrimstr("\r"))"'
}

no_comment() { echo "::notice title=Covenant::The comment could not be written: $1"; }

# Makes, replaces or leaves alone the one comment of this step.
write_comment() {
  local file=$1 ours id first line body=$temp/covenant-body.json answer
  [[ -s "$file" ]] || return 0
  IFS= read -r first <"$file" || true
  ours=$(own_comments) || { no_comment "the comments could not be listed."; return 0; }
  jq -Rs '{body: .}' <"$file" >"$body"
  if [[ -n "$ours" ]]; then
    IFS=' ' read -r id line <<<"$ours"
    output "comment-id=$id"
    [[ "$line" != "$first" ]] || return 0
    ! api PATCH "/repos/$repository/issues/comments/$id" "$body" >/dev/null || return 0
    # It may have been deleted meanwhile.
    ours=$(own_comments) || ours=$id
    [[ -z "$ours" ]] || { no_comment "the token may not, or the API did not answer."; return 0; }
  fi
  # Where there is nothing to say and nothing was said, nothing is said.
  [[ "$first" != "${marker}quiet "* ]] || return 0
  answer=$(api POST "/repos/$repository/issues/$number/comments" "$body") ||
    { no_comment "the token may not (pull requests of forks), or the API did not answer."; return 0; }
  id=$(jq -r '.id // empty' <<<"$answer")
  # Of two runs that both found none, the first comment stays.
  ours=$(own_comments) || ours=$id
  IFS=' ' read -r line _ <<<"$ours"
  if [[ "$line" =~ ^[0-9]+$ && "$id" =~ ^[0-9]+$ && "$line" != "$id" ]]; then
    api DELETE "/repos/$repository/issues/comments/$id" >/dev/null || true
    api PATCH "/repos/$repository/issues/comments/$line" "$body" >/dev/null || true
    id=$line
  fi
  output "comment-id=$id"
}
