//! Reads a pickle operation by operation.

use std::collections::HashMap;

use super::node::{Id, Node};

/// Most nodes of a tree.
const MAX_NODES: usize = 4_000_000;

/// A stack, its marks, and what was remembered, as Python's own reader has them.
pub(super) struct Machine<'a> {
    bytes: &'a [u8],
    at: usize,
    nodes: Vec<Node>,
    stack: Vec<Id>,
    marks: Vec<usize>,
    memo: HashMap<u64, Id>,
}

impl<'a> Machine<'a> {
    /// At the beginning of a pickle.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, nodes: Vec::new(), stack: Vec::new(), marks: Vec::new(), memo: HashMap::new() }
    }

    /// Every node that was made, and the bytes that were read.
    pub fn into_nodes(self) -> (Vec<Node>, usize) {
        (self.nodes, self.at)
    }

    /// Goes through the operations up to the end; the root, or nothing where the pickle breaks off or none is.
    pub fn run(&mut self) -> Option<Id> {
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
