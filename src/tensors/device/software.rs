//! Adapters that are no GPU: programs that compute in its place, on the processor.

/// What such a program's names contain, in lower case, and what people call it.
const RENDERERS: [(&str, &str); 4] = [
    ("swiftshader", "SwiftShader"),
    ("llvmpipe", "llvmpipe"),
    ("lavapipe", "llvmpipe"),
    ("basic render driver", "Windows WARP"),
];
/// A name of the last one, too short to be looked for within a word.
const WARP: &str = "warp";

/// The program behind an adapter of these names, if it is one that is known.
#[must_use]
pub fn renderer(names: &[&str]) -> Option<&'static str> {
    names.iter().find_map(|name| {
        let name = name.to_lowercase();
        if name.split(|c: char| !c.is_alphanumeric()).any(|word| word == WARP) {
            return Some(RENDERERS[3].1);
        }
        RENDERERS.iter().find(|(part, _)| name.contains(part)).map(|(_, called)| *called)
    })
}

#[cfg(test)]
mod tests {
    use super::renderer;

    #[test]
    fn programs_are_known_by_their_names_and_gpus_are_left_alone() {
        for (name, called) in [
            ("google swiftshader", Some("SwiftShader")),
            ("SwiftShader Device (LLVM 10.0.0)", Some("SwiftShader")),
            ("llvmpipe (LLVM 15.0.6, 256 bits)", Some("llvmpipe")),
            ("Microsoft Basic Render Driver", Some("Windows WARP")),
            ("microsoft warp", Some("Windows WARP")),
            ("nvidia hopper", None),
            ("Warpfield 3000", None),
            ("", None),
        ] {
            assert_eq!(renderer(&[name]), called, "{name}");
        }
        assert_eq!(renderer(&["", "Intel", "llvmpipe"]), Some("llvmpipe"), "any of the names");
    }
}
