//! Pages, settings, files to take along, the API.

use std::time::{Duration, Instant};

use crate::client::{get, get_with, send};
use crate::site::{site, write};

const PAGES: [&str; 8] = [
    "",
    "indicators",
    "responsiveness",
    "borders",
    "structure",
    "evidence",
    "data",
    "method",
];

#[test]
fn every_page_answers_with_the_headers_and_without_markup_of_a_dossier() {
    let site = site();
    let list = get(site.address, "/");
    assert!(
        list.text()
            .contains("Made up &amp; &lt;b&gt;bold&lt;/b&gt;")
            || list.text().contains("Made up &#38; &#60;b&#62;"),
        "{}",
        list.text()
    );
    for page in PAGES {
        let answer = get(site.address, &format!("/d/made-up/{page}"));
        assert_eq!(answer.status, 200, "{page}");
        let policy = answer.header("content-security-policy").unwrap();
        assert!(!policy.contains("unsafe"), "{policy}");
        assert!(policy.contains("default-src 'none'") && policy.contains("script-src 'self'"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        let text = answer.text();
        for markup in [
            "<script>alert",
            "<img src=x",
            "<b>bold",
            " style=\"",
            "onclick=",
        ] {
            assert!(!text.contains(markup), "{page}: {markup}");
        }
    }
    assert_eq!(get(site.address, "/d/made-up/nothing").status, 404);
    assert_eq!(get(site.address, "/d/other/").status, 404);
    assert_eq!(get(site.address, "/nothing").status, 404);
    assert_eq!(
        get(site.address, "/d/made-up").header("location"),
        Some("/d/made-up/")
    );
}

#[test]
fn a_setting_has_one_address_and_says_what_it_is() {
    let site = site();
    let own = get(site.address, "/d/made-up/");
    // The dossier's own level, as a form sends it, is no setting.
    let form = get(
        site.address,
        "/d/made-up/?as_of=2016-12-31&level=0.05&horizon=24",
    );
    assert_eq!(
        (form.status, form.header("location")),
        (303, Some("/d/made-up/"))
    );
    let asked = get(site.address, "/d/made-up/?level=0.01&horizon=60");
    assert_eq!(asked.status, 200);
    let text = asked.text();
    assert!(
        text.contains("Asked otherwise")
            && text.contains("level 0.01")
            && text.contains("horizon 60 months")
    );
    assert!(text.contains("name=\"robots\" content=\"noindex\""));
    assert!(!own.text().contains("Asked otherwise"));
    let wrong = get(site.address, "/d/made-up/?horizon=0");
    assert_eq!(wrong.status, 400);
    assert!(
        wrong.text().contains("write whole months from 1 to 240"),
        "{}",
        wrong.text()
    );
    let reflected = get(
        site.address,
        "/d/made-up/?level=%3Cscript%3Ealert(1)%3C/script%3E",
    );
    assert_eq!(reflected.status, 400);
    assert!(!reflected.text().contains("<script>alert"));
    // What the API says is what the page says.
    let verdict = get(
        site.address,
        "/api/v1/dossiers/made-up/verdict?level=0.1&horizon=60",
    )
    .json();
    assert_eq!(verdict["setting"]["level"], 0.1);
    assert_eq!(verdict["verdict"]["rung"], "emerging");
    let own = get(site.address, "/api/v1/dossiers/made-up/verdict").json();
    assert_eq!(
        (&own["verdict"]["rung"], &own["setting"]),
        (&serde_json::json!("lasting"), &serde_json::Value::Null)
    );
}

#[test]
fn charts_and_tables_are_taken_along_in_every_format() {
    let site = site();
    let mut seen = 0;
    for page in PAGES {
        let text = get(site.address, &format!("/d/made-up/{page}?level=0.1")).text();
        for part in text.split("href=\"/d/made-up/export/").skip(1) {
            let name = part
                .split('"')
                .next()
                .unwrap()
                .replace("&amp;", "&")
                .replace("&#38;", "&");
            let answer = get(site.address, &format!("/d/made-up/export/{name}"));
            assert_eq!(answer.status, 200, "{name}");
            let (kind, body) = (
                answer.header("content-type").unwrap(),
                answer.body.as_slice(),
            );
            let ending = name.split('?').next().unwrap().rsplit('.').next().unwrap();
            match ending {
                "csv" => assert!(kind.starts_with("text/csv") && body.contains(&b'\n')),
                "json" => assert!(answer.json()["rows"].is_array()),
                "parquet" => assert!(body.starts_with(b"PAR1") && body.ends_with(b"PAR1")),
                "svg" => assert!(answer.text().starts_with("<?xml") && kind == "image/svg+xml"),
                other => panic!("{other}"),
            }
            assert!(
                answer
                    .header("content-disposition")
                    .unwrap()
                    .starts_with("attachment")
            );
            seen += 1;
        }
    }
    assert!(seen > 30, "{seen}");
    let assessment = get(site.address, "/d/made-up/assessment.json").json();
    assert_eq!(assessment["dossier"]["id"], "made-up");
    let series = get(site.address, "/d/made-up/series.csv").text();
    assert!(series.starts_with("series,group,source,target,measure,period,"));
    assert!(
        get(site.address, "/d/made-up/series.parquet")
            .body
            .starts_with(b"PAR1")
    );
    let report = get(site.address, "/d/made-up/report.html");
    assert!(
        report
            .header("content-disposition")
            .unwrap()
            .contains("made-up-report.html")
    );
    assert_eq!(
        get(site.address, "/d/made-up/export/verdict/none.csv").status,
        404
    );
}

#[test]
fn the_description_names_every_address_and_each_answers() {
    let site = site();
    let described = get(site.address, "/api/v1/openapi.json").json();
    let paths = described["paths"].as_object().unwrap();
    assert!(paths.len() >= 9);
    for (path, methods) in paths {
        let path = format!("/api/v1{}", path.replace("{id}", "made-up"));
        for method in methods.as_object().unwrap().keys() {
            let answer = send(site.address, &method.to_uppercase(), &path, &[], b"");
            let known = methods[method]["responses"].as_object().unwrap();
            assert!(
                known.contains_key(&answer.status.to_string()),
                "{method} {path}: {}",
                answer.status
            );
        }
    }
    // Every reference leads to a component.
    let text = described.to_string();
    for part in text.split("\"$ref\":\"#/components/schemas/").skip(1) {
        let name = part.split('"').next().unwrap();
        assert!(
            described["components"]["schemas"].get(name).is_some(),
            "{name}"
        );
    }
    assert_eq!(
        get(site.address, "/api/v1/nothing").json()["error"]["message"],
        "There is no such page."
    );
}

#[test]
fn a_changed_dossier_is_read_again_and_a_fault_is_said() {
    let site = site();
    assert!(get(site.address, "/d/made-up/").text().contains("Made up"));
    let wait_for = |words: &str, status: u16| {
        let begin = Instant::now();
        loop {
            let answer = get(site.address, "/d/made-up/");
            if answer.status == status && answer.text().contains(words) {
                return;
            }
            assert!(
                begin.elapsed() < Duration::from_secs(20),
                "{words}: {}",
                answer.text()
            );
            std::thread::sleep(Duration::from_millis(200));
        }
    };
    write(&site.dossier(), "Another title");
    wait_for("Another title", 200);
    std::fs::write(
        site.dossier().join("dossier.toml"),
        "format = 1\n[question]\n",
    )
    .unwrap();
    wait_for("The dossier has faults", 503);
    assert!(
        get(site.address, "/")
            .text()
            .contains("The dossier has faults")
    );
    write(&site.dossier(), "Mended");
    wait_for("Mended", 200);
}

#[test]
fn no_path_leads_out_of_what_is_served() {
    let site = site();
    std::fs::write(site.folder.path().join("secret.txt"), "secret words").unwrap();
    for path in [
        "/assets/../Cargo.toml",
        "/assets/..%2f..%2fsecret.txt",
        "/assets/%2e%2e/%2e%2e/secret.txt",
        "/d/made-up/talks/..%2f..%2fsecret.txt",
        "/d/made-up/talks/%2e%2e%2fdossier.toml",
        "/d/made-up/images/..%2fdossier.toml",
        "/d/made-up/images/image-1.png",
        "/d/..%2f..%2fsecret.txt/",
        "/d/made-up/export/..%2f..%2fsecret/x.csv",
        "/d/made-up/export/verdict/..%2f..%2fsecret.csv",
        "//secret.txt",
        "/d/made-up/dossier.toml",
        "/d/made-up/series.csv/../../secret.txt",
        "/d/made-up/talks/%00",
        "/d/made-up/talks/\\..\\secret.txt",
    ] {
        let answer = get(site.address, path);
        assert!(
            (300..500).contains(&answer.status),
            "{path}: {}",
            answer.status
        );
        let text = answer.text();
        assert!(
            !text.contains("secret words") && !text.contains("exposure_group"),
            "{path}"
        );
    }
}

#[test]
fn other_hosts_and_odd_requests_change_nothing() {
    let site = site();
    // A page of another site can't make an address of ours say another host.
    let answer = get_with(
        site.address,
        "/d/made-up/",
        &[
            ("Host", "evil.example"),
            ("X-Forwarded-Host", "evil.example"),
        ],
    );
    assert!(!answer.text().contains("evil.example"));
    for request in [
        "GET / HTTP/1.1\r\n\r\n",
        "GET /%ff%fe HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        "BREW / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        "GET /?level=0.1%0d%0aSet-Cookie:%20a=b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        "GET /d/made-up%0d%0aX-Bad:%201 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        "\u{0}\u{1}\u{2}\r\n\r\n",
    ] {
        let bytes = crate::client::raw(site.address, request.as_bytes());
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        let head = text.split("\r\n\r\n").next().unwrap_or_default();
        assert!(
            !head.contains("set-cookie") && !head.contains("\r\nx-bad"),
            "{request:?}: {head}"
        );
        assert!(!head.starts_with("http/1.1 5"), "{request:?}: {head}");
    }
}
