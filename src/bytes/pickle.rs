//! Python's pickles as a tree of plain data; nothing in them is called.
//!
//! What the readers at hand leave out is what is needed here: NumPy's arrays of the CIFAR batches, and the lists of class
//! names beside the weights of a checkpoint, both from bytes. Protocols 0 to 5; an object is kept as what would be called
//! with what, and its state. Source: CPython's `pickletools`, which documents every operation.

use std::collections::HashMap;

/// Most nodes of a tree.
const MAX_NODES: usize = 4_000_000;
/// Deepest place that a search looks at.
const MAX_DEPTH: usize = 12;

/// A node's number in its [`Tree`].
pub(crate) type Id = usize;

/// A node.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    /// `None`, and what has no meaning here: sets, buffers, objects named by a registry.
    Nothing,
    /// `True` and `False` as 1 and 0 too.
    Integer(i64),
    /// A number with a fraction.
    Float(f64),
    /// Bytes, and the strings of Python 2.
    Bytes(Vec<u8>),
    /// Text.
    Text(String),
    /// A list or a tuple.
    List(Vec<Id>),
    /// A dictionary, in its order.
    Dict(Vec<(Id, Id)>),
    /// A name of a module, with the module before it.
    Name(String),
    /// What would be called, with what, and what its state would be set to.
    Object { class: Id, arguments: Id, state: Option<Id> },
    /// A storage of PyTorch's, which lies elsewhere.
    Elsewhere,
}

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
        let mut machine =
            Machine { bytes, at: 0, nodes: Vec::new(), stack: Vec::new(), marks: Vec::new(), memo: HashMap::new() };
        let root = machine.run()?;
        Some(Self { nodes: machine.nodes, root, length: machine.at })
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
                self.items(*arguments)?.first().and_then(|&text| self.bytes(text))
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

/// Reads operation by operation.
struct Machine<'a> {
    bytes: &'a [u8],
    at: usize,
    nodes: Vec<Node>,
    stack: Vec<Id>,
    marks: Vec<usize>,
    memo: HashMap<u64, Id>,
}

impl Machine<'_> {
    fn run(&mut self) -> Option<Id> {
        loop {
            match self.byte()? {
                0x80 => _ = self.byte()?,
                0x95 => _ = self.take(8)?,
                b'.' => return self.stack.pop(),
                b'(' => self.marks.push(self.stack.len()),
                b'0' => _ = self.stack.pop()?,
                b'1' => _ = self.marked()?,
                b'2' => self.stack.push(*self.stack.last()?),
                b'N' => self.push(Node::Nothing)?,
                0x88 => self.push(Node::Integer(1))?,
                0x89 | b'Z' => self.push(Node::Integer(0))?,
                b'I' | b'L' => {
                    let number = self.line()?.trim_end_matches('L').parse().ok()?;
                    self.push(Node::Integer(number))?;
                }
                b'J' => {
                    let number = i32::from_le_bytes(self.take(4)?.try_into().ok()?);
                    self.push(Node::Integer(number.into()))?;
                }
                b'K' => self.number(1)?,
                b'M' => self.number(2)?,
                0x8A => {
                    let length = self.length(1)?;
                    self.long(length)?;
                }
                0x8B => {
                    let length = self.length(4)?;
                    self.long(length)?;
                }
                b'F' => {
                    let number = self.line()?.parse().ok()?;
                    self.push(Node::Float(number))?;
                }
                b'G' => {
                    let number = f64::from_be_bytes(self.take(8)?.try_into().ok()?);
                    self.push(Node::Float(number))?;
                }
                b'S' => {
                    let text = self.line()?.trim_matches(['\'', '"']).as_bytes().to_vec();
                    self.push(Node::Bytes(text))?;
                }
                b'U' | b'C' => self.string(1)?,
                b'T' | b'B' => self.string(4)?,
                0x8E | 0x96 => self.string(8)?,
                b'V' => {
                    let text = self.line()?;
                    self.push(Node::Text(text))?;
                }
                0x8C => self.unicode(1)?,
                b'X' => self.unicode(4)?,
                0x8D => self.unicode(8)?,
                b']' | b')' | 0x8F => self.push(Node::List(Vec::new()))?,
                b'}' => self.push(Node::Dict(Vec::new()))?,
                b'l' | b't' | 0x91 => {
                    let items = self.marked()?;
                    self.push(Node::List(items))?;
                }
                count @ 0x85..=0x87 => {
                    let from = self.stack.len().checked_sub(usize::from(count - 0x84))?;
                    let items = self.stack.split_off(from);
                    self.push(Node::List(items))?;
                }
                b'd' => {
                    let items = self.marked()?;
                    self.push(Node::Dict(pairs(&items)))?;
                }
                b'a' => {
                    let item = self.stack.pop()?;
                    self.extend(&[item])?;
                }
                b'e' | 0x90 => {
                    let items = self.marked()?;
                    self.extend(&items)?;
                }
                b's' => {
                    let (value, key) = (self.stack.pop()?, self.stack.pop()?);
                    self.extend(&[key, value])?;
                }
                b'u' => {
                    let items = self.marked()?;
                    self.extend(&items)?;
                }
                b'c' => {
                    let name = format!("{} {}", self.line()?, self.line()?);
                    self.push(Node::Name(name))?;
                }
                0x93 => {
                    let (name, module) = (self.stack.pop()?, self.stack.pop()?);
                    let text = |id: Id| if let Node::Text(text) = &self.nodes[id] { text.as_str() } else { "" };
                    let name = format!("{} {}", text(module), text(name));
                    self.push(Node::Name(name))?;
                }
                b'R' | 0x81 => {
                    let (arguments, class) = (self.stack.pop()?, self.stack.pop()?);
                    self.call(class, arguments)?;
                }
                0x92 => {
                    let (_, arguments, class) = (self.stack.pop()?, self.stack.pop()?, self.stack.pop()?);
                    self.push(Node::Object { class, arguments, state: None })?;
                }
                b'i' => {
                    let name = format!("{} {}", self.line()?, self.line()?);
                    let items = self.marked()?;
                    self.push(Node::Name(name))?;
                    self.push(Node::List(items))?;
                    let (arguments, class) = (self.stack.pop()?, self.stack.pop()?);
                    self.push(Node::Object { class, arguments, state: None })?;
                }
                b'o' => {
                    let items = self.marked()?;
                    let (&class, rest) = items.split_first()?;
                    self.push(Node::List(rest.to_vec()))?;
                    let arguments = self.stack.pop()?;
                    self.push(Node::Object { class, arguments, state: None })?;
                }
                b'b' => {
                    let given = self.stack.pop()?;
                    if let Node::Object { state, .. } = &mut self.nodes[*self.stack.last()?] {
                        *state = Some(given);
                    }
                }
                b'P' => {
                    self.line()?;
                    self.push(Node::Elsewhere)?;
                }
                b'Q' => {
                    self.stack.pop()?;
                    self.push(Node::Elsewhere)?;
                }
                b'p' => {
                    let place = self.line()?.parse().ok()?;
                    self.memo.insert(place, *self.stack.last()?);
                }
                b'q' => self.remember(1)?,
                b'r' => self.remember(4)?,
                0x94 => _ = self.memo.insert(self.memo.len() as u64, *self.stack.last()?),
                b'g' => {
                    let place = self.line()?.parse().ok()?;
                    self.stack.push(*self.memo.get(&place)?);
                }
                b'h' => self.recall(1)?,
                b'j' => self.recall(4)?,
                0x82 => self.registered(1)?,
                0x83 => self.registered(2)?,
                0x84 => self.registered(4)?,
                0x97 => self.push(Node::Nothing)?,
                0x98 => {}
                _ => return None,
            }
        }
    }

    fn byte(&mut self) -> Option<u8> {
        Some(self.take(1)?[0])
    }

    fn take(&mut self, count: usize) -> Option<&[u8]> {
        let taken = self.bytes.get(self.at..self.at.checked_add(count)?)?;
        self.at += count;
        Some(taken)
    }

    fn line(&mut self) -> Option<String> {
        let rest = self.bytes.get(self.at..)?;
        let end = rest.iter().position(|&byte| byte == b'\n')?;
        self.at += end + 1;
        Some(String::from_utf8_lossy(&rest[..end]).into_owned())
    }

    /// A whole number of so many bytes, the lowest first.
    fn length(&mut self, bytes: usize) -> Option<u64> {
        Some(self.take(bytes)?.iter().rev().fold(0, |sum, &byte| sum << 8 | u64::from(byte)))
    }

    fn push(&mut self, node: Node) -> Option<()> {
        if self.nodes.len() >= MAX_NODES {
            return None;
        }
        self.nodes.push(node);
        self.stack.push(self.nodes.len() - 1);
        Some(())
    }

    fn number(&mut self, bytes: usize) -> Option<()> {
        let number = self.length(bytes)?;
        self.push(Node::Integer(i64::try_from(number).ok()?))
    }

    fn long(&mut self, length: u64) -> Option<()> {
        let bytes = self.take(usize::try_from(length).ok()?)?;
        let negative = bytes.last().is_some_and(|&byte| byte >= 0x80);
        let number =
            bytes.iter().take(8).rev().fold(if negative { -1i64 } else { 0 }, |sum, &byte| sum << 8 | i64::from(byte));
        self.push(Node::Integer(number))
    }

    fn string(&mut self, bytes: usize) -> Option<()> {
        let length = usize::try_from(self.length(bytes)?).ok()?;
        let text = self.take(length)?.to_vec();
        self.push(Node::Bytes(text))
    }

    fn unicode(&mut self, bytes: usize) -> Option<()> {
        let length = usize::try_from(self.length(bytes)?).ok()?;
        let text = String::from_utf8_lossy(self.take(length)?).into_owned();
        self.push(Node::Text(text))
    }

    fn marked(&mut self) -> Option<Vec<Id>> {
        let from = self.marks.pop()?;
        (from <= self.stack.len()).then(|| self.stack.split_off(from))
    }

    /// Puts items into the list or dictionary on top.
    fn extend(&mut self, items: &[Id]) -> Option<()> {
        match &mut self.nodes[*self.stack.last()?] {
            Node::List(list) => list.extend(items),
            Node::Dict(entries) => entries.extend(pairs(items)),
            // Items of an object that is a list or a dictionary.
            _ => {}
        }
        Some(())
    }

    /// A call, except that an ordered dictionary is a dictionary.
    fn call(&mut self, class: Id, arguments: Id) -> Option<()> {
        let is_dictionary = matches!(&self.nodes[class], Node::Name(name) if name.ends_with(" OrderedDict"));
        self.push(if is_dictionary { Node::Dict(Vec::new()) } else { Node::Object { class, arguments, state: None } })
    }

    fn remember(&mut self, bytes: usize) -> Option<()> {
        let place = self.length(bytes)?;
        self.memo.insert(place, *self.stack.last()?);
        Some(())
    }

    fn recall(&mut self, bytes: usize) -> Option<()> {
        let place = self.length(bytes)?;
        self.stack.push(*self.memo.get(&place)?);
        Some(())
    }

    fn registered(&mut self, bytes: usize) -> Option<()> {
        self.take(bytes)?;
        self.push(Node::Nothing)
    }
}

fn pairs(items: &[Id]) -> Vec<(Id, Id)> {
    items.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect()
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
