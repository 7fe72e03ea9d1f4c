//! Every fault, with its place, message and mend.

use super::*;

const HEADER: &str = "project,kind,id,of,stage,date,by,amount,unit,obstacle,source,at,known,note";

fn projects() -> Vec<Project> {
    let one = |id: &str| Project {
        id: id.into(),
        title: id.into(),
        place: "Rason".into(),
        kind: ProjectKind::Zone,
        meaning: String::new(),
    };
    vec![one("rason"), one("bridge")]
}

fn faults_of(text: &str) -> Vec<LedgerFault> {
    let types = [ObstacleType {
        id: "floods".into(),
        title: "Floods".into(),
    }];
    parse_ledger(text, &projects(), &types)
        .err()
        .unwrap_or_default()
}

const PROMISE: &str = "rason,promise,ra-1,,law,2010-05,PRK,,,,s,,,";

/// The faults of a row on line 3, below a sound promise.
fn of_row(row: &str) -> Vec<LedgerFault> {
    faults_of(&format!("{HEADER}\n{PROMISE}\n{row}\n"))
}

#[test]
fn each_fault_of_a_row_is_named_with_its_column() {
    for (row, message, mend) in [
        (
            "rasno,promise,ra-2,,law,2010,PRK,,,,s,,,",
            "line 3, column 1 (project): there is no project `rasno`",
            "did you mean `rason`?",
        ),
        (
            ",promise,ra-2,,law,2010,PRK,,,,s,,,",
            "line 3, column 1 (project): `project` is empty, and every entry needs it",
            "fill it in",
        ),
        (
            "rason,pledge,ra-2,,law,2010,PRK,,,,s,,,",
            "line 3, column 2 (kind): there is no kind of entry `pledge`",
            "there are: promise, step, obstacle",
        ),
        (
            "rason,Promise,ra-2,,law,2010,PRK,,,,s,,,",
            "line 3, column 2 (kind): there is no kind of entry `Promise`",
            "did you mean `promise`?",
        ),
        (
            "rason,promise,,,law,2010,PRK,,,,s,,,",
            "line 3, column 3 (id): `id` is empty, and a promise needs it",
            "give the promise a short id that steps can name",
        ),
        (
            "rason,promise,ra-1,,law,2010,PRK,,,,s,,,",
            "line 3, column 3 (id): promise `ra-1` is on line 2 already",
            "give each promise an id of its own; a re-announcement is a step with stage `announced`",
        ),
        (
            "rason,step,ra-2,ra-1,law,2011,PRK,,,,s,,,",
            "line 3, column 3 (id): `ra-2` in `id`, which a step leaves empty",
            "only promises have an id; a step names its promise in `of`",
        ),
        (
            "rason,promise,ra-2,ra-1,law,2010,PRK,,,,s,,,",
            "line 3, column 4 (of): `ra-1` in `of`, which a promise leaves empty",
            "a promise belongs to none; a re-announcement is a step with stage `announced`",
        ),
        (
            "rason,step,,,opened,2011,PRK,,,,s,,,",
            "line 3, column 4 (of): `of` is empty, and a step needs it",
            "name the promise that the step belongs to",
        ),
        (
            "rason,step,,ra-l,opened,2011,PRK,,,,s,,,",
            "line 3, column 4 (of): there is no promise `ra-l`",
            "did you mean `ra-1`?",
        ),
        (
            "rason,obstacle,,zz,,2011,,,,floods,s,,,",
            "line 3, column 4 (of): there is no promise `zz`",
            "there are: ra-1",
        ),
        (
            "bridge,step,,ra-1,opened,2011,PRK,,,,s,,,",
            "line 3, column 4 (of): promise `ra-1` belongs to project `rason` (line 2)",
            "write that project, or the promise that is meant",
        ),
        (
            "rason,promise,ra-2,,opened,2010,PRK,,,,s,,,",
            "line 3, column 5 (stage): there is no form of a promise `opened`",
            "there are: announced, law, agreement",
        ),
        (
            "rason,step,,ra-1,groundbroken,2011,PRK,,,,s,,,",
            "line 3, column 5 (stage): there is no stage `groundbroken`",
            "did you mean `ground_broken`?",
        ),
        (
            "rason,obstacle,,ra-1,stalled,2011,,,,floods,s,,,",
            "line 3, column 5 (stage): `stalled` in `stage`, which an obstacle leaves empty",
            "leave it empty",
        ),
        (
            "rason,step,,ra-1,opened,2011-02-29,PRK,,,,s,,,",
            "line 3, column 6 (date): column 9: there is no day `29` in `2011-02`",
            "look the day up in the source, or write `XX` where it isn't known",
        ),
        (
            "rason,step,,ra-1,opened,,PRK,,,,s,,,",
            "line 3, column 6 (date): `date` is empty, and every entry needs it",
            "write what is known: `2010`, `201X`, `../2012`",
        ),
        (
            "rason,step,,ra-1,opened,2010-04,PRK,,,,s,,,",
            "line 3, column 6 (date): the step was on 2010-04-30 at the latest, before its promise on 2010-05-01 at the earliest (line 2)",
            "check both dates; a step before the promise belongs to an earlier promise",
        ),
        (
            "rason,promise,ra-2,,law,2010,,,,,s,,,",
            "line 3, column 7 (by): `by` is empty, and a promise needs it",
            "fill it in",
        ),
        (
            "rason,step,,ra-1,opened,2011,\"PRK, CHN\",,,,s,,,",
            "line 3, column 7 (by): `PRK, CHN` is no list of codes: `PRK, CHN`",
            "write codes without blanks, parted by `;`: `CHN;PRK`",
        ),
        (
            "rason,step,,ra-1,opened,2011,PRK;;CHN,,,,s,,,",
            "line 3, column 7 (by): `PRK;;CHN` is no list of codes: ``",
            "write codes without blanks, parted by `;`: `CHN;PRK`",
        ),
        (
            "rason,step,,ra-1,opened,2011,PRK,\"1,500\",CNY,,s,,,",
            "line 3, column 8 (amount): `1,500` is no amount from 0 on",
            "write a plain number, `80` or `1.5`, without separators; the rest belongs to `unit`",
        ),
        (
            "rason,step,,ra-1,opened,2011,PRK,-5,CNY,,s,,,",
            "line 3, column 8 (amount): `-5` is no amount from 0 on",
            "write a plain number, `80` or `1.5`, without separators; the rest belongs to `unit`",
        ),
        (
            "rason,step,,ra-1,opened,2011,PRK,inf,CNY,,s,,,",
            "line 3, column 8 (amount): `inf` is no amount from 0 on",
            "write a plain number, `80` or `1.5`, without separators; the rest belongs to `unit`",
        ),
        (
            "rason,step,,ra-1,opened,2011,PRK,,CNY,,s,,,",
            "line 3, column 8 (amount): `amount` is empty, and a unit needs it",
            "write the amount, or leave the unit empty as well",
        ),
        (
            "rason,step,,ra-1,opened,2011,PRK,5,,,s,,,",
            "line 3, column 9 (unit): `unit` is empty, and an amount needs it",
            "say of what: `million CNY`",
        ),
        (
            "rason,obstacle,,ra-1,,2011,,,,flood,s,,,",
            "line 3, column 10 (obstacle): there is no type of obstacle `flood`",
            "did you mean `floods`?",
        ),
        (
            "rason,obstacle,,ra-1,,2011,,,,,s,,,",
            "line 3, column 10 (obstacle): `obstacle` is empty, and an obstacle needs it",
            "fill it in",
        ),
        (
            "rason,step,,ra-1,stalled,2011,PRK,,,floods,s,,,",
            "line 3, column 10 (obstacle): `floods` in `obstacle`, which a step leaves empty",
            "write the obstacle as a row of its own",
        ),
        (
            "rason,step,,ra-1,opened,2011,PRK,,,,,,,",
            "line 3, column 11 (source): `source` is empty, and every entry needs it",
            "name a source of the library: an entry without one can't be defended",
        ),
        (
            "rason,step,,ra-1,opened,2011,PRK,,,,s,,2010,",
            "line 3, column 13 (known): known by 2010-12-31, before it happened on 2011-01-01 at the earliest",
            "`known` is when the source told of it; leave it empty where that is when it happened",
        ),
        (
            "rason,step,,ra-1,opened,2011,PRK,,,,s,,May 2011,",
            "line 3, column 13 (known): column 1: `M` where the year's four digits should stand",
            "write `2010`, `2010-12` or `2010-12-31`, with four, two and two digits; `/` parts the ends of an interval, `?`, `~` and `%` mark doubt",
        ),
        (
            PROMISE,
            "line 3: the row of line 2 stands here again",
            "delete one",
        ),
        (
            "rason,step,,ra-1,opened,2011,PRK,,,,s",
            "line 3: 11 columns where there are 14",
            "keep the commas of empty columns",
        ),
        (
            "rason,step,,ra-1,opened,2011,PRK,,,,s,,,opened, at last",
            "line 3: 15 columns where there are 14",
            "put a text with a comma into double quotes",
        ),
        (
            "rason,step,,ra-1,opened,2011,PRK,,,,s,,,\"opened",
            "line 3: a quote opens here and isn't closed",
            "close it, and double a quote that belongs to the text: \"\"",
        ),
    ] {
        let faults = of_row(row);
        assert_eq!(faults.len(), 1, "{row}: {faults:?}");
        assert_eq!(
            (faults[0].to_string(), faults[0].mend()),
            (message.into(), mend.into())
        );
    }
}

#[test]
fn a_header_that_is_none_is_named() {
    for (text, message, mend) in [
        (
            "",
            "line 1: the ledger is empty",
            format!("begin with the header: {HEADER}"),
        ),
        (
            "project,kind\n",
            "line 1: the first line isn't the header of a ledger: `project,kind`",
            format!("the first line must be: {HEADER}"),
        ),
        (
            "project;kind\n",
            "line 1: the first line isn't the header of a ledger: `project;kind`",
            "save it with commas between the columns; codes in `by` are parted by `;`".into(),
        ),
    ] {
        let faults = faults_of(text);
        assert_eq!(faults.len(), 1);
        assert_eq!(
            (faults[0].to_string(), faults[0].mend()),
            (message.to_owned(), mend)
        );
    }
}

#[test]
fn a_step_after_abandonment_needs_a_resumption() {
    let rows = |more: &str| {
        format!("{HEADER}\n{PROMISE}\nrason,step,,ra-1,abandoned,2011,PRK,,,,s,,,\n{more}")
    };
    let faults = faults_of(&rows("rason,step,,ra-1,opened,2012-03,PRK,,,,s,,,\n"));
    assert_eq!(
        faults[0].to_string(),
        "line 4, column 5 (stage): `opened` on 2012-03-01 at the earliest, though the promise was abandoned by 2011-12-31 (line 3)"
    );
    assert!(faults[0].mend().contains("resumed"));
    // Not surely after it, or resumed between: no fault.
    assert!(faults_of(&rows("rason,step,,ra-1,opened,2011-03,PRK,,,,s,,,\n")).is_empty());
    let resumed =
        "rason,step,,ra-1,resumed,2012,PRK,,,,s,,,\nrason,step,,ra-1,opened,2012-03,PRK,,,,s,,,\n";
    assert!(faults_of(&rows(resumed)).is_empty());
    // Resumed too late.
    let late =
        "rason,step,,ra-1,resumed,2013,PRK,,,,s,,,\nrason,step,,ra-1,opened,2012-03,PRK,,,,s,,,\n";
    assert_eq!(faults_of(&rows(late)).len(), 1);
}

#[test]
fn all_faults_are_found_at_once_and_one_hides_no_other() {
    let faults = faults_of(&format!(
        "{HEADER}\nrasno,promise,ra-1,,lw,2010-13,PRK,x,CNY,,,,,\nrason,step,,ra-1,opned,2011,PRK,,,,s,,,\n"
    ));
    let places: Vec<_> = faults
        .iter()
        .map(|fault| (fault.line, fault.column.map(Column::name)))
        .collect();
    assert_eq!(
        places,
        [
            (2, Some("project")),
            (2, Some("stage")),
            (2, Some("date")),
            (2, Some("amount")),
            (2, Some("source")),
            (3, Some("stage"))
        ]
    );
}
