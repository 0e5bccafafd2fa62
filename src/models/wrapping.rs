//! What training scripts wrap around a `state_dict`, taken off again.

/// Keys under which scripts nest the weights beside optimiser and epoch, and the prefix that `DataParallel` adds.
const WRAPPERS: [&str; 5] = ["state_dict", "model_state_dict", "model", "net", "module"];
/// A counter of PyTorch's batch normalisation that no forward pass reads.
const IGNORED_SUFFIX: &str = "num_batches_tracked";

/// Path in the file and name in the network of every tensor that a network reads, by the paths of a file.
///
/// As long as some name lies below a wrapper, only those below it are kept, without it: what lies beside, such as an
/// optimiser's momenta, belongs to no network. Wrappers may stand inside each other in any order.
pub(super) fn network_names(paths: impl IntoIterator<Item = String>) -> Vec<(String, String)> {
    let read = paths.into_iter().filter(|path| !path.ends_with(IGNORED_SUFFIX));
    let mut names: Vec<(String, String)> = read.map(|path| (path.clone(), path)).collect();
    while let Some(wrapper) =
        WRAPPERS.iter().find(|wrapper| names.iter().any(|(_, name)| below(name, wrapper).is_some()))
    {
        names = names
            .into_iter()
            .filter_map(|(path, name)| below(&name, wrapper).map(|inner| (path, inner.to_owned())))
            .collect();
    }
    names
}

/// The rest of a name that lies below a wrapper.
fn below<'a>(name: &'a str, wrapper: &str) -> Option<&'a str> {
    name.strip_prefix(wrapper)?.strip_prefix('.')
}
