//! The one place where the crate waits for the device.
//!
//! A browser cannot block on the GPU, and every read is a round trip: callers gather what they need and read it at once.

use burn::tensor::{Tensor, Transaction};

use crate::error::{Error, Result};

/// Reads several tensors in one round trip, each as a flat row-major array.
///
/// # Errors
/// [`Error::DeviceFailed`] with the backend's reason.
pub async fn read_all(tensors: Vec<Tensor<1>>) -> Result<Vec<Vec<f32>>> {
    let failed = |reason: String| Error::DeviceFailed { reason };
    let transaction = tensors.into_iter().fold(Transaction::default(), Transaction::register);
    let data = transaction.execute_async().await.map_err(|error| failed(error.to_string()))?;
    data.into_iter().map(|data| data.try_into_vec::<f32>().map_err(|error| failed(format!("{error:?}")))).collect()
}
