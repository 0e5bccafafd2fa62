//! Weight files in every form: what scripts save, and what goes back to PyTorch.

use unicam::models::{
    Architecture, CifarResNetConfig, HostTensor, NetworkConfig, ResNetConfig, TinyCnnConfig, Weights,
};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::families::formula_weights;

/// The files of `tests/reference/checkpoint_forms.py` and how far rounding to half precision takes them.
const FORMS: [(&str, &[u8], f32); 6] = [
    ("zip", include_bytes!("../fixtures/form-plain.pt"), 0.0),
    ("state_dict with module.", include_bytes!("../fixtures/form-parallel.pt"), 0.0),
    ("legacy, net with module.", include_bytes!("../fixtures/form-legacy.pt"), 0.0),
    ("state_dict in model", include_bytes!("../fixtures/form-nested.pt"), 0.0),
    ("legacy, half precision", include_bytes!("../fixtures/form-half.pt"), 1e-3),
    ("double precision beside an optimiser", include_bytes!("../fixtures/form-optimiser.pt"), 1e-3),
];

fn tiny() -> NetworkConfig {
    Architecture::TinyCnn(TinyCnnConfig { width: 4 }).for_classes(2)
}

#[wasm_bindgen_test(unsupported = test)]
fn every_form_of_a_checkpoint_gives_the_same_weights() {
    let expected = formula_weights(&tiny());
    for (form, bytes, tolerance) in FORMS {
        let weights = Weights::from_bytes(bytes).unwrap_or_else(|error| panic!("{form}: {error}"));
        assert_eq!(NetworkConfig::infer(&weights), Ok(tiny()), "{form}");
        for name in expected.names() {
            let (ours, theirs) = (weights.get(name).expect("inferred"), expected.get(name).expect("named"));
            let far = ours.values.iter().zip(&theirs.values).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(far <= tolerance, "{form}: {name} is off by {far}");
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn wrapped_names_are_unwrapped_in_safetensors_too() {
    let expected = formula_weights(&tiny());
    let renamed = |prefix: &str, extra: Option<&str>| -> Weights {
        let tensors =
            expected.names().map(|name| (format!("{prefix}{name}"), expected.get(name).expect("named").clone()));
        let beside = extra.map(|name| (name.to_owned(), HostTensor { shape: vec![1], values: vec![7.0] }));
        tensors.chain(beside).collect()
    };
    for (prefix, beside) in [
        ("module.", None),
        ("model.module.", Some("optimizer.momentum")),
        ("state_dict.net.", Some("ema.fc.bias")),
        ("_orig_mod.", None),
        ("_orig_mod.module.", Some("iter_num")),
        ("module._orig_mod.", None),
        ("student.", Some("criterion.weight")),
        ("model_state.", Some("optimizer_state.state.0.momentum_buffer")),
        ("ema_state_dict.", None),
        ("state_dict.model.backbone.", Some("state_dict.criterion.weight")),
        ("", Some("layer1.1.num_batches_tracked")),
    ] {
        let file = renamed(prefix, beside).to_safetensors(false).expect("plain tensors");
        assert!(Weights::from_bytes(&file).expect("readable") == expected, "{prefix} beside {beside:?}");
    }
    let file = renamed("", Some("layer9.scale")).to_safetensors(false).expect("plain tensors");
    let error = NetworkConfig::infer(&Weights::from_bytes(&file).expect("readable")).expect_err("one too many");
    assert!(error.to_string().contains("unknown: layer9.scale"), "{error}");
}

/// Names that other publishers give to a tensor of a ResNet whose name here is this.
pub fn pytorch_cifar(name: &str) -> String {
    name.replace(".downsample.", ".shortcut.").replace("fc.", "linear.")
}

fn pytorch_cifar100(name: &str) -> String {
    let parts: Vec<&str> = name.split('.').collect();
    match parts.as_slice() {
        ["conv1", field] => format!("conv1.0.{field}"),
        ["bn1", field] => format!("conv1.1.{field}"),
        [stage, block, "downsample", place, field] => {
            format!("conv{}_x.{block}.shortcut.{place}.{field}", stage[5..].parse::<usize>().expect("a stage") + 1)
        }
        [stage, block, layer, field] => {
            let stage = stage[5..].parse::<usize>().expect("a stage") + 1;
            let (kind, number) = layer.split_at(layer.len() - 1);
            let place = 3 * (number.parse::<usize>().expect("a number") - 1) + usize::from(kind == "bn");
            format!("conv{stage}_x.{block}.residual_function.{place}.{field}")
        }
        _ => name.to_owned(),
    }
}

fn transformers(name: &str) -> String {
    let parts: Vec<&str> = name.split('.').collect();
    let layer = |kind: &str| if kind == "conv" { "convolution" } else { "normalization" };
    match parts.as_slice() {
        ["conv1", field] => format!("resnet.embedder.embedder.convolution.{field}"),
        ["bn1", field] => format!("resnet.embedder.embedder.normalization.{field}"),
        ["fc", field] => format!("classifier.1.{field}"),
        [stage, block, "downsample", place, field] => format!(
            "resnet.encoder.stages.{}.layers.{block}.shortcut.{}.{field}",
            stage[5..].parse::<usize>().expect("a stage") - 1,
            layer(if *place == "0" { "conv" } else { "bn" })
        ),
        [stage, block, inner, field] => {
            let (kind, number) = inner.split_at(inner.len() - 1);
            format!(
                "resnet.encoder.stages.{}.layers.{block}.layer.{}.{}.{field}",
                stage[5..].parse::<usize>().expect("a stage") - 1,
                number.parse::<usize>().expect("a number") - 1,
                layer(kind)
            )
        }
        _ => name.to_owned(),
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn names_of_other_publishers_are_known_and_come_back_in_an_export() {
    let small = ResNetConfig { depth: 18, width: 4, small_stem: true };
    let photo = ResNetConfig { depth: 50, width: 4, small_stem: false };
    let projected = CifarResNetConfig { blocks: 2, width: 8, stem: Some(4), projection: true };
    type Renaming = (Architecture, &'static str, fn(&str) -> String);
    let renamers: [Renaming; 6] = [
        (Architecture::ResNet(small), "pytorch-cifar", pytorch_cifar),
        (Architecture::ResNet(small), "pytorch-cifar100", pytorch_cifar100),
        (Architecture::ResNet(photo), "Transformers", transformers),
        (Architecture::ResNet(photo), "timm", str::to_owned),
        (Architecture::ResNet(photo), "a head in a Sequential", |name| name.replace("fc.", "fc.1.")),
        (Architecture::CifarResNet(projected), "mdistiller", |name| name.replace("linear.", "fc.")),
    ];
    for (architecture, publisher, rename) in renamers {
        let config = architecture.for_classes(3);
        let ours = formula_weights(&config);
        let theirs: Weights = ours.names().map(|name| (rename(name), ours.get(name).expect("named").clone())).collect();
        let file = theirs.to_safetensors(false).expect("plain tensors");
        let read = Weights::from_bytes(&file).unwrap_or_else(|error| panic!("{publisher}: {error}"));
        assert_eq!(NetworkConfig::infer(&read), Ok(config), "{publisher}");
        assert!(read == ours, "{publisher}");
        assert!(read.to_safetensors(false).expect("plain tensors") == file, "{publisher}: an export has its names");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_network_that_is_none_of_ours_is_called_by_its_family() {
    let of = |names: &[&str]| -> Weights {
        let tensor = HostTensor { shape: vec![1], values: vec![0.5] };
        names.iter().map(|name| ((*name).to_owned(), tensor.clone())).collect()
    };
    for (names, family) in [
        (&["features.denseblock1.denselayer1.conv1.weight"][..], "DenseNet"),
        (&["module.blocks.0.attn.qkv.weight", "module.cls_token"], "Vision Transformer"),
        (&["state_dict.block1.layer.0.conv1.weight"], "Wide ResNet"),
    ] {
        let file = of(names).to_safetensors(false).expect("plain tensors");
        let error = NetworkConfig::infer(&Weights::from_bytes(&file).expect("tensors")).expect_err("not ours");
        assert_eq!(error.code(), "unknown-network");
        assert!(error.to_string().contains(family), "{error}");
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod back_to_pytorch {
    use std::path::{Path, PathBuf};
    use std::process::Command;

    use serde_json::json;
    use unicam::session::Model;

    use crate::device::device;
    use crate::families::Reference;
    use crate::fixture::read;

    /// A Python that has torchvision: `UNICAM_PYTHON`, or `python3`; or nothing, with a line that says so.
    fn python() -> Option<PathBuf> {
        let python = PathBuf::from(std::env::var_os("UNICAM_PYTHON").unwrap_or_else(|| "python3".into()));
        let known = Command::new(&python).args(["-c", "import torchvision, safetensors"]).output();
        if known.is_ok_and(|output| output.status.success()) {
            return Some(python);
        }
        println!("skipped: neither UNICAM_PYTHON nor python3 has torchvision and safetensors");
        None
    }

    #[pollster::test]
    async fn exports_of_every_family_give_the_same_logits_in_pytorch() {
        let Some(python) = python() else { return };
        let device = device().await;
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/load_export.py");
        let folder = std::env::temp_dir().join(format!("unicam-exports-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a writable temporary folder");
        let mut arguments = Vec::new();
        for case in Reference::load().cases.iter().filter(|case| case.name != "resnet-18-full") {
            let model = Model::of(case.config(), case.weights(), &device).expect("the weights fit");
            let pictures = case.pictures(&device);
            let logits = model.network.forward(pictures.clone()).logits;
            let (input, output) = (pictures.dims(), logits.dims());
            let expected = json!({
                "input": { "shape": input, "values": read(pictures).await },
                "logits": { "shape": output, "values": read(logits).await },
            });
            let (weights, values) = (folder.join(format!("{}.safetensors", case.name)), folder.join(&case.name));
            std::fs::write(&weights, model.export().expect("checked weights")).expect("writable");
            std::fs::write(&values, expected.to_string()).expect("writable");
            arguments.extend([weights, values]);
        }
        let output = Command::new(python).arg(script).args(&arguments).output().expect("found before");
        std::fs::remove_dir_all(folder).expect("our own folder");
        let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
        assert_eq!(said.matches("largest difference").count(), arguments.len() / 2, "{said}");
    }
}
