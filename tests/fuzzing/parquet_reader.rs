//! What is done with the bytes of a Parquet file. Its reader belongs to the command line, and reads from a file.

use crate::parquet::{each_picture, is_parquet};

/// A Parquet file; readable if one picture of it is.
pub fn parquet(bytes: &[u8]) -> bool {
    let place = std::env::temp_dir().join(format!("unicam-fuzz-{}.parquet", std::process::id()));
    std::fs::write(&place, bytes).expect("a folder for temporary files");
    let mut pictures = 0;
    let taken = each_picture(&place, "train.parquet", |_, picture| {
        pictures += usize::from(picture.is_ok());
        Ok::<(), std::convert::Infallible>(())
    });
    taken.expect("nothing else can fail");
    is_parquet(&place) && pictures > 0
}
