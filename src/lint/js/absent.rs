//! The interface of the engine in builds without it: rulesets that need it are refused in words.

#![allow(clippy::unused_self)] // The interface is that of the engine.

use crate::files::Fence;
use crate::lint::functions::{Call, Found, View};
use serde_json::Value;
use std::path::Path;
use std::sync::Arc;

const WORDS: &str = "this build has no JavaScript engine; build Covenant with the feature `js`";

/// Nobody has one.
#[derive(Clone, Debug)]
pub(in crate::lint) enum Programs {}

/// No functions.
#[derive(Clone, Debug, Default)]
pub(in crate::lint) struct Functions(());

/// Nobody has one.
#[derive(Clone, Debug)]
pub(in crate::lint) enum JsFunction {}

/// Nothing runs.
#[derive(Debug, Default)]
pub(in crate::lint) struct Run(());

impl Programs {
    /// Refuses.
    ///
    /// # Errors
    /// Always.
    pub(in crate::lint) fn functions(
        _: &Path,
        _: &str,
        _: &[String],
        _: &Fence,
    ) -> Result<Arc<Self>, Vec<(usize, String)>> {
        Err(vec![(0, WORDS.to_owned())])
    }

    /// Refuses.
    ///
    /// # Errors
    /// Always.
    pub(in crate::lint) fn ruleset(_: &Path, _: &Fence) -> Result<(Arc<Self>, Value), String> {
        Err(WORDS.to_owned())
    }
}

impl Functions {
    /// No functions.
    pub(in crate::lint) fn new(_: Option<Arc<Programs>>) -> Self {
        Functions(())
    }

    /// There is none.
    pub(in crate::lint) fn compile(&self, _: &str, _: &Value) -> Option<Result<JsFunction, Vec<String>>> {
        None
    }

    /// They are.
    pub(in crate::lint) fn are(&self, _: &Functions) -> bool {
        true
    }

    /// Cannot happen.
    ///
    /// # Errors
    /// Never.
    pub(in crate::lint) fn is_format(&self, _: &str, _: &View<'_>) -> Result<bool, String> {
        Ok(false)
    }

    /// It is not.
    pub(in crate::lint) fn is_program(&self) -> bool {
        false
    }
}

impl JsFunction {
    /// Cannot happen.
    pub(in crate::lint) fn call<'w>(&self, _: &Call<'_, 'w>, _: &mut Vec<Found<'w>>) {
        match *self {}
    }
}
