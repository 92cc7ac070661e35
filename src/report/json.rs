//! `covenant-report/2`: the stable report that other programs build on, see `docs/report.schema.json`.

use crate::diagnostic::{Assurance, Bump, Category, Diagnostic, Evidence, Impact, Label, Location, Part, Severity};
use crate::gate::{
    Base, Decided, Figure, Limitation, Observed, Origin, Report, Shard, Suppressed, WaiverUse, approval_key,
    approval_key_of_part, is_approvable,
};
use crate::openapi::Facts;
use serde::Serialize;

/// The format of the report.
pub const SCHEMA: &str = "covenant-report/2";

/// The report as indented JSON with a final newline; of a part of a run, which is for a program alone, in one line.
pub(super) fn render(report: &Report) -> String {
    let written = Written::of(report);
    let text =
        if report.shard.is_some() { serde_json::to_string(&written) } else { serde_json::to_string_pretty(&written) };
    text.unwrap_or_default() + "\n"
}

#[derive(Serialize)]
struct Written<'a> {
    schema: &'static str,
    tool: Tool,
    command: &'static str,
    as_of: Option<String>,
    policy: &'a [Decided],
    #[serde(skip_serializing_if = "Option::is_none")]
    policy_from: Option<&'a Origin>,
    #[serde(skip_serializing_if = "Option::is_none")]
    base: Option<&'a Base>,
    verdict: Judgement,
    contracts: usize,
    diagnostics: Vec<Finding<'a>>,
    #[serde(skip_serializing_if = "is_zero")]
    left_out: usize,
    suppressed: Vec<Accepted<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    observed: Option<Observed>,
    #[serde(skip_serializing_if = "Option::is_none")]
    existing: Option<Counts>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixed: Vec<Finding<'a>>,
    limitations: Vec<Limit<'a>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    apis: &'a [Facts],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    waivers: &'a [WaiverUse],
    #[serde(skip_serializing_if = "Option::is_none")]
    shard: Option<&'a Shard>,
}

/// How many findings of each severity.
#[derive(Serialize)]
struct Counts {
    error: usize,
    warning: usize,
    info: usize,
    hint: usize,
}

impl Counts {
    fn of(findings: &[Diagnostic]) -> Option<Self> {
        let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
        let [error, warning, info, hint] = [Severity::Error, Severity::Warn, Severity::Info, Severity::Hint].map(count);
        (!findings.is_empty()).then_some(Counts { error, warning, info, hint })
    }
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
    /// The version of the profiles.
    rules: &'static str,
}

#[derive(Serialize)]
struct Judgement {
    gate: &'static str,
    change: Figure<Impact>,
    required_bump: Figure<Bump>,
}

#[derive(Serialize)]
struct Accepted<'a> {
    #[serde(flatten)]
    finding: Finding<'a>,
    suppressed_by: &'a str,
    suppression: &'static str,
}

#[derive(Serialize)]
struct Limit<'a> {
    what: &'a str,
    #[serde(rename = "where")]
    place: LimitPlace<'a>,
    incomplete: bool,
}

#[derive(Serialize)]
struct LimitPlace<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
}

#[derive(Serialize)]
struct Finding<'a> {
    rule: &'a str,
    severity: Severity,
    impact: Impact,
    assurance: &'a [Assurance],
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<Category>,
    required_bump: Bump,
    #[serde(skip_serializing_if = "is_false")]
    weakens: bool,
    message: &'a str,
    location: Spot<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    base_location: Option<Spot<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related: Vec<Related<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parts: Vec<Beside<'a>>,
    operations: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<&'a Evidence>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<&'a str>,
    fingerprint: &'a str,
    /// The key under which the finding is approved.
    #[serde(skip_serializing_if = "Option::is_none")]
    approval: Option<String>,
}

/// Another finding of the same cause.
#[derive(Serialize)]
struct Beside<'a> {
    rule: &'a str,
    impact: Impact,
    file: &'a str,
    line: u32,
    pointer: &'a str,
    fingerprint: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    approval: Option<String>,
}

impl<'a> Beside<'a> {
    fn of(part: &'a Part) -> Self {
        Beside {
            rule: &part.rule,
            impact: part.impact,
            file: &part.file,
            line: part.line,
            pointer: &part.pointer,
            fingerprint: &part.fingerprint,
            approval: approval_key_of_part(part),
        }
    }
}

#[derive(Serialize)]
struct Related<'a> {
    message: &'a str,
    location: Spot<'a>,
}

#[derive(Serialize)]
struct Spot<'a> {
    file: &'a str,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
    pointer: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    revision: Option<&'a str>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes it so")]
fn is_false(flag: &bool) -> bool {
    !flag
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes it so")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

impl<'a> Written<'a> {
    fn of(report: &'a Report) -> Self {
        let verdict = &report.verdict;
        Written {
            schema: SCHEMA,
            tool: Tool { name: "covenant", version: env!("CARGO_PKG_VERSION"), rules: crate::lint::RULES_VERSION },
            command: report.command.name(),
            as_of: report.as_of.map(|day| day.to_string()),
            policy: &report.decided,
            policy_from: report.origin.as_ref(),
            base: report.base.as_ref(),
            verdict: Judgement {
                gate: verdict.gate.name(),
                change: verdict.change,
                required_bump: verdict.required_bump,
            },
            contracts: report.contracts,
            diagnostics: report.ranked().into_iter().map(Finding::of).collect(),
            left_out: report.left_out,
            suppressed: report.suppressed.iter().map(Accepted::of).collect(),
            observed: report.observed,
            existing: Counts::of(&report.existing),
            fixed: report.fixed.iter().map(Finding::of).collect(),
            limitations: report.limitations.iter().map(Limit::of).collect(),
            apis: &report.apis,
            waivers: &report.waivers,
            shard: report.shard.as_deref(),
        }
    }
}

impl<'a> Accepted<'a> {
    fn of(suppressed: &'a Suppressed) -> Self {
        Accepted {
            finding: Finding::of(&suppressed.diagnostic),
            suppressed_by: &suppressed.by,
            suppression: suppressed.kind.name(),
        }
    }
}

impl<'a> Limit<'a> {
    fn of(limitation: &'a Limitation) -> Self {
        let place = LimitPlace { file: limitation.file.as_deref() };
        Limit { what: &limitation.what, place, incomplete: limitation.incomplete }
    }
}

impl<'a> Finding<'a> {
    fn of(diagnostic: &'a Diagnostic) -> Self {
        Finding {
            rule: &diagnostic.rule,
            severity: diagnostic.severity,
            impact: diagnostic.impact,
            assurance: &diagnostic.assurance,
            category: diagnostic.category,
            required_bump: diagnostic.required_bump,
            weakens: diagnostic.weakens,
            message: &diagnostic.message,
            location: Spot::of(&diagnostic.location),
            base_location: diagnostic.base_location.as_ref().map(Spot::of),
            related: diagnostic.related.iter().map(Related::of).collect(),
            parts: diagnostic.others.iter().map(Beside::of).collect(),
            operations: &diagnostic.operations,
            evidence: diagnostic.evidence.as_ref(),
            help: diagnostic.help.as_deref(),
            url: diagnostic.url.as_deref(),
            policy: diagnostic.policy.as_deref(),
            fingerprint: &diagnostic.fingerprint,
            approval: is_approvable(diagnostic).then(|| approval_key(diagnostic)),
        }
    }
}

impl<'a> Related<'a> {
    fn of(label: &'a Label) -> Self {
        Related { message: &label.message, location: Spot::of(&label.location) }
    }
}

impl<'a> Spot<'a> {
    fn of(location: &'a Location) -> Self {
        let (start, end) = (location.start(), location.end());
        Spot {
            file: location.path(),
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
            pointer: &location.pointer,
            revision: location.source.revision(),
        }
    }
}
