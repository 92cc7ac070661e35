//! Escaping untrusted text: the functions of the ground floor.

pub(super) use crate::text::escape::*;
