//! From text to rows of cells, with the line on which each begins.

use csv::{ReaderBuilder, StringRecord};

use super::fault::{COLUMNS, LedgerFault, LedgerFaultKind};

/// A row of the right width, cells trimmed.
pub(super) struct Row {
    pub(super) line: usize,
    pub(super) cells: Vec<String>,
}

/// Reads what can be read; a header that isn't one ends the reading.
pub(super) fn read_rows(text: &str) -> (Vec<Row>, Vec<LedgerFault>) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut faults = Vec::new();
    let readable = match unclosed_quote(text) {
        Some(open) => {
            faults.push(fault(open.line, LedgerFaultKind::UnclosedQuote));
            &text[..open.row_start]
        }
        None => text,
    };
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(readable.as_bytes());
    let mut lines = Lines::new(text);
    // Text in memory that is UTF-8 and may have any width of rows gives no errors.
    let records = reader.records().filter_map(Result::ok);
    let mut records = records.map(|record| (lines.of(&record), cells(&record)));
    match records.next() {
        None if faults.is_empty() => faults.push(fault(1, LedgerFaultKind::Empty)),
        Some((line, header)) if header != COLUMNS => {
            let got = header.join(",");
            faults.push(fault(line, LedgerFaultKind::Header { got }));
            return (Vec::new(), faults);
        }
        _ => {}
    }
    let mut rows = Vec::new();
    for (line, cells) in records {
        if cells.iter().all(String::is_empty) {
            continue;
        }
        if cells.len() == COLUMNS.len() {
            rows.push(Row { line, cells });
        } else {
            let got = cells.len();
            faults.push(fault(line, LedgerFaultKind::ColumnCount { got }));
        }
    }
    (rows, faults)
}

fn fault(line: usize, kind: LedgerFaultKind) -> LedgerFault {
    LedgerFault {
        line,
        column: None,
        kind,
    }
}

fn cells(record: &StringRecord) -> Vec<String> {
    record.iter().map(|cell| cell.trim().to_owned()).collect()
}

/// From a record's place to its line. The reader's own count stops before the line feed of a
/// Windows line end, and before empty lines.
struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
    line: usize,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            bytes: text.as_bytes(),
            at: 0,
            line: 1,
        }
    }

    /// Records must come in order.
    fn of(&mut self, record: &StringRecord) -> usize {
        let start = record.position().map_or(self.at, |at| at.byte() as usize);
        let is_end = |byte: Option<&u8>| byte.is_some_and(|byte| matches!(byte, b'\r' | b'\n'));
        while self.at < start || is_end(self.bytes.get(self.at)) {
            self.line += usize::from(self.bytes.get(self.at) == Some(&b'\n'));
            self.at += 1;
        }
        self.line
    }
}

struct Open {
    line: usize,
    /// The byte at which its row begins.
    row_start: usize,
}

/// The quote that is still open at the end. The reader takes the rest of the file for its cell and
/// says nothing.
fn unclosed_quote(text: &str) -> Option<Open> {
    let (mut line, mut row_start, mut cell_start) = (1, 0, true);
    let mut open: Option<Open> = None;
    let mut bytes = text.bytes().enumerate().peekable();
    while let Some((at, byte)) = bytes.next() {
        let in_quotes = open.is_some();
        match byte {
            b'"' if in_quotes => {
                // A doubled quote is one of the text.
                let doubled = bytes.next_if(|(_, next)| *next == b'"').is_some();
                open = open.filter(|_| doubled);
            }
            b'"' if cell_start => open = Some(Open { line, row_start }),
            b'\n' if !in_quotes => row_start = at + 1,
            _ => {}
        }
        line += usize::from(byte == b'\n');
        cell_start = open.is_none() && matches!(byte, b',' | b'\n');
    }
    open
}
