use super::*;
use crate::csl::{Date, DatePoint, Item, read_csl, reference, to_csl};
use proptest::prelude::*;
use serde_json::json;

fn import(text: &str) -> Import {
    read_bibtex(text).unwrap_or_else(|faults| panic!("{text}: {}", faults[0]))
}

fn item(fields: &str) -> (Item, Vec<String>) {
    of_kind("book", fields)
}

fn of_kind(kind: &str, fields: &str) -> (Item, Vec<String>) {
    let mut import = import(&format!("@{kind}{{x, {fields}}}"));
    let notes = import.notes.iter().map(|note| note.loss.to_string());
    (import.items.remove(0), notes.collect())
}

#[test]
fn every_fault_has_its_place_its_entry_and_a_mend() {
    for (text, message) in [
        ("@book{x, title = {A}", "line 1, column 21: expected comma"),
        ("@book{x title = {A}}", "line 1, column 9: expected comma"),
        ("@book{x,\n title {A}}", "line 2, column 8: expected equals"),
        (
            "@book{x, title = {A} year = 2013}",
            "line 1, column 22: expected comma",
        ),
        (
            "@book x, title = {A}}",
            "line 1, column 7: expected opening brace",
        ),
        ("@{x}", "line 1, column 2: expected identifier"),
        ("@book{x, = {A}}", "line 1, column 10: expected identifier"),
        (
            "@book{x, title = \"A}",
            "line 1, column 21: unexpected end of file",
        ),
        (
            "@book{, title = {A}}",
            "line 1, column 1: the entry has no citation key",
        ),
        (
            "@book{x,\n}\n@misc{x,\n}",
            "line 3, column 1: entry `x`: the citation key stands on line 1 already",
        ),
        (
            "@book{x,\n title = {A},\n TITLE = {B}}",
            "line 3, column 2: entry `x`: `title` stands twice",
        ),
        (
            "@book{x,\n journal = ies}",
            "line 2, column 12: entry `x`: no `@string` defines `ies`",
        ),
        (
            "@string{a = b}\n@string{b = \"x\" # a}",
            "line 1, column 9: the `@string` `a` is made of itself",
        ),
        (
            "@book{x,\n title = {A$b}}",
            "line 2, column 14: entry `x`: unexpected end of file",
        ),
        (
            "@inbook{x,\n crossref = {y}}",
            "line 2, column 2: entry `x`: `crossref` names `y`, which isn't in the file",
        ),
        (
            "@inbook{x,\n xdata = {y}}\n",
            "line 2, column 2: entry `x`: `xdata` names `y`, which isn't in the file",
        ),
        (
            "@inbook{x, crossref = {x}}",
            "line 1, column 12: entry `x`: it inherits from itself, by way of `x`",
        ),
        (
            "@inbook{x, crossref = {y}}\n@book{y, crossref = {x}}",
            "line 2, column 10: entry `y`: it inherits from itself, by way of `x`",
        ),
        (
            "@book{x,\n date = {2013-13}}",
            "line 2, column 2: entry `x`: `date` is `2013-13`, which isn't in the calendar",
        ),
        (
            "@book{x,\n urldate = {2013-02-31}}",
            "line 2, column 2: entry `x`: `urldate` is `2013-02-31`, which isn't in the calendar",
        ),
        (
            "@book{x,\n year = 2013, month = feb, day = 30}",
            "line 2, column 2: entry `x`: `month` is `30 February 2013`, which isn't in the calendar",
        ),
        (
            "@book{x, date = {2013-07/2013-05}}",
            "line 1, column 10: entry `x`: `date` is `2013-07/2013-05`, which ends before it begins",
        ),
        (
            "@book{x, author = {Adam and and Eve}}",
            "line 1, column 10: entry `x`: a name in `author` names nobody",
        ),
    ] {
        let faults = read_bibtex(text).unwrap_err();
        assert_eq!(faults[0].to_string(), message, "{text}");
        assert!(!faults[0].mend().is_empty());
    }
}

#[test]
fn strings_and_braces_without_an_end_are_refused_before_they_take_all_memory() {
    let doubling = |n: usize| format!("@string{{a{n} = a{} # a{}}}\n", n + 1, n + 1);
    let laughs: String = (0..60).map(doubling).collect();
    let faults = read_bibtex(&format!("{laughs}@string{{a60 = \"ha\"}}")).unwrap_err();
    assert!(
        matches!(faults[0].error, BibtexError::LongString { .. }),
        "{}",
        faults[0]
    );
    let chain = |n: usize| format!("@string{{a{n} = a{}}}\n", n + 1);
    let long: String = (0..500).map(chain).collect();
    assert!(read_bibtex(&format!("{long}@string{{a500 = \"ha\"}}")).is_err());
    let nested = format!("{}x{}", r"\emph{".repeat(100_000), "}".repeat(100_000));
    let faults = read_bibtex(&format!("@book{{x, title = {{{nested}}}}}")).unwrap_err();
    let message = "line 1, column 10: entry `x`: braces are nested more than 100 deep";
    assert_eq!(faults[0].to_string(), message);
    let sound = format!("{}x{}", r"\emph{".repeat(99), "}".repeat(99));
    assert!(read_bibtex(&format!("@book{{x, title = {{{sound}}}}}")).is_ok());
}

#[test]
fn all_faults_of_readable_entries_are_gathered() {
    let text = "@book{a, date = {2013-13}, eventdate = {2013-00}}\n@book{b, date = {1900-02-29}}";
    let faults = read_bibtex(text).unwrap_err();
    let lines: Vec<usize> = faults.iter().map(|fault| fault.position.line).collect();
    assert_eq!(lines, [1, 1, 2]);
}

/// As Zotero's BibTeX export writes an article, a talk and a page.
const ZOTERO_BIBTEX: &str = r#"
@article{cathcart_border_2013,
	title = {In the {Shadow} of {Jang} {Sung}-taek: {Pyongyang}'s {Evolving} {Strategy}},
	volume = {33},
	issn = {1234-5678},
	url = {https://example.org/a_b\%20c},
	doi = {10.1000/xyz\_1},
	language = {en},
	number = {2},
	urldate = {2013-08-02},
	journal = {Journal of {East} {Asian} Studies},
	author = {Cathcart, Adam and van der Meer, Jan and {Ministry of Commerce}},
	month = jul,
	year = {2013},
	note = {Publisher: X},
	keywords = {China, North Korea},
	pages = {12--15},
	file = {PDF:C\:\\Users\\a.pdf:application/pdf},
}

@misc{beauchamp_talk_2013,
	address = {London},
	type = {Presentation},
	title = {Chinese policy-making},
	author = {Beauchamp-Mustafaga, Nathan},
	month = jun # "~27",
	year = {2013},
	howpublished = {\url{https://example.org/talk}},
}
"#;

#[test]
fn zoteros_bibtex_is_read_whole() {
    let import = import(ZOTERO_BIBTEX);
    let [article, talk] = &import.items[..] else {
        panic!("two entries");
    };
    let json = article.to_json();
    assert_eq!(json["type"], "article-journal");
    let title = "In the Shadow of Jang Sung-taek: Pyongyang's Evolving Strategy";
    assert_eq!(json["title"], title);
    assert_eq!(json["container-title"], "Journal of East Asian Studies");
    assert_eq!(
        (&json["volume"], &json["issue"]),
        (&json!("33"), &json!("2"))
    );
    assert_eq!(json["page"], "12-15");
    assert_eq!(json["DOI"], "10.1000/xyz_1");
    assert_eq!(json["URL"], "https://example.org/a_b%20c");
    assert_eq!(json["issued"], json!({"date-parts": [[2013, 7]]}));
    assert_eq!(json["accessed"], json!({"date-parts": [[2013, 8, 2]]}));
    assert_eq!(
        json["author"],
        json!([
            {"family": "Cathcart", "given": "Adam"},
            {"family": "Meer", "given": "Jan", "non-dropping-particle": "van der"},
            {"literal": "Ministry of Commerce"},
        ])
    );
    assert_eq!(
        (&json["note"], &json["keyword"]),
        (&json!("Publisher: X"), &json!("China, North Korea"))
    );
    let kept = json["custom"]["bibtex"].as_object().unwrap();
    assert_eq!(kept.keys().collect::<Vec<_>>(), ["file"]);

    assert_eq!(talk.kind.as_str(), "document");
    assert_eq!(
        talk.issued.as_ref().unwrap().full_words().unwrap(),
        "27 June 2013"
    );
    assert_eq!(talk.url.as_deref(), Some("https://example.org/talk"));
    assert_eq!(talk.genre.as_deref(), Some("Presentation"));
    let notes: Vec<String> = import.notes.iter().map(ToString::to_string).collect();
    assert_eq!(
        notes,
        [
            "line 3: entry `cathcart_border_2013`: braces that protect capitals in `title` are left out",
            "line 18: entry `cathcart_border_2013`: `file` has no place in CSL; kept under `custom.bibtex`",
        ]
    );
}

/// As Zotero's BibLaTeX export writes a talk, a recording, a newspaper and a page.
const ZOTERO_BIBLATEX: &str = r"
@unpublished{ward_nk_2013,
	title = {China's evolving relationship with {{North Korea}}},
	author = {Ward, Adam and Saalman, Lora and others},
	date = {2013-06-27T18:00:00},
	venue = {London},
	eventtitle = {{{IISS}} panel},
	eventdate = {2013-06-27},
}
@audio{talk_2013, title = {Talks at {{IISS}}}, editora = {Cathcart, Adam}, editoratype = {collaborator},
	date = {2013-07}, langid = {english}}
@article{xinhua_2013, entrysubtype = {newspaper}, title = {Trade grows}, journaltitle = {Xinhua},
	date = {2013-07-31/2013-08-01}, location = {Beijing}, issue = {7}, number = {12}}
@online{sinonk_2013, title = {Talks in London}, titleaddon = {{Sino-NK}}, url = {https://sinonk.com},
	urldate = {2013-08-02}, date = {2013~}, shorttitle = {Talks}}
";

#[test]
fn zoteros_biblatex_is_read_whole() {
    let import = import(ZOTERO_BIBLATEX);
    let kinds: Vec<&str> = import.items.iter().map(|item| item.kind.as_str()).collect();
    assert_eq!(kinds, ["speech", "song", "article-newspaper", "webpage"]);
    let [talk, audio, paper, page] = &import.items[..] else {
        panic!("four entries");
    };
    assert_eq!(
        (talk.event_title.as_deref(), talk.event_place.as_deref()),
        (Some("IISS panel"), Some("London"))
    );
    assert_eq!(talk.author.len(), 2);
    assert_eq!(
        audio.to_json()["contributor"],
        json!([{"family": "Cathcart", "given": "Adam"}])
    );
    assert_eq!(
        (paper.issue.as_deref(), paper.publisher_place.as_deref()),
        (Some("7"), Some("Beijing"))
    );
    assert_eq!(
        paper.to_json()["issued"],
        json!({"date-parts": [[2013, 7, 31], [2013, 8, 1]]})
    );
    assert_eq!(page.container_title.as_deref(), Some("Sino-NK"));
    assert!(page.issued.as_ref().unwrap().is_circa());
    let notes: Vec<String> = import
        .notes
        .iter()
        .map(|note| note.loss.to_string())
        .collect();
    assert_eq!(
        notes,
        [
            "braces that protect capitals in `title` are left out",
            "`and others` in `author` is left out",
            "the time of day in `date` is left out",
            "braces that protect capitals in `title` are left out",
            "`number` has no place in CSL; kept under `custom.bibtex`",
        ]
    );
    assert_eq!(
        reference(talk),
        "Ward, Adam, and Lora Saalman (2013): China's evolving relationship with North Korea. IISS \
         panel, London. 27 June 2013."
    );
}

/// As JabRef writes a file: comments of its own, strings, crossref.
const JABREF: &str = r#"% Encoding: UTF-8
@String{oup = "Oxford " # up}
@String{up = {University Press}}
@Preamble{"\newcommand{\noop}[1]{}"}

@InCollection{snyder2009,
  author    = {Snyder, Scott},
  title     = {Caution in {\textit{Beijing}}},
  crossref  = {shambaugh2009},
  pages     = {1--20},
  groups    = {China},
  timestamp = {2013-07-31},
}

@Collection{shambaugh2009,
  editor    = {Shambaugh, David and Yahuda, Michael},
  title     = {International Relations of Asia},
  subtitle  = {A Reader},
  publisher = oup,
  address   = {Oxford},
  year      = 2009,
}

@Comment{jabref-meta: databaseType:biblatex;}
"#;

#[test]
fn jabrefs_strings_and_parents_are_followed() {
    let import = import(JABREF);
    let chapter = &import.items[0];
    assert_eq!(chapter.title.as_deref(), Some("Caution in <i>Beijing</i>"));
    assert_eq!(
        chapter.publisher.as_deref(),
        Some("Oxford University Press")
    );
    let book = Some("International Relations of Asia: A Reader");
    assert_eq!(chapter.container_title.as_deref(), book);
    assert_eq!(import.items[1].title.as_deref(), book);
    assert_eq!(
        reference(chapter),
        "Snyder, Scott (2009): Caution in Beijing. International Relations of Asia: A Reader, edited \
         by David Shambaugh, Michael Yahuda, pp. 1-20. Oxford: Oxford University Press."
    );
    let losses: Vec<&Loss> = import.notes.iter().map(|note| &note.loss).collect();
    let field = |field: &str| Loss::Field {
        field: field.into(),
    };
    assert!(losses.contains(&&Loss::Preamble));
    assert!(losses.contains(&&field("groups")) && losses.contains(&&field("timestamp")));
    assert_eq!(
        import.notes[0].to_string(),
        "line 4: the preamble is left out"
    );
}

fn date_of(fields: &str) -> (Date, Vec<String>) {
    let (item, notes) = item(fields);
    (item.issued.unwrap(), notes)
}

#[test]
fn dates_of_both_formats_become_those_of_csl() {
    for (fields, json) in [
        ("date = {2013}", json!({"date-parts": [[2013]]})),
        (
            "date = {2013-07-31}",
            json!({"date-parts": [[2013, 7, 31]]}),
        ),
        (
            "date = {-0043-03-15}",
            json!({"date-parts": [[-43, 3, 15]]}),
        ),
        (
            "date = {2013-21}",
            json!({"date-parts": [[2013]], "season": 1}),
        ),
        (
            "date = {2011/2013}",
            json!({"date-parts": [[2011], [2013]]}),
        ),
        (
            "date = {2013-07/2013-07}",
            json!({"date-parts": [[2013, 7]]}),
        ),
        (
            "date = {2013~}",
            json!({"date-parts": [[2013]], "circa": true}),
        ),
        (
            "year = 2013, month = jul",
            json!({"date-parts": [[2013, 7]]}),
        ),
        (
            "year = {2013}, month = {July 31}",
            json!({"date-parts": [[2013, 7, 31]]}),
        ),
        (
            "year = 2013, month = {31~July}",
            json!({"date-parts": [[2013, 7, 31]]}),
        ),
        (
            "year = 2013, month = 7, day = 31",
            json!({"date-parts": [[2013, 7, 31]]}),
        ),
        (
            "year = {2011--2013}",
            json!({"date-parts": [[2011], [2013]]}),
        ),
    ] {
        let (date, notes) = date_of(fields);
        assert_eq!(date.to_json(), json, "{fields}");
        assert!(notes.is_empty(), "{fields}: {notes:?}");
    }
}

#[test]
fn dates_that_csl_says_differently_have_a_note_and_lose_nothing() {
    for (fields, json, note) in [
        (
            "date = {2013?}",
            json!({"date-parts": [[2013]], "circa": true}),
            "`date` is uncertain; read as approximate",
        ),
        (
            "date = {201X}",
            json!({"date-parts": [[2010], [2019]]}),
            "`date` leaves digits open; read as a range",
        ),
        (
            "date = {2013-XX}",
            json!({"date-parts": [[2013, 1], [2013, 12]]}),
            "`date` leaves digits open; read as a range",
        ),
        (
            "date = {2013-02-XX}",
            json!({"date-parts": [[2013, 2, 1], [2013, 2, 28]]}),
            "`date` leaves digits open; read as a range",
        ),
        (
            "date = {2013-07/..}",
            json!({"raw": "2013-07/.."}),
            "`date` is open at one end; kept as it is written",
        ),
        (
            "date = {2013-21/2013-22}",
            json!({"raw": "2013-21/2013-22"}),
            "a season within the range of `date` is kept as it is written",
        ),
        (
            "year = {in press}",
            json!({"literal": "in press"}),
            "`year` isn't a date; kept as it is written",
        ),
        (
            "year = 2013, month = {Juillet}",
            json!({"literal": "Juillet 2013"}),
            "`month` isn't a date; kept as it is written",
        ),
        (
            "year = 2013, day = 3",
            json!({"literal": "3 2013"}),
            "`year` isn't a date; kept as it is written",
        ),
        (
            "date = {1/2/2013}",
            json!({"literal": "1/2/2013"}),
            "`date` isn't a date; kept as it is written",
        ),
    ] {
        let (date, notes) = date_of(fields);
        assert_eq!(date.to_json(), json, "{fields}");
        assert_eq!(notes, [note], "{fields}");
    }
}

#[test]
fn latex_becomes_plain_text_with_csls_marks() {
    for (latex, text, notes) in [
        (r"{Caf{\'e} na\{\}ive \& co}", "Café na{}ive & co", 0),
        (
            r#"{\"Uber G{\"o}del, \v{S}koda, \o{} \ss}"#,
            "Über Gödel, Škoda, ø ß",
            0,
        ),
        (r"{Ji\v{r}{\'\i}}", "Jiří", 0),
        ("{A -- B --- C}", "A – B — C", 0),
        (r"{\emph{On} \textbf{war}}", "<i>On</i> <b>war</b>", 0),
        (r"{\enquote{Peace} \ldots\ now}", "“Peace” … now", 0),
        (r"{A\footnote{No.} B}", "ANo. B", 1),
        ("{a\n   b\tc}", "a b c", 0),
        (r#"{A.\,B. S\o{}ren, na\"\i{}ve}"#, "A. B. Søren, naïve", 0),
    ] {
        let (item, lost) = item(&format!("note = {latex}"));
        assert_eq!(item.note.as_deref(), Some(text), "{latex}");
        assert_eq!(lost.len(), notes, "{latex}: {lost:?}");
    }
}

#[test]
fn names_keep_their_particles_suffixes_and_bodies() {
    let (item, notes) = item(
        "author = {Ludwig van Beethoven and King, Jr., Martin Luther and {KOTRA} and \
         family=Meer, given=Jan, prefix=van der, useprefix=false and others}, editor = {}",
    );
    assert_eq!(
        item.to_json()["author"],
        json!([
            {"family": "Beethoven", "given": "Ludwig", "non-dropping-particle": "van"},
            {"family": "King", "given": "Martin Luther", "suffix": "Jr."},
            {"literal": "KOTRA"},
            {"family": "Meer", "given": "Jan", "dropping-particle": "van der"},
        ])
    );
    assert_eq!(
        notes,
        [
            "`editor` is empty; left out",
            "`and others` in `author` is left out"
        ]
    );
}

#[test]
fn types_and_numbers_go_where_csl_has_them() {
    for (kind, csl) in [
        ("article", "article-journal"),
        ("INPROCEEDINGS", "paper-conference"),
        ("phdthesis", "thesis"),
        ("techreport", "report"),
        ("online", "webpage"),
        ("video", "motion_picture"),
        ("legislation", "legislation"),
    ] {
        assert_eq!(of_kind(kind, "").0.kind.as_str(), csl, "{kind}");
    }
    let (report, _) = of_kind(
        "report",
        "type = {resreport}, number = {7}, institution = {IISS}",
    );
    assert_eq!(report.genre.as_deref(), Some("Research report"));
    assert_eq!(
        (report.number.as_deref(), report.publisher.as_deref()),
        (Some("7"), Some("IISS"))
    );
    let (thesis, _) = of_kind("phdthesis", "school = {Leeds}");
    assert_eq!(thesis.genre.as_deref(), Some("PhD thesis"));
    let (book, _) = of_kind("book", "series = {Asia}, number = 3");
    assert_eq!(book.to_json()["collection-number"], "3");
    let (unknown, notes) = of_kind("tweet", "title = {A}");
    assert_eq!(unknown.kind.as_str(), "document");
    assert_eq!(notes, ["`@tweet` isn't a known type; read as `document`"]);
}

#[test]
fn preprints_and_addresses_are_told_apart() {
    let (arxiv, notes) = of_kind(
        "misc",
        "eprint = {1301.0001}, archiveprefix = {arXiv}, primaryclass = {cs.CL}, \
         doi = {https://doi.org/10.1/ABC}, howpublished = {Talk}",
    );
    assert_eq!(
        (arxiv.archive.as_deref(), arxiv.archive_location.as_deref()),
        (Some("arXiv"), Some("1301.0001 [cs.CL]"))
    );
    assert_eq!(
        (arxiv.doi.as_deref(), arxiv.medium.as_deref()),
        (Some("10.1/ABC"), Some("Talk"))
    );
    assert!(notes.is_empty());
    let (pubmed, _) = of_kind("article", "eprint = {123}, eprinttype = {pubmed}");
    assert_eq!(pubmed.to_json()["PMID"], "123");
}

#[test]
fn data_for_others_is_passed_on_and_is_no_source() {
    let import = import(
        "@xdata{oup, publisher = {OUP}, location = {Oxford}}\n@set{s, entryset = {a}}\n\
         @book{a, title = {A}, xdata = {oup}}",
    );
    assert_eq!(import.items.len(), 1);
    assert_eq!(import.items[0].publisher.as_deref(), Some("OUP"));
    assert_eq!(import.notes[0].loss, Loss::NoSource { kind: "set".into() });
}

#[test]
fn what_is_imported_is_sound_csl_and_read_back_the_same() {
    for text in [ZOTERO_BIBTEX, ZOTERO_BIBLATEX, JABREF] {
        let import = import(text);
        let library = read_csl(&to_csl(&import.items)).unwrap_or_else(|f| panic!("{}", f[0]));
        assert_eq!(library.items, import.items);
        assert!(library.notices.is_empty());
    }
}

#[test]
fn an_empty_file_has_no_source_and_no_fault() {
    assert_eq!(import(""), Import::default());
    assert_eq!(import("no entries here, only words"), Import::default());
    assert_eq!(
        import("@book{x,}").items[0],
        Item::new("x", import("@book{x,}").items[0].kind)
    );
    assert_eq!(DatePoint::new(2013, Some(2), Some(30)), None);
}

proptest! {
    #[test]
    fn no_text_brings_the_reader_down(text in "(@[a-z]{1,8}|[{},=\"#\\\\$~% ]|[a-zA-Z0-9é\n-]){0,40}") {
        let _ = read_bibtex(&text);
    }

    #[test]
    fn no_field_brings_the_reader_down_and_what_is_read_is_sound(
        kind in "(article|book|misc|online|inbook|thesis)",
        title in "[A-Za-z {}\\\\'\"$é&%~<-]{0,20}",
        names in "([A-Za-z{},=' ]|and| and ){0,20}",
        date in "[0-9X/?~%T:. -]{0,14}",
    ) {
        let text = format!(
            "@{kind}{{x, title = {{{title}}}, author = {{{names}}}, date = {{{date}}}, year = {{{date}}}}}"
        );
        if let Ok(import) = read_bibtex(&text) {
            let library = read_csl(&to_csl(&import.items));
            prop_assert!(library.is_ok(), "{}: {}", text, library.unwrap_err()[0]);
            prop_assert_eq!(&library.unwrap().items, &import.items);
        }
    }
}
