//! What a Student can be asked to have in common with its Teacher: one loss a file.
//!
//! Every function takes tensors of one device and gives a scalar `[1]`; the Teacher's carry no gradient. What labels teach
//! is [`crate::operations::cross_entropy`]. Where stages of
//! Teacher and Student are compared, they come in pairs, and a pair of unequal heights or widths is brought to the
//! smaller height and the smaller width by mean pooling first ([`at_common_size`]).

mod attention;
mod class_attention;
mod comparable;
mod connector;
mod decoupled;
mod hint;
mod overhaul;
mod response;
mod softened_error;

pub use attention::attention_loss;
pub use class_attention::class_attention_loss;
pub use comparable::at_common_size;
pub use connector::{Connector, ConnectorShape};
pub use decoupled::decoupled_loss;
pub use hint::hint_loss;
pub(super) use overhaul::{means_of_negatives, negatives};
pub use overhaul::{negative_means, overhaul_loss};
pub use response::response_loss;
pub use softened_error::softened_error_loss;
