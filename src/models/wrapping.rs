//! What training scripts wrap around networks, taken off again.
//!
//! A network is found by a tensor that only the first stage of a family has; everything before its name is wrapping,
//! whatever it is called: `state_dict.`, `module.`, `_orig_mod.`, `model.`, `student.`, `ema.`, in any order. So two
//! networks in one file are two wrappings.

use std::collections::BTreeSet;

/// Names by which the first stage of a family is told: ours and torchvision's, pytorch-cifar100's, and those of the
/// Transformers library.
const ANCHORS: [&str; 6] = [
    "layer1.0.conv1.weight",
    "layer1.0.weight",
    "features.0.weight",
    "conv2_x.0.residual_function.0.weight",
    "resnet.encoder.stages.0.layers.0.layer.0.convolution.weight",
    "encoder.stages.0.layers.0.layer.0.convolution.weight",
];
/// Keys under which scripts nest weights, for networks that no anchor tells.
const WRAPPERS: [&str; 10] = [
    "state_dict",
    "model_state_dict",
    "model_state",
    "model",
    "net",
    "network",
    "module",
    "_orig_mod",
    "student",
    "teacher",
];
/// Parts of a wrapping that say nothing about which network it is.
const SILENT: [&str; 2] = ["module", "_orig_mod"];
/// Beginnings of names that lie beside a network that has no wrapping.
const BESIDE: [&str; 6] = ["optim", "scheduler", "lr_scheduler", "scaler", "criterion", "loss"];
/// A counter of PyTorch's batch normalisation that no forward pass reads.
const IGNORED_SUFFIX: &str = "num_batches_tracked";

/// A network in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// The wrapping for people, e.g. `model` or `ema`; empty where there is none.
    pub name: String,
    /// Path in the file and name in the network of each of its tensors.
    pub tensors: Vec<(String, String)>,
}

/// The networks whose tensors have these paths, in the order of their wrappings; one of an unknown family where no anchor
/// is met, and none where there are no paths.
pub(super) fn networks(paths: impl IntoIterator<Item = String>) -> Vec<Found> {
    let mut paths: Vec<String> = paths.into_iter().filter(|path| !path.ends_with(IGNORED_SUFFIX)).collect();
    paths.sort_unstable();
    let wrappings: BTreeSet<String> = paths.iter().filter_map(|path| wrapping(path)).map(str::to_owned).collect();
    if wrappings.is_empty() {
        let tensors = unwrapped(&paths);
        return if tensors.is_empty() { Vec::new() } else { vec![Found { name: String::new(), tensors }] };
    }
    let mut found: Vec<Found> = wrappings.iter().map(|wrapping| found(&paths, wrapping, &wrappings)).collect();
    // Without the silent parts two names may be one.
    for at in 0..found.len() {
        if found.iter().enumerate().any(|(other, it)| other != at && it.name == found[at].name) {
            found[at].name =
                wrappings.iter().nth(at).map_or_else(String::new, |it| it.trim_end_matches('.').to_owned());
        }
    }
    found
}

/// What stands before an anchor.
fn wrapping(path: &str) -> Option<&str> {
    // The longest anchor that fits, since one ends like another.
    let before = ANCHORS.iter().filter_map(|anchor| path.strip_suffix(anchor)).min_by_key(|before| before.len())?;
    (is_boundary(before) && !is_beside(before)).then_some(before)
}

fn is_boundary(before: &str) -> bool {
    before.is_empty() || before.ends_with('.')
}

/// Whether a name belongs to an optimiser or a loss.
fn is_beside(name: &str) -> bool {
    BESIDE.iter().any(|word| name.starts_with(word))
}

fn found(paths: &[String], wrapping: &str, wrappings: &BTreeSet<String>) -> Found {
    let inner: Vec<&String> =
        wrappings.iter().filter(|other| other.len() > wrapping.len() && other.starts_with(wrapping)).collect();
    let belongs = |path: &&String| {
        let is_deeper = inner.iter().any(|inner| path.starts_with(inner.as_str()));
        !(is_deeper || wrapping.is_empty() && is_beside(path))
    };
    let tensors = paths
        .iter()
        .filter(belongs)
        .filter_map(|path| path.strip_prefix(wrapping).map(|name| (path.clone(), name.to_owned())))
        .collect();
    let parts: Vec<&str> = wrapping.split('.').filter(|part| !part.is_empty() && !SILENT.contains(part)).collect();
    Found { name: parts.join("."), tensors }
}

/// As long as some name lies below a wrapper, only those below it are kept, without it: what lies beside, such as an
/// optimiser's momenta, belongs to no network.
fn unwrapped(paths: &[String]) -> Vec<(String, String)> {
    let mut names: Vec<(String, String)> = paths.iter().map(|path| (path.clone(), path.clone())).collect();
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Names of the networks that these paths hold, each with the names of its tensors.
    fn of(paths: &[&str]) -> Vec<(String, Vec<String>)> {
        let found = networks(paths.iter().map(|path| (*path).to_owned()));
        found.into_iter().map(|it| (it.name, it.tensors.into_iter().map(|(_, name)| name).collect())).collect()
    }

    #[test]
    fn whatever_stands_before_the_first_stage_is_wrapping() {
        for wrapping in ["", "module.", "_orig_mod.module.", "state_dict.model.", "model_state.", "ema_state_dict.ema."]
        {
            let paths = ["layer1.0.conv1.weight", "fc.weight"].map(|name| format!("{wrapping}{name}"));
            let found = of(&[&paths[0], &paths[1], "optimizer.state.0.momentum", "state_dict2.criterion.weight"][..3]);
            assert_eq!(found.len(), 1, "{wrapping}");
            assert_eq!(found[0].1, ["fc.weight", "layer1.0.conv1.weight"], "{wrapping}");
        }
    }

    #[test]
    fn two_networks_in_one_file_are_told_apart() {
        let both = of(&["layer1.0.conv1.weight", "fc.weight", "ema.layer1.0.conv1.weight", "ema.fc.weight"]);
        assert_eq!(both.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["", "ema"]);
        assert!(both.iter().all(|(_, names)| names.len() == 2), "{both:?}");
        let pair =
            of(&["student.module.layer1.0.conv1.weight", "teacher.features.0.weight", "teacher.classifier.0.bias"]);
        assert_eq!(pair.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["student", "teacher"]);
    }

    #[test]
    fn an_unknown_family_is_unwrapped_by_the_usual_keys() {
        assert_eq!(
            of(&["state_dict.module.blocks.0.attn.qkv.weight", "optimizer.x"]),
            [(String::new(), vec!["blocks.0.attn.qkv.weight".to_owned()])]
        );
        assert_eq!(of(&["a.num_batches_tracked"]), []);
    }
}
