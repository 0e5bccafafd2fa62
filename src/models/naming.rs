//! Names that other publishers give to the tensors of our families, as ours.
//!
//! pytorch-cifar calls a projection `shortcut` and the classifier `linear`; pytorch-cifar100 numbers the layers of a
//! block; the Transformers library spells every layer out; timm's VGG has convolutions for linear layers. A classifier
//! that was put into a `Sequential` behind a dropout is `fc.1`.

use super::HostTensor;

/// The name here of every tensor of a network, given the names and extents in its file; equal where it is known already.
pub(super) fn own_names(tensors: &[(String, Vec<usize>)]) -> Vec<String> {
    let mut names: Vec<String> = tensors.iter().map(|(name, _)| renamed(name)).collect();
    let has = |wanted: &str| names.iter().any(|name| name == wanted);
    let residual = has("layer1.0.conv1.weight");
    if residual || has("layer1.0.weight") {
        let photo = has("layer4.0.conv1.weight") || !residual;
        if let Some(head) = head_of(&names, tensors) {
            let own = if photo { "fc" } else { "linear" };
            for field in ["weight", "bias"] {
                let theirs = format!("{head}.{field}");
                if let Some(name) = names.iter_mut().find(|name| **name == theirs) {
                    *name = format!("{own}.{field}");
                }
            }
        }
    }
    names
}

/// The one linear layer outside the stages, if there is exactly one.
fn head_of(names: &[String], tensors: &[(String, Vec<usize>)]) -> Option<String> {
    let mut heads = names
        .iter()
        .zip(tensors)
        .filter(|(name, (_, shape))| shape.len() == 2 && !name.starts_with("layer"))
        .filter_map(|(name, _)| name.strip_suffix(".weight"));
    let head = heads.next()?;
    heads.next().is_none().then(|| head.to_owned())
}

fn renamed(name: &str) -> String {
    let parts: Vec<&str> = name.split('.').collect();
    let own = match parts.as_slice() {
        // Transformers: ResNetForImageClassification, and the bare ResNetModel.
        ["resnet", rest @ ..] => transformers(rest),
        ["embedder", ..] | ["encoder", "stages", ..] => transformers(&parts),
        // pytorch-cifar100.
        ["conv1", "0", field] => Some(format!("conv1.{field}")),
        ["conv1", "1", field] => Some(format!("bn1.{field}")),
        [stage, block, "residual_function", place, field] => cifar100(stage, block, place, field),
        [stage, block, "shortcut", place, field] if stage.ends_with("_x") => {
            stage_of(stage).map(|stage| format!("layer{stage}.{block}.downsample.{place}.{field}"))
        }
        // pytorch-cifar.
        [stage, block, "shortcut", place, field] => Some(format!("{stage}.{block}.downsample.{place}.{field}")),
        // timm's VGG.
        ["pre_logits", "fc1", field] => Some(format!("classifier.0.{field}")),
        ["pre_logits", "fc2", field] => Some(format!("classifier.3.{field}")),
        ["head", "fc", field] => Some(format!("classifier.6.{field}")),
        _ => None,
    };
    own.unwrap_or_else(|| name.to_owned())
}

/// `encoder.stages.0.layers.1.layer.0.convolution.weight` and its like.
fn transformers(parts: &[&str]) -> Option<String> {
    match parts {
        ["embedder", "embedder", "convolution", field] => Some(format!("conv1.{field}")),
        ["embedder", "embedder", "normalization", field] => Some(format!("bn1.{field}")),
        ["encoder", "stages", stage, "layers", block, rest @ ..] => {
            let stage = stage.parse::<usize>().ok()? + 1;
            let inner = match rest {
                ["layer", place, kind, field] => {
                    let place = place.parse::<usize>().ok()? + 1;
                    match *kind {
                        "convolution" => format!("conv{place}.{field}"),
                        "normalization" => format!("bn{place}.{field}"),
                        _ => return None,
                    }
                }
                ["shortcut", "convolution", field] => format!("downsample.0.{field}"),
                ["shortcut", "normalization", field] => format!("downsample.1.{field}"),
                _ => return None,
            };
            Some(format!("layer{stage}.{block}.{inner}"))
        }
        _ => None,
    }
}

/// Convolutions at places 0, 3 and 6, each with its normalisation behind it and a ReLU after that.
fn cifar100(stage: &str, block: &str, place: &str, field: &str) -> Option<String> {
    let (stage, place) = (stage_of(stage)?, place.parse::<usize>().ok()?);
    let layer = match place % 3 {
        0 => "conv",
        1 => "bn",
        _ => return None,
    };
    Some(format!("layer{stage}.{block}.{layer}{}.{field}", place / 3 + 1))
}

/// `conv2_x` is the first stage.
fn stage_of(name: &str) -> Option<usize> {
    name.strip_prefix("conv")?.strip_suffix("_x")?.parse::<usize>().ok()?.checked_sub(1)
}

/// The extents as ours: timm's VGG has 1x1 and 7x7 convolutions where ours has linear layers over the same numbers.
pub(super) fn own_shape(name: &str, tensor: HostTensor) -> HostTensor {
    if name.starts_with("classifier.") && tensor.shape.len() == 4 {
        let outputs = tensor.shape[0];
        return HostTensor { shape: vec![outputs, tensor.shape[1..].iter().product()], values: tensor.values };
    }
    tensor
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_other_publishers_become_ours() {
        for (theirs, ours) in [
            ("layer2.0.shortcut.1.running_mean", "layer2.0.downsample.1.running_mean"),
            ("conv1.0.weight", "conv1.weight"),
            ("conv1.1.bias", "bn1.bias"),
            ("conv5_x.1.residual_function.4.weight", "layer4.1.bn2.weight"),
            ("conv3_x.0.residual_function.6.weight", "layer2.0.conv3.weight"),
            ("conv3_x.0.shortcut.0.weight", "layer2.0.downsample.0.weight"),
            ("resnet.embedder.embedder.convolution.weight", "conv1.weight"),
            ("resnet.encoder.stages.1.layers.0.layer.2.normalization.bias", "layer2.0.bn3.bias"),
            (
                "resnet.encoder.stages.3.layers.0.shortcut.normalization.running_var",
                "layer4.0.downsample.1.running_var",
            ),
            ("encoder.stages.0.layers.1.layer.0.convolution.weight", "layer1.1.conv1.weight"),
            ("pre_logits.fc2.weight", "classifier.3.weight"),
            ("layer1.0.conv1.weight", "layer1.0.conv1.weight"),
        ] {
            assert_eq!(renamed(theirs), ours);
        }
    }

    #[test]
    fn the_one_linear_layer_is_the_classifier_whatever_its_name() {
        let names = |head: &str, deep: bool| {
            let mut tensors = vec![("layer1.0.conv1.weight".to_owned(), vec![4, 4, 3, 3])];
            if deep {
                tensors.push(("layer4.0.conv1.weight".to_owned(), vec![32, 16, 3, 3]));
            }
            tensors.push((format!("{head}.weight"), vec![3, 32]));
            tensors.push((format!("{head}.bias"), vec![3]));
            own_names(&tensors)[tensors.len() - 2..].to_vec()
        };
        assert_eq!(names("fc.1", true), ["fc.weight", "fc.bias"]);
        assert_eq!(names("linear", true), ["fc.weight", "fc.bias"]);
        assert_eq!(names("classifier.1", true), ["fc.weight", "fc.bias"]);
        assert_eq!(names("fc", false), ["linear.weight", "linear.bias"]);
        let two = [("fc.0.weight".to_owned(), vec![9, 32]), ("fc.2.weight".to_owned(), vec![3, 9])];
        let all: Vec<_> = [("layer1.0.conv1.weight".to_owned(), vec![4, 4, 3, 3])].into_iter().chain(two).collect();
        assert_eq!(own_names(&all)[1], "fc.0.weight");
    }
}
