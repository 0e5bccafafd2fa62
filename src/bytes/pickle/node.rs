//! What a pickle is made of.

/// A node's number in its [`Tree`](super::Tree).
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
