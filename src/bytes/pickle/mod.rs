//! Python's pickles as a tree of plain data; nothing in them is called.
//!
//! What the readers at hand leave out is what is needed here: NumPy's arrays of the CIFAR batches, and the lists of class
//! names beside the weights of a checkpoint, both from bytes. Protocols 0 to 5; an object is kept as what would be called
//! with what, and its state. Source: CPython's `pickletools`, which documents every operation.

mod machine;
mod node;

use machine::Machine;
pub(crate) use node::{Id, Node};

/// Deepest place that a search looks at.
const MAX_DEPTH: usize = 12;

/// A pickle's nodes and its root.
#[derive(Debug)]
pub(crate) struct Tree {
    nodes: Vec<Node>,
    root: Id,
    /// Bytes up to the end of the pickle; another may follow.
    pub length: usize,
}

impl Tree {
    /// Reads a pickle at the beginning of `bytes`; nothing if it is none, or breaks off.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let mut machine = Machine::new(bytes);
        let root = machine.run()?;
        let (nodes, length) = machine.into_nodes();
        Some(Self { nodes, root, length })
    }

    /// The root's number.
    pub fn root(&self) -> Id {
        self.root
    }

    /// A node.
    pub fn node(&self, id: Id) -> &Node {
        &self.nodes[id]
    }

    /// The text of a node: Python 3's, or Python 2's where it is UTF-8.
    pub fn text(&self, id: Id) -> Option<&str> {
        match self.node(id) {
            Node::Text(text) => Some(text),
            Node::Bytes(bytes) => std::str::from_utf8(bytes).ok(),
            _ => None,
        }
    }

    /// The whole number of a node.
    pub fn integer(&self, id: Id) -> Option<i64> {
        if let Node::Integer(number) = self.node(id) { Some(*number) } else { None }
    }

    /// Items of a list or tuple.
    pub fn items(&self, id: Id) -> Option<&[Id]> {
        if let Node::List(items) = self.node(id) { Some(items) } else { None }
    }

    /// The bytes of a node, also where Python 3 wrote them as Latin-1 text for older readers.
    pub fn bytes(&self, id: Id) -> Option<Vec<u8>> {
        match self.node(id) {
            Node::Bytes(bytes) => Some(bytes.clone()),
            Node::Text(text) => text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect(),
            Node::Object { class, arguments, .. } if self.is_name(*class, "encode") => {
                let text = *self.items(*arguments)?.first()?;
                // An encoding of an encoding is nobody's, and might be one of itself.
                if matches!(self.node(text), Node::Object { .. }) { None } else { self.bytes(text) }
            }
            _ => None,
        }
    }

    /// The value under a key of a dictionary.
    pub fn entry(&self, id: Id, key: &str) -> Option<Id> {
        let Node::Dict(entries) = self.node(id) else { return None };
        entries.iter().find(|(name, _)| self.text(*name) == Some(key)).map(|(_, value)| *value)
    }

    /// The extents and bytes of a NumPy array of eight-bit numbers.
    pub fn array(&self, id: Id) -> Option<(Vec<usize>, Vec<u8>)> {
        let Node::Object { class, arguments, state } = self.node(id) else { return None };
        // `_reconstruct` with a state of version, shape, type, order and bytes; or `_frombuffer` of bytes, type and shape.
        let (shape, data) = if self.is_name(*class, "_frombuffer") {
            let items = self.items(*arguments)?;
            (*items.get(2)?, *items.first()?)
        } else {
            let items = self.items((*state)?)?;
            (*items.get(1)?, *items.get(4)?)
        };
        let shape: Option<Vec<usize>> =
            self.items(shape)?.iter().map(|&extent| usize::try_from(self.integer(extent)?).ok()).collect();
        let (shape, data) = (shape?, self.bytes(data)?);
        (shape.iter().try_fold(1usize, |n, &extent| n.checked_mul(extent))? == data.len()).then_some((shape, data))
    }

    /// Values of every dictionary and every state under these keys, those nearest to the root first.
    pub fn values_of(&self, keys: &[&str]) -> Vec<Id> {
        let (mut found, mut level, mut seen) = (Vec::new(), vec![self.root], vec![false; self.nodes.len()]);
        for _ in 0..MAX_DEPTH {
            let mut below = Vec::new();
            for id in level {
                if std::mem::replace(&mut seen[id], true) {
                    continue;
                }
                match self.node(id) {
                    Node::Dict(entries) => {
                        for &(key, value) in entries {
                            if self.text(key).is_some_and(|key| keys.contains(&key)) {
                                found.push(value);
                            }
                            below.push(value);
                        }
                    }
                    Node::List(items) => below.extend(items),
                    Node::Object { arguments, state, .. } => below.extend([*arguments].iter().chain(state)),
                    _ => {}
                }
            }
            level = below;
        }
        found
    }

    fn is_name(&self, id: Id, wanted: &str) -> bool {
        matches!(self.node(id), Node::Name(name) if name.rsplit(' ').next() == Some(wanted))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_data_comes_back_from_every_protocol() {
        // {'a': [1, 2.5, 'x'], 'b': (True, None)} as `pickle.dumps` writes it with protocols 0, 2 and 4.
        let zero: &[u8] = b"(dp0\nVa\np1\n(lp2\nI1\naF2.5\naVx\np3\nasVb\np4\n(I01\nNtp5\ns.";
        let two: &[u8] =
            b"\x80\x02}q\x00(X\x01\x00\x00\x00aq\x01]q\x02(K\x01G@\x04\x00\x00\x00\x00\x00\x00X\x01\x00\x00\x00xq\x03eX\x01\x00\x00\x00bq\x04\x88N\x86q\x05u.";
        let four: &[u8] = b"\x80\x04\x95$\x00\x00\x00\x00\x00\x00\x00}\x94(\x8c\x01a\x94]\x94(K\x01G@\x04\x00\x00\x00\x00\x00\x00\x8c\x01x\x94e\x8c\x01b\x94\x88N\x86\x94u.";
        for bytes in [zero, two, four] {
            let tree = Tree::read(bytes).expect("a pickle");
            assert_eq!(tree.length, bytes.len());
            let list = tree.items(tree.entry(tree.root(), "a").expect("a")).expect("a list");
            assert_eq!(tree.integer(list[0]), Some(1));
            assert_eq!(tree.node(list[1]), &Node::Float(2.5));
            assert_eq!(tree.text(list[2]), Some("x"));
            let pair = tree.items(tree.entry(tree.root(), "b").expect("b")).expect("a tuple");
            assert_eq!((tree.integer(pair[0]), tree.node(pair[1])), (Some(1), &Node::Nothing));
            for length in 0..bytes.len() {
                assert!(Tree::read(&bytes[..length]).is_none(), "{length}");
            }
        }
    }

    #[test]
    fn an_encoding_of_itself_is_no_bytes() {
        let tree = Tree::read(b"\x80\x02]q\0c_codecs\nencode\nh\0Rq\x01ah\x01.").expect("a pickle");
        assert_eq!(tree.bytes(tree.root()), None);
    }

    #[test]
    fn random_bytes_never_panic() {
        let mut state = 1u32;
        for _ in 0..20_000 {
            let bytes: Vec<u8> = (0..40)
                .map(|_| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    (state >> 24) as u8
                })
                .collect();
            let _ = Tree::read(&bytes).map(|tree| (tree.array(tree.root()), tree.values_of(&["a"])));
        }
    }
}
