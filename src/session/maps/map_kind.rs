//! What a map shows: whose features, and beside whose.

use serde::{Deserialize, Serialize};

use crate::session::networks::role::Role;

/// What a map shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(schemars::JsonSchema))]
pub enum MapKind {
    /// Student given Base, drawn on the Student's features.
    Distilled,
    /// Base given Student, drawn on the Base's features.
    Residual,
    /// Student given Teacher.
    StudentGivenTeacher,
    /// Teacher given Student.
    TeacherGivenStudent,
    /// Class map of the Teacher for the class that it names; Grad-CAM unless another method is asked for.
    GradCamTeacher,
    /// Class map of the Student for the class that it names.
    GradCamStudent,
    /// Class map of the Base for the class that it names.
    GradCamBase,
}

impl MapKind {
    /// The kinds in the order in which reports hold them.
    pub const ALL: [Self; 7] = [
        Self::Distilled,
        Self::Residual,
        Self::StudentGivenTeacher,
        Self::TeacherGivenStudent,
        Self::GradCamTeacher,
        Self::GradCamStudent,
        Self::GradCamBase,
    ];

    /// Its name in reports and files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Distilled => "distilled",
            Self::Residual => "residual",
            Self::StudentGivenTeacher => "studentGivenTeacher",
            Self::TeacherGivenStudent => "teacherGivenStudent",
            Self::GradCamTeacher => "gradCamTeacher",
            Self::GradCamStudent => "gradCamStudent",
            Self::GradCamBase => "gradCamBase",
        }
    }

    /// The network on whose features the map is drawn.
    #[must_use]
    pub fn explained(self) -> Role {
        match self {
            Self::TeacherGivenStudent | Self::GradCamTeacher => Role::Teacher,
            Self::Distilled | Self::StudentGivenTeacher | Self::GradCamStudent => Role::Student,
            Self::Residual | Self::GradCamBase => Role::Base,
        }
    }

    /// The network whose features are removed: UniCAM maps have one, class maps have none.
    #[must_use]
    pub fn given(self) -> Option<Role> {
        match self {
            Self::Distilled => Some(Role::Base),
            Self::Residual | Self::TeacherGivenStudent => Some(Role::Student),
            Self::StudentGivenTeacher => Some(Role::Teacher),
            Self::GradCamTeacher | Self::GradCamStudent | Self::GradCamBase => None,
        }
    }
}
