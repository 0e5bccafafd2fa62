//! Networks that are none of ours, by the names of their tensors, so that a refusal can say what they are.

use super::Weights;

/// Parts of names and what networks have them; the first that is met tells.
const MARKS: [(&[&str], &str); 22] = [
    (&["lora_A", "lora_down"], "an adapter (LoRA) and no network by itself"),
    (&["lm_head.", "embed_tokens.", "transformer.h.0.", "wte."], "a language model"),
    (&["text_model.", "visual.transformer", "logit_scale"], "CLIP or another model of pictures and text"),
    (&["mid_block.", "middle_block.", "first_stage_model."], "a diffusion model"),
    (&["relative_position_bias_table"], "a Swin Transformer"),
    (
        &["attn.qkv", "attn.in_proj", "self_attention.in_proj", "attention.attention.query", "cls_token"],
        "a Vision Transformer",
    ),
    (&["denseblock1.", "denselayer1.", "dense1.0."], "a DenseNet"),
    (&["conv_dw.", "conv_dwl.", "_depthwise_conv", "blocks.0.0.se."], "an EfficientNet or MobileNet"),
    (&["features.1.conv.0.0.weight", "features.0.0.weight"], "a MobileNet, EfficientNet or ConvNeXt of torchvision"),
    (&["stages.0.blocks.0.gamma", "dwconv.weight", "layer_scale_parameter"], "a ConvNeXt"),
    (&["Mixed_5b.", "Mixed_6a."], "an Inception v3"),
    (&["inception3a.", "inception4a."], "a GoogLeNet"),
    (&["features.3.squeeze.weight", "fire2."], "a SqueezeNet"),
    (&["stage2.0.branch"], "a ShuffleNet"),
    (&["trunk_output.", "s1.b1."], "a RegNet"),
    (&["block1.layer.0.", "group1.", "conv2.0.convShortcut"], "a Wide ResNet"),
    (&[".se.fc", ".se_module."], "an SE-ResNet"),
    (&["backbone.", "rpn.", "roi_heads."], "a detector or another network around a backbone"),
    (&["model.0.conv.weight", "model.22."], "a YOLO"),
    (&["encoder1.", "up1.conv", "inc.double_conv", "downs.0."], "a U-Net"),
    (&["block0.0.weight"], "a VGG of mdistiller or RepDistiller"),
    (&["weight_ih_l0", "weight_hh_l0"], "a recurrent network"),
];

/// What the weights are of, in words, if that is known to be no network of ours.
pub(super) fn stranger(weights: &Weights) -> Option<&'static str> {
    let has = |part: &str| weights.names().any(|name| name.starts_with(part) || name.contains(&format!(".{part}")));
    let has_mark =
        |part: &&str| if part.starts_with('.') { weights.names().any(|name| name.contains(part)) } else { has(part) };
    if let Some((_, what)) = MARKS.iter().find(|(marks, _)| marks.iter().any(has_mark)) {
        return Some(what);
    }
    let shape = |name: &str| weights.get(name).map(|tensor| tensor.shape.clone());
    if let Some(first) = shape("features.0.weight")
        && first.len() == 4
        && first[2] > 3
    {
        return Some("an AlexNet or another network that begins with large kernels");
    }
    let residual = weights.get("layer1.0.conv1.weight").is_some();
    if residual && weights.get("bn1.weight").is_none() && weights.get("layer1.0.bn1.weight").is_some() {
        return Some("a ResNet that normalises before it convolves (pre-activation)");
    }
    if residual && ["conv1.2.weight", "conv1.3.weight"].iter().any(|name| weights.get(name).is_some()) {
        return Some("a ResNet with several convolutions as its stem (ResNet-C or -D)");
    }
    let second = shape("layer1.0.conv2.weight").filter(|shape| shape.len() == 4);
    let first = shape("layer1.0.conv1.weight").filter(|shape| shape.len() == 4);
    if let (Some(first), Some(second)) = (first, second) {
        if second[1] != first[0] {
            return Some("a ResNeXt (its convolutions are grouped)");
        }
        let stem = weights.extent("conv1.weight").unwrap_or(first[0]);
        if first[2] == 1 && first[0] > stem {
            return Some("a Wide ResNet of torchvision");
        }
        let deep = weights.get("layer4.0.conv1.weight").is_some();
        if !deep && first[2] == 1 {
            return Some("a CIFAR ResNet of bottlenecks");
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::HostTensor;

    #[test]
    fn families_that_are_not_ours_are_told_by_their_names() {
        let of = |tensors: &[(&str, &[usize])]| -> Option<&'static str> {
            let tensors = tensors.iter().map(|(name, shape)| {
                ((*name).to_owned(), HostTensor { shape: shape.to_vec(), values: vec![0.0; shape.iter().product()] })
            });
            stranger(&tensors.collect())
        };
        for (name, what) in [
            ("features.denseblock1.denselayer1.conv1.weight", "DenseNet"),
            ("blocks.0.attn.qkv.weight", "Vision Transformer"),
            ("block1.layer.0.bn1.weight", "Wide ResNet"),
            ("features.0.0.weight", "MobileNet"),
            ("Mixed_5b.branch1x1.conv.weight", "Inception"),
        ] {
            assert!(of(&[(name, &[1])]).is_some_and(|found| found.contains(what)), "{name}");
        }
        let conv: &[usize] = &[8, 8, 3, 3];
        let block = [("layer1.0.conv1.weight", conv), ("layer1.0.bn1.weight", &[8])];
        assert!(of(&block).is_some_and(|found| found.contains("pre-activation")));
        let whole = [block[0], block[1], ("bn1.weight", &[8]), ("layer1.0.conv2.weight", conv)];
        assert_eq!(of(&whole), None);
        let grouped = [block[0], ("bn1.weight", &[8]), ("layer1.0.conv2.weight", &[8, 2, 3, 3])];
        assert!(of(&grouped).is_some_and(|found| found.contains("ResNeXt")));
        assert!(of(&[("features.0.weight", &[64, 3, 11, 11])]).is_some_and(|found| found.contains("AlexNet")));
        assert_eq!(of(&[("features.0.weight", &[64, 3, 3, 3])]), None);
    }
}
