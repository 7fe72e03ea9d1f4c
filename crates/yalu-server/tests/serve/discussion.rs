//! Comments from the form to the page, and what moderators do.

use yalu_discussion::stand_in::{Behaviour, StandIn};
use yalu_server::AkismetKeys;

use crate::client::{Answer, get, get_with, post, send};
use crate::site::{PASSWORD, Site, site, with};

pub(crate) fn comment(site: &Site, about: &str, name: &str, email: &str, text: &str) -> Answer {
    let page = get(
        site.address,
        &format!("/d/made-up/discussion?about={about}"),
    );
    assert_eq!(page.status, 200, "{}", page.text());
    let (form, author) = (page.field("form"), page.field("author"));
    post(
        site.address,
        "/d/made-up/comments",
        &[],
        &[
            ("about", about),
            ("form", &form),
            ("author", &author),
            ("name", name),
            ("email", email),
            ("text", text),
            ("website", ""),
        ],
    )
}

/// Logs in; the cookie.
pub(crate) fn log_in(site: &Site, password: &str) -> Result<String, Answer> {
    let form = get(site.address, "/moderation/").field("form");
    let answer = post(
        site.address,
        "/moderation/login",
        &[],
        &[("form", &form), ("name", "ann"), ("password", password)],
    );
    match answer.header("set-cookie") {
        Some(cookie) => {
            assert!(
                cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"),
                "{cookie}"
            );
            Ok(cookie.split(';').next().unwrap().to_owned())
        }
        None => Err(answer),
    }
}

/// Decides, and returns the page that the decision leads to: loaded anew it decides nothing.
fn decide(site: &Site, cookie: &str, id: &str, what: &str) -> Answer {
    let page = get_with(site.address, "/moderation/", &[("Cookie", cookie)]);
    let form = page.field("form");
    let led = post(
        site.address,
        "/moderation/act",
        &[("Cookie", cookie)],
        &[("form", &form), ("id", id), ("do", what), ("state", "held")],
    );
    assert_eq!(led.status, 303, "{}", led.text());
    let to = led.header("location").unwrap();
    assert!(to.starts_with("/moderation/?state=held&done="), "{to}");
    get_with(site.address, to, &[("Cookie", cookie)])
}

#[test]
fn a_comment_is_held_then_shown_and_its_author_has_it_back() {
    let site = site();
    let sent = comment(
        &site,
        "indicator-one",
        "Ann <i>",
        "ann@example.org",
        "Is *this* <script>alert(1)</script> so?",
    );
    assert_eq!(sent.status, 201, "{}", sent.text());
    let text = sent.text();
    assert!(text.contains("waits for review") && !text.contains("<script>alert"));
    let token = text
        .split("Your token: <code>")
        .nth(1)
        .unwrap()
        .split('<')
        .next()
        .unwrap()
        .to_owned();
    let thread = "/d/made-up/discussion?about=indicator-one";
    assert!(
        get(site.address, thread)
            .text()
            .contains("No comment is shown yet.")
    );
    let cookie = log_in(&site, PASSWORD).unwrap();
    let queue = get_with(site.address, "/moderation/", &[("Cookie", &cookie)]).text();
    assert!(queue.contains("ann@example.org") && queue.contains("127.0.0.1"));
    assert!(
        decide(&site, &cookie, "1", "approve")
            .text()
            .contains("1 changed")
    );
    let shown = get(site.address, thread).text();
    assert!(shown.contains("<em>this</em>") && !shown.contains("<script>alert"));
    assert!(!shown.contains("ann@example.org"));
    // The count on the page of what is discussed, and the feed.
    assert!(
        get(site.address, "/d/made-up/indicators")
            .text()
            .contains(">1 comment<")
    );
    let feed = get(site.address, "/d/made-up/comments.atom");
    assert!(feed.text().contains("Ann &lt;i&gt;") && !feed.text().contains("ann@example.org"));
    for path in [
        "/",
        "/d/made-up/",
        "/api/v1/dossiers/made-up/comments?about=indicator-one",
    ] {
        assert!(
            !get(site.address, path).text().contains("ann@example.org"),
            "{path}"
        );
    }
    // A reply stands below it.
    let page = get(site.address, &format!("{thread}&reply=1"));
    let (form, author) = (page.field("form"), page.field("author"));
    let fields = [
        ("about", "indicator-one"),
        ("reply_to", "1"),
        ("form", form.as_str()),
        ("author", &author),
        ("name", "Bob"),
        ("text", "No."),
    ];
    assert_eq!(
        post(site.address, "/d/made-up/comments", &[], &fields).status,
        201
    );
    decide(&site, &cookie, "2", "approve");
    let api = get(
        site.address,
        "/api/v1/dossiers/made-up/comments?about=indicator-one",
    )
    .json();
    assert_eq!(api["comments"][0]["replies"][0]["name"], "Bob");
    // With the token: what is stored, then nothing.
    let bearer = format!("Bearer {token}");
    let mine = send(
        site.address,
        "GET",
        "/api/v1/mine",
        &[("Authorization", &bearer)],
        b"",
    )
    .json();
    assert_eq!(mine["comments"][0]["email"], "ann@example.org");
    let form = get(site.address, "/data-notice").field("form");
    let erased = post(
        site.address,
        "/data-notice/mine",
        &[],
        &[("form", &form), ("token", &token), ("do", "erase")],
    );
    assert!(
        erased.text().contains("One comment was deleted"),
        "{}",
        erased.text()
    );
    let after = get(site.address, thread).text();
    assert!(
        after.contains("deleted by its author")
            && !after.contains("<em>this</em>")
            && after.contains("Bob")
    );
}

#[test]
fn faults_are_said_at_their_fields_and_nothing_typed_is_lost() {
    let site = site();
    let sent = comment(&site, "", " ", "no address", "My <b>words</b>");
    assert_eq!(sent.status, 422);
    let text = sent.text();
    assert!(
        text.contains("A name is needed") && text.contains("aria-invalid"),
        "{text}"
    );
    assert!(
        text.contains("My &lt;b&gt;words&lt;/b&gt;") || text.contains("My &#60;b&#62;words"),
        "{text}"
    );
    let api = send(
        site.address,
        "POST",
        "/api/v1/dossiers/made-up/comments",
        &[("Content-Type", "application/json")],
        br#"{"name": "", "text": ""}"#,
    );
    assert_eq!(api.status, 422);
    assert_eq!(api.json()["error"]["fields"][0]["field"], "name");
    assert_eq!(
        get(site.address, "/d/made-up/discussion?about=indicator-two").status,
        404
    );
    assert_eq!(
        get(site.address, "/d/made-up/discussion?about=claim-x").status,
        404
    );
}

#[test]
fn a_spam_service_that_is_down_delays_and_loses_nothing() {
    let service = StandIn::start("the-key").unwrap();
    service.behave(Behaviour::Status(503, None));
    let site = with(|options| {
        let key = options.dossiers[0].parent().unwrap().join("key.txt");
        std::fs::write(&key, "the-key\n").unwrap();
        options.settings.akismet = Some(AkismetKeys {
            key_file: key,
            server: Some(service.base()),
            blog: "https://example.org".to_owned(),
            is_test: true,
        });
    });
    assert_eq!(comment(&site, "", "Ann", "", "Well said.").status, 201);
    assert_eq!(
        comment(&site, "", "akismet-guaranteed-spam", "", "Buy.").status,
        201
    );
    let begin = std::time::Instant::now();
    while service.received().is_empty() {
        assert!(begin.elapsed().as_secs() < 20, "the service is asked");
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    let cookie = log_in(&site, PASSWORD).unwrap();
    let held = get_with(
        site.address,
        "/moderation/?state=held",
        &[("Cookie", &cookie)],
    )
    .text();
    assert!(held.contains("Well said.") && held.contains("Buy."));
    let notice = get(site.address, "/data-notice").text();
    assert!(notice.contains("can’t be taken back"), "{notice}");
    let asked = service.received();
    assert!(
        asked
            .iter()
            .all(|one| one.value("user_ip") == Some("127.0.0.1"))
    );
    assert!(!held.contains("the-key"));
}

/// Gives the made-up dossier a day of publication.
fn published(dossier: &std::path::Path, day: &str) {
    let file = dossier.join("dossier.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, format!("{text}\n[publication]\ndate = \"{day}\"\n")).unwrap();
}

#[test]
fn a_discussion_closes_so_many_days_after_publication() {
    let closes = |day: &'static str| {
        with(move |options| {
            published(&options.dossiers[0], day);
            options.settings.close_after_days = Some(30);
        })
    };
    let closed = closes("2020-01-01");
    let page = get(closed.address, "/d/made-up/discussion");
    assert!(page.text().contains("this discussion is closed"));
    assert!(!page.text().contains("<textarea"));
    let sent = sent_as_json(&closed, "192.0.2.1", r#"{"name":"Ann","text":"Late."}"#);
    assert_eq!(sent.status, 403, "{}", sent.text());

    let open = closes("2999-01-01");
    let sent = sent_as_json(&open, "192.0.2.1", r#"{"name":"Ann","text":"In time."}"#);
    assert_eq!(sent.status, 201, "{}", sent.text());
    // The day is the dossier's: changed there, it counts from the next reading on.
    let file = open.dossier().join("dossier.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("2999", "2019")).unwrap();
    let end = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while !get(open.address, "/d/made-up/discussion")
        .text()
        .contains("this discussion is closed")
    {
        assert!(std::time::Instant::now() < end, "it stays open");
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
}

#[test]
fn known_authors_are_shown_at_once_where_the_site_says_so() {
    for (shows, second) in [(false, "held"), (true, "shown")] {
        let site = with(|options| {
            options.settings.show_known_authors = shows;
            // Comments from one address are few a minute.
            options.settings.proxies = vec!["127.0.0.1".parse().unwrap()];
        });
        let body = r#"{"name":"Ann","email":"ann@example.org","text":"A first remark on it."}"#;
        let first = sent_as_json(&site, "192.0.2.1", body);
        assert_eq!(first.json()["state"], "held", "{}", first.text());
        let token = first.json()["token"].as_str().unwrap().to_owned();
        let cookie = log_in(&site, PASSWORD).unwrap();
        decide(&site, &cookie, "1", "approve");
        let again = body
            .replace("A first remark on it.", "And a second thought.")
            .replace('}', &format!(",\"token\":\"{token}\"}}"));
        let sent = sent_as_json(&site, "192.0.2.2", &again);
        assert_eq!(sent.json()["state"], second, "{}", sent.text());
        // Whoever gives the e-mail alone isn't known.
        let other = body.replace("A first remark on it.", "As if I were she.");
        let sent = sent_as_json(&site, "192.0.2.3", &other);
        assert_eq!(sent.json()["state"], "held", "{}", sent.text());
    }
}

/// A comment by a program, as a proxy says from an address.
fn sent_as_json(site: &Site, from: &str, body: &str) -> Answer {
    let headers = [
        ("Content-Type", "application/json"),
        ("X-Forwarded-For", from),
    ];
    send(
        site.address,
        "POST",
        "/api/v1/dossiers/made-up/comments",
        &headers,
        body.as_bytes(),
    )
}
