//! Where each value of a JSON text stands.

use std::ops::Range;

/// A place in a text. Line and column count from 1, the column in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
    /// The byte, from 0.
    pub offset: usize,
}

/// Where the lines of a text begin, so that places are found without walking from its start.
#[derive(Debug)]
pub(crate) struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        let ends = text.match_indices('\n').map(|(at, _)| at + 1);
        let starts = std::iter::once(0).chain(ends).collect();
        Self { text, starts }
    }

    /// The byte at which a line begins; that of the last for any after it. Lines count from 1.
    pub(crate) fn start(&self, line: usize) -> usize {
        let idx = line.saturating_sub(1).min(self.starts.len() - 1);
        self.starts[idx]
    }

    /// The place of a byte; a byte past the end is the end.
    pub(crate) fn position(&self, offset: usize) -> Position {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.starts.partition_point(|start| *start <= offset);
        let column = self.text[self.start(line)..offset].chars().count() + 1;
        Position {
            line,
            column,
            offset,
        }
    }
}

/// A value's place and what is in it.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) offset: usize,
    pub(super) entries: Vec<Node>,
    pub(super) members: Vec<Member>,
}

/// A key and its value.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) key: String,
    pub(super) offset: usize,
    pub(super) value: Node,
}

impl Node {
    /// The places in a text that is known to be JSON.
    pub(super) fn of(text: &str) -> Self {
        Scanner { text, at: 0 }.value()
    }

    /// The value of a key: of the last, as readers of JSON have it.
    pub(super) fn get(&self, key: &str) -> Option<&Node> {
        let last = self.members.iter().rev().find(|member| member.key == key);
        last.map(|member| &member.value)
    }

    /// Keys that stand twice in one object, here or further in, and where the second stands.
    pub(super) fn duplicates(&self) -> Vec<(String, usize)> {
        let mut found = Vec::new();
        for (at, member) in self.members.iter().enumerate() {
            if self.members[..at]
                .iter()
                .any(|other| other.key == member.key)
            {
                found.push((member.key.clone(), member.offset));
            }
            found.extend(member.value.duplicates());
        }
        for entry in &self.entries {
            found.extend(entry.duplicates());
        }
        found
    }
}

/// Walks over JSON that a parser has found sound, so that it needn't check anything.
struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl Scanner<'_> {
    fn peek(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(b' ')
    }

    /// Goes to the next byte that isn't a blank or one of these.
    fn skip(&mut self, also: &[u8]) {
        let bytes = self.text.as_bytes();
        let skipped = |b: &u8| b.is_ascii_whitespace() || also.contains(b);
        while bytes.get(self.at).is_some_and(skipped) {
            self.at += 1;
        }
    }

    fn value(&mut self) -> Node {
        self.skip(b"");
        let offset = self.at;
        let (mut entries, mut members) = (Vec::new(), Vec::new());
        match self.peek() {
            b'[' => {
                self.open();
                while !self.closes(b']') {
                    entries.push(self.value());
                    self.skip(b",");
                }
            }
            b'{' => {
                self.open();
                while !self.closes(b'}') {
                    members.push(self.member());
                    self.skip(b",");
                }
            }
            b'"' => {
                self.string();
            }
            _ => self.scalar(),
        }
        Node {
            offset,
            entries,
            members,
        }
    }

    fn open(&mut self) {
        self.at += 1;
        self.skip(b"");
    }

    /// Whether the bracket closes here or the text ends; steps over it.
    fn closes(&mut self, bracket: u8) -> bool {
        let closes = self.at >= self.text.len() || self.peek() == bracket;
        self.at += usize::from(closes);
        closes
    }

    fn member(&mut self) -> Member {
        let offset = self.at;
        let raw = self.string();
        let key = serde_json::from_str(&self.text[raw]).unwrap_or_default();
        self.skip(b":");
        let value = self.value();
        Member { key, offset, value }
    }

    /// Steps over a string, and gives its bytes with both marks.
    fn string(&mut self) -> Range<usize> {
        let start = self.at;
        self.at += 1;
        let bytes = self.text.as_bytes();
        while let Some(&b) = bytes.get(self.at) {
            self.at += if b == b'\\' { 2 } else { 1 };
            if b == b'"' {
                break;
            }
        }
        start..self.at.min(self.text.len())
    }

    fn scalar(&mut self) {
        let ends = |b: &u8| b.is_ascii_whitespace() || b",]}".contains(b);
        let rest = &self.text.as_bytes()[self.at.min(self.text.len())..];
        self.at += rest.iter().position(ends).unwrap_or(rest.len()).max(1);
    }
}
