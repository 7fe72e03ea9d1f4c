//! Flow of the Nile at Aswan, 1871 to 1970, in 10⁸ m³ a year. Figures: R 4.2.2, strucchange 1.5-3,
//! `breakpoints(Nile ~ 1, h = 0.15, breaks = 5)`; data: R datasets, facts as published (Cobb 1978,
//! Biometrika 65, 243–251).

use yalu_stats::{Bootstrap, Design, Family, Search, ShiftModel, date_breaks, sup_f_test};

const NILE: [f64; 100] = [
    1120.0, 1160.0, 963.0, 1210.0, 1160.0, 1160.0, 813.0, 1230.0, 1370.0, 1140.0, 995.0, 935.0,
    1110.0, 994.0, 1020.0, 960.0, 1180.0, 799.0, 958.0, 1140.0, 1100.0, 1210.0, 1150.0, 1250.0,
    1260.0, 1220.0, 1030.0, 1100.0, 774.0, 840.0, 874.0, 694.0, 940.0, 833.0, 701.0, 916.0, 692.0,
    1020.0, 1050.0, 969.0, 831.0, 726.0, 456.0, 824.0, 702.0, 1120.0, 1100.0, 832.0, 764.0, 821.0,
    768.0, 845.0, 864.0, 862.0, 698.0, 845.0, 744.0, 796.0, 1040.0, 759.0, 781.0, 865.0, 845.0,
    944.0, 984.0, 897.0, 822.0, 1010.0, 771.0, 676.0, 649.0, 846.0, 812.0, 742.0, 801.0, 1040.0,
    860.0, 874.0, 848.0, 890.0, 744.0, 749.0, 838.0, 1050.0, 918.0, 986.0, 797.0, 923.0, 975.0,
    815.0, 1020.0, 906.0, 901.0, 1170.0, 912.0, 746.0, 919.0, 718.0, 714.0, 740.0,
];

const SEARCH: Search = Search {
    trimming: 0.15,
    max_breaks: 3,
    window: None,
};

fn with_model<T>(run: impl FnOnce(&ShiftModel<'_>) -> T) -> T {
    let design = Design::intercept(NILE.len());
    let offset = [0.0; 100];
    run(&ShiftModel {
        y: &NILE,
        offset: &offset,
        design: &design,
        family: Family::Gaussian,
    })
}

#[test]
fn breaks_fall_where_strucchange_puts_them() {
    let dating = with_model(|model| date_breaks(model, &SEARCH)).expect("a long enough series");
    // strucchange counts from 1: 28; 28, 83; 28, 68, 83.
    assert_eq!(dating.by_count[1].breaks, [27]);
    assert_eq!(dating.by_count[2].breaks, [27, 82]);
    assert_eq!(dating.by_count[3].breaks, [27, 67, 82]);
    assert_eq!(dating.chosen, 1);
    // Residual sums of squares, to the digits printed.
    for (row, rss) in [
        2_835_156.75,
        1_597_457.194_444_44,
        1_552_923.615_775_4,
        1_538_096.512_745_1,
    ]
    .iter()
    .enumerate()
    {
        let got = dating.by_count[row].deviance;
        assert!(
            (got / rss - 1.0).abs() < 1e-10,
            "{row} breaks: RSS {got}, strucchange {rss}"
        );
    }
}

#[test]
fn the_largest_f_is_strucchanges() {
    let bootstrap = Bootstrap {
        n_replications: 999,
        seed: 1,
    };
    let test = with_model(|model| sup_f_test(model, &SEARCH, &bootstrap, 0.05)).expect("fits");
    // Fstats(Nile ~ 1, from = 0.15): sup F 75.93 at 1898, here F with one restriction, n − 2 = 98.
    let f = (2_835_156.75 - 1_597_457.194_444_44) / (1_597_457.194_444_44 / 98.0);
    assert_eq!(test.break_index, 27);
    assert!(
        (test.statistic / f - 1.0).abs() < 1e-9,
        "{} against {f}",
        test.statistic
    );
    assert!(test.p_value <= 0.002, "p {}", test.p_value);
}
