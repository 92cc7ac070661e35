//! `info.version` under the scheme of the team, and its agreement with URLs.

use super::{Facts, Sink, finding, milder};
use crate::diagnostic::Severity;
use crate::openapi::{LifecycleKeys, ParameterIn, ReleaseVersion, Stability, VersionScheme, url_versions};
use crate::syntax::Kind;
use crate::workspace::Place;

/// The rule on the form of versions.
pub(super) const SCHEME: &str = "lc-version-semver";

pub(super) fn check(facts: &Facts<'_, '_>, sink: &mut Sink) {
    scheme(facts, sink);
    urls(facts, sink);
}

fn semantic(scheme: VersionScheme) -> bool {
    matches!(scheme, VersionScheme::Semver | VersionScheme::Obuk)
}

fn scheme(facts: &Facts<'_, '_>, sink: &mut Sink) {
    let rule = SCHEME;
    let Some(info) = facts.api.info() else { return };
    // A missing version is a fault of the document's structure.
    let Some(at) = info.get("version") else { return };
    let text = at.text();
    let shown = crate::text::escape::shortened(&crate::text::escape::line(text), 60);
    let scheme = facts.policy.version_scheme();
    let stable = LifecycleKeys::read(info).level() == Some(Stability::Stable);
    let placeholder = text.contains("${") || text.contains("{{") || text.ends_with("-SNAPSHOT") || text == "0.0.0";
    if placeholder {
        if stable {
            let message = format!("`info.version` is the placeholder `{shown}`, so clients cannot tell versions apart");
            sink.add(finding(rule, at.location(), message));
        }
        return;
    }
    if matches!(at.kind(), Kind::Float | Kind::Int) && semantic(scheme) {
        let message = format!(
            "`info.version` is the number `{shown}`, and YAML makes `1.10` the same as `1.1`; put it in quotes"
        );
        sink.add(finding(rule, at.location(), message));
        return;
    }
    match ReleaseVersion::parse(text, scheme, facts.policy.version_pattern.as_deref()) {
        Err(expected) => {
            // OpenAPI asks for no form of versions. Where the team has asked for none either, it is a remark.
            let asked = facts.policy.version_scheme.is_some();
            let most = if asked || facts.versions_demanded { Severity::Error } else { Severity::Info };
            let message = if asked {
                format!("`info.version` is `{shown}`, but the policy expects {expected}")
            } else {
                format!("`info.version` is `{shown}`, which is not {expected}")
            };
            sink.add(milder(most, rule, at.location(), message));
        }
        Ok(version) if semantic(scheme) && semver::Version::parse(text).is_err() => {
            let whole = format!("{}.{}.{}", version.major(), version.minor(), version.patch());
            let message =
                format!("`info.version` is `{shown}`, which is not a full semantic version such as `{whole}`");
            sink.add(milder(Severity::Info, rule, at.location(), message));
        }
        Ok(_) => {}
    }
}

fn urls(facts: &Facts<'_, '_>, sink: &mut Sink) {
    let rule = "lc-version-path-agreement";
    let api = facts.api;
    let found = url_versions(api);
    let declared =
        api.info().is_some_and(|info| info.get("x-versions").is_some()) || api.root().get("x-versions").is_some();
    if found.is_empty() || declared {
        return;
    }
    let servers: Vec<_> = found.iter().filter(|url| url.in_server).collect();
    // Where the server names a version, versions in paths are those of parts behind it.
    let decisive = if servers.is_empty() { found.iter().collect() } else { servers };
    let first = decisive[0];
    if let Some(other) = decisive.iter().find(|url| url.major != first.major) {
        let message = format!(
            "one contract offers `{}` and `{}`; each major needs a contract of its own, or `x-versions`",
            first.token, other.token
        );
        sink.add(finding(rule, other.place.location(), message).label(first.place.location(), "the other version"));
        return;
    }
    let scheme = facts.policy.version_scheme();
    let version = ReleaseVersion::parse(api.info_version(), scheme, facts.policy.version_pattern.as_deref());
    if let Ok(version) = version
        && version.date.is_none()
        && scheme != VersionScheme::Integer
        && version.major() > 0
        && version.major() != first.major
    {
        let at = api.info().and_then(|info| info.get("version")).unwrap_or(first.place);
        let shown = crate::text::escape::shortened(&crate::text::escape::line(api.info_version()), 40);
        let message = format!("`info.version` is `{shown}`, but the URL says `{}`", first.token);
        sink.add(finding(rule, at.location(), message).label(first.place.location(), "the URL"));
    }
    if let Some((what, place)) = other_versioning(facts) {
        let message = format!("the version is in the URL (`{}`) and in {what} too, so they can disagree", first.token);
        sink.add(finding(rule, place.location(), message).label(first.place.location(), "the URL"));
    }
}

/// A header or media type that carries a version.
fn other_versioning<'w>(facts: &Facts<'w, '_>) -> Option<(String, Place<'w>)> {
    for operation in facts.api.operations() {
        for parameter in operation.parameters() {
            let name = parameter.name.to_ascii_lowercase();
            let names = ["api-version", "x-api-version", "accept-version", "x-version"];
            if parameter.location == Some(ParameterIn::Header) && names.contains(&name.as_str()) {
                return Some((
                    format!("the header `{}`", crate::text::escape::shortened(parameter.name, 40)),
                    parameter.place,
                ));
            }
        }
        for response in operation.responses() {
            if let Some(media) = response.media_types().into_iter().find(|media| media.name.contains("version=")) {
                return Some((
                    format!("the media type `{}`", crate::text::escape::shortened(media.name, 80)),
                    media.place,
                ));
            }
        }
    }
    None
}
