//! Two contracts of a comparison, loaded whole.

use super::{Failure, Findings, Session, two_sources};
use crate::diagnostic::Severity;
use crate::gate::Limitation;
use crate::openapi::Api;
use crate::workspace::{Input, Workspace};

/// The view of a loaded contract, or the finding that says why there is none.
pub(in crate::cli) fn open<'w>(workspace: &'w Workspace, problems: &mut Findings) -> Option<Api<'w>> {
    match Api::open(workspace) {
        Ok(api) => Some(api),
        Err(diagnostic) => {
            // A text that cannot be read has said so already.
            let file = Some(workspace.document(crate::workspace::DocumentId(0)).name().to_owned());
            let what = diagnostic.message.clone();
            if !problems.diagnostics.iter().any(|problem| problem.severity == Severity::Error) {
                problems.diagnostics.push(*diagnostic);
            }
            problems.limitations.push(Limitation { what, file, incomplete: true });
            None
        }
    }
}

/// Two contracts that were read whole.
pub(in crate::cli) struct Pair {
    before: Workspace,
    after: Workspace,
}

impl Pair {
    /// Loads both sides, side by side.
    ///
    /// # Errors
    /// [`Failure`] when one cannot be read, or only in part: a document about a part would be wrong.
    pub(in crate::cli) fn load(session: &Session, base: &Input, revision: &Input) -> Result<Self, Failure> {
        two_sources(base, revision)?;
        let (before, after) = rayon::join(|| session.load(base), || session.load(revision));
        let fault = |limitation: Limitation| Failure::new(limitation.what);
        let pair = Pair { before: before.map_err(fault)?, after: after.map_err(fault)? };
        for side in [&pair.before, &pair.after] {
            if let Some((_, problem)) = side.faults().into_iter().find(|(code, _)| code.hides_changes()) {
                return Err(Failure::from(Box::new(problem)));
            }
        }
        Ok(pair)
    }

    /// Their views.
    ///
    /// # Errors
    /// [`Failure`] when one is no contract of a known version.
    pub(in crate::cli) fn apis(&self) -> Result<(Api<'_>, Api<'_>), Failure> {
        Ok((Api::open(&self.before)?, Api::open(&self.after)?))
    }
}
