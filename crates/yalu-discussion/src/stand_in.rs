//! An Akismet server of our own, on loopback, for tests.
//!
//! It follows the published protocol: requires its fields, answers `invalid` with
//! `X-akismet-debug-help` for a wrong key, `true` for the author `akismet-guaranteed-spam` or the e-mail
//! `akismet-guaranteed-spam@example.com`, `false` for all others. And it can be told to misbehave.
//! It uses the standard library alone, so that a test may include this file as it is.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// How the server behaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Behaviour {
    /// By the protocol.
    Protocol,
    /// By the protocol, and with further headers, such as `X-akismet-pro-tip: discard`.
    With(Vec<(String, String)>),
    /// Reads, and never answers.
    Silent,
    /// Answers by a byte each 50 ms, without end.
    Drip,
    /// Breaks the connection.
    Reset,
    /// Closes the connection in the middle of the headers.
    TruncatedHeaders,
    /// Another status, with `Retry-After` where there is one.
    Status(u16, Option<u64>),
    /// A redirect to an address.
    Redirect(String),
    /// A body of status 200.
    Body(Vec<u8>),
    /// A body of so many bytes.
    Huge(usize),
}

impl Behaviour {
    /// A page, as a captive portal or a proxy gives.
    pub fn html() -> Self {
        Self::Body(b"<!doctype html><title>Welcome</title>".to_vec())
    }
}

/// What the server was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The path, such as `/1.1/comment-check`.
    pub path: String,
    /// The header `User-Agent`.
    pub user_agent: String,
    /// Names and values of the form, in order.
    pub form: Vec<(String, String)>,
}

impl Received {
    /// A value of the form.
    pub fn value(&self, name: &str) -> Option<&str> {
        let found = self.form.iter().find(|(one, _)| one == name)?;
        Some(&found.1)
    }
}

/// A running server; it stops when it is dropped.
#[derive(Debug)]
pub struct StandIn {
    address: SocketAddr,
    shared: Arc<Shared>,
    listener: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    key: String,
    behaviour: Mutex<Behaviour>,
    received: Mutex<Vec<Received>>,
    is_stopping: AtomicBool,
}

impl StandIn {
    /// Starts a server that takes one key.
    ///
    /// # Errors
    /// Where loopback can't be listened on.
    pub fn start(key: &str) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            key: key.to_owned(),
            behaviour: Mutex::new(Behaviour::Protocol),
            received: Mutex::default(),
            is_stopping: AtomicBool::new(false),
        });
        let for_listener = Arc::clone(&shared);
        let listener = thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if for_listener.is_stopping.load(Ordering::SeqCst) {
                    return;
                }
                let shared = Arc::clone(&for_listener);
                // A client that goes away is no fault of the server's.
                thread::spawn(move || shared.serve(stream).ok());
            }
        });
        Ok(Self {
            address,
            shared,
            listener: Some(listener),
        })
    }

    /// The base address for a client.
    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How it behaves from now on.
    pub fn behave(&self, behaviour: Behaviour) {
        *lock(&self.shared.behaviour) = behaviour;
    }

    /// All that it was sent so far, whole forms alone.
    pub fn received(&self) -> Vec<Received> {
        lock(&self.shared.received).clone()
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.shared.is_stopping.store(true, Ordering::SeqCst);
        // Wakes the listener, which waits for a connection.
        let _ = TcpStream::connect(self.address);
        if let Some(listener) = self.listener.take() {
            let _ = listener.join();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    fn serve(&self, mut stream: TcpStream) -> io::Result<()> {
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        let behaviour = lock(&self.behaviour).clone();
        if behaviour == Behaviour::Reset {
            // Closing with bytes unread is what resets a connection.
            return stream.read_exact(&mut [0; 10]);
        }
        let received = read_request(&mut stream)?;
        lock(&self.received).push(received.clone());
        match behaviour {
            Behaviour::Protocol => self.by_protocol(&mut stream, &received, &[]),
            Behaviour::With(headers) => self.by_protocol(&mut stream, &received, &headers),
            Behaviour::Silent => {
                self.wait_for_the_end();
                Ok(())
            }
            Behaviour::Drip => {
                stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")?;
                while !self.is_stopping.load(Ordering::SeqCst) {
                    stream.write_all(b"t")?;
                    thread::sleep(Duration::from_millis(50));
                }
                Ok(())
            }
            Behaviour::Reset => Ok(()),
            Behaviour::TruncatedHeaders => stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Le"),
            Behaviour::Status(status, retry_after) => {
                let mut headers = Vec::new();
                headers
                    .extend(retry_after.map(|after| ("Retry-After".to_owned(), after.to_string())));
                respond(&mut stream, status, &headers, b"trouble")
            }
            Behaviour::Redirect(to) => {
                respond(&mut stream, 302, &[("Location".to_owned(), to)], b"")
            }
            Behaviour::Body(body) => respond(&mut stream, 200, &[], &body),
            Behaviour::Huge(n_bytes) => respond(&mut stream, 200, &[], &vec![b't'; n_bytes]),
        }
    }

    fn wait_for_the_end(&self) {
        while !self.is_stopping.load(Ordering::SeqCst) {
            thread::sleep(Duration::from_millis(10));
        }
    }

    fn by_protocol(
        &self,
        stream: &mut TcpStream,
        received: &Received,
        more: &[(String, String)],
    ) -> io::Result<()> {
        let mut headers = more.to_vec();
        let value = |name: &str| received.value(name).unwrap_or_default();
        let mut invalid = |help: &str| {
            headers.push(("X-akismet-debug-help".to_owned(), help.to_owned()));
            "invalid"
        };
        let key_name = if received.path == "/1.1/verify-key" {
            "key"
        } else {
            "api_key"
        };
        let body = if value("blog").is_empty() {
            invalid("Empty \"blog\" value")
        } else if value(key_name) != self.key {
            invalid("We were unable to parse your blog URI or API key")
        } else {
            match received.path.as_str() {
                "/1.1/verify-key" => "valid",
                _ if value("user_ip").is_empty() => invalid("Empty \"user_ip\" value"),
                "/1.1/comment-check" => {
                    let is_spam = value("user_role") != "administrator"
                        && (value("comment_author") == "akismet-guaranteed-spam"
                            || value("comment_author_email")
                                == "akismet-guaranteed-spam@example.com");
                    if is_spam { "true" } else { "false" }
                }
                "/1.1/submit-spam" | "/1.1/submit-ham" => {
                    "Thanks for making the web a better place."
                }
                _ => return respond(stream, 404, &[], b"no such call"),
            }
        };
        respond(stream, 200, &headers, body.as_bytes())
    }
}

fn respond(
    stream: &mut TcpStream,
    status: u16,
    headers: &[(String, String)],
    body: &[u8],
) -> io::Result<()> {
    let mut head = format!(
        "HTTP/1.1 {status} Answer\r\nContent-Type: text/plain; charset=utf-8\r\n\
         Content-Length: {}\r\nConnection: close\r\n",
        body.len()
    );
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes())?;
    stream.write_all(body)
}

fn read_request(stream: &mut TcpStream) -> io::Result<Received> {
    let bad = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what);
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    let (head, n_body) = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
            let length = header(&head, "content-length").and_then(|text| text.parse().ok());
            bytes.drain(..end + 4);
            break (head, length.ok_or_else(|| bad("no length"))?);
        }
        match stream.read(&mut buffer)? {
            0 => return Err(bad("it ended in the headers")),
            n => bytes.extend_from_slice(&buffer[..n]),
        }
    };
    while bytes.len() < n_body {
        match stream.read(&mut buffer)? {
            0 => return Err(bad("it ended in the form")),
            n => bytes.extend_from_slice(&buffer[..n]),
        }
    }
    let body = String::from_utf8(bytes).map_err(|_| bad("a form is ASCII"))?;
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    Ok(Received {
        path,
        user_agent: header(&head, "user-agent").unwrap_or_default(),
        form: body
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (decoded(name), decoded(value)))
            .collect(),
    })
}

fn header(head: &str, name: &str) -> Option<String> {
    head.lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(one, _)| one.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim().to_owned())
}

/// A value of a form, read back.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || rest.next().and_then(|one| char::from(one).to_digit(16));
                let (high, low) = (digit().unwrap_or(0), digit().unwrap_or(0));
                (high * 16 + low) as u8
            }
            other => other,
        });
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
