//! What a report calls itself.

/// Version of the document: raised when a field goes or changes its meaning, not when one is added. The first version
/// was the page's own and had no schema.
pub const SCHEMA_VERSION: u32 = 2;
/// What every report calls itself.
pub const FORMAT: &str = "unicam-report";
