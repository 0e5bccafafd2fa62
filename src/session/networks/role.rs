//! The networks of a session by name.

use serde::{Deserialize, Serialize};

/// Which network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub enum Role {
    /// The network that guides.
    Teacher,
    /// The network trained under the Teacher.
    Student,
    /// The Student's twin, trained without the Teacher.
    Base,
    /// A network between Teacher and Student, counted from 1, the Teacher's own pupil.
    Assistant(usize),
}

impl Role {
    /// Place among the three networks that maps are drawn on.
    ///
    /// # Panics
    /// For an assistant: no map is drawn on one.
    pub(in crate::session) fn place_in_trio(self) -> usize {
        match self {
            Self::Teacher => 0,
            Self::Student => 1,
            Self::Base => 2,
            Self::Assistant(_) => unreachable!("maps are drawn on Teacher, Student and Base"),
        }
    }
}
