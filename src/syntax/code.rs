//! The kinds of faults that a text can have, and what each means for the tree that was read.

/// The kind of a [`Problem`](super::Problem).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    /// The text is no YAML.
    SyntaxYaml,
    /// The text is no JSON.
    SyntaxJson,
    /// Readers differ on the indentation.
    SyntaxIndent,
    /// Half of a surrogate pair stands alone.
    LoneSurrogate,
    /// A key appears twice in one object.
    DuplicateKey,
    /// Collections are nested too deeply.
    LimitDepth,
    /// The tree has too many nodes.
    LimitNodes,
    /// Aliases written out have too many nodes.
    LimitAliases,
    /// There is more than one document.
    MultipleDocuments,
    /// There is nothing in the file.
    EmptyDocument,
    /// A key is an object or array.
    KeyNotScalar,
    /// An alias names no anchor.
    AliasUnknown,
    /// A tag is not known.
    TagUnknown,
}

impl Code {
    /// All kinds.
    pub const ALL: [Code; 13] = [
        Code::SyntaxYaml,
        Code::SyntaxJson,
        Code::SyntaxIndent,
        Code::LoneSurrogate,
        Code::DuplicateKey,
        Code::LimitDepth,
        Code::LimitNodes,
        Code::LimitAliases,
        Code::MultipleDocuments,
        Code::EmptyDocument,
        Code::KeyNotScalar,
        Code::AliasUnknown,
        Code::TagUnknown,
    ];

    /// Returns the id under which findings report it.
    pub fn id(self) -> &'static str {
        match self {
            Code::SyntaxYaml => "syntax-yaml",
            Code::SyntaxJson => "syntax-json",
            Code::SyntaxIndent => "syntax-indent",
            Code::LoneSurrogate => "lone-surrogate",
            Code::DuplicateKey => "duplicate-key",
            Code::LimitDepth => "limit-depth",
            Code::LimitNodes => "limit-nodes",
            Code::LimitAliases => "limit-aliases",
            Code::MultipleDocuments => "multiple-documents",
            Code::EmptyDocument => "empty-document",
            Code::KeyNotScalar => "key-not-scalar",
            Code::AliasUnknown => "alias-unknown",
            Code::TagUnknown => "tag-unknown",
        }
    }

    /// Reads the id of a finding.
    pub fn parse(id: &str) -> Option<Self> {
        Code::ALL.into_iter().find(|code| code.id() == id)
    }

    /// Returns whether the text is read whole all the same: readers only differ on it.
    pub fn is_harmless(self) -> bool {
        match self {
            Code::DuplicateKey | Code::SyntaxIndent | Code::LoneSurrogate => true,
            Code::SyntaxYaml
            | Code::SyntaxJson
            | Code::LimitDepth
            | Code::LimitNodes
            | Code::LimitAliases
            | Code::MultipleDocuments
            | Code::EmptyDocument
            | Code::KeyNotScalar
            | Code::AliasUnknown
            | Code::TagUnknown => false,
        }
    }

    /// Returns whether something is missing from what was read, or not to be trusted. Behind a tag that means nothing stands the
    /// whole value, and of several documents the first is whole.
    pub fn leaves_gap(self) -> bool {
        !self.is_harmless() && !matches!(self, Code::TagUnknown | Code::MultipleDocuments)
    }

    /// Returns whether a budget ended the reading: a part of the file was not looked at.
    pub fn is_limit(self) -> bool {
        matches!(self, Code::LimitDepth | Code::LimitNodes | Code::LimitAliases)
    }

    /// Returns whether it hides what a comparison would see. Of a key that stands there twice parsers differ in which one
    /// counts, so what clients know is not known.
    pub fn hides_changes(self) -> bool {
        !self.is_harmless() || self == Code::DuplicateKey
    }
}
