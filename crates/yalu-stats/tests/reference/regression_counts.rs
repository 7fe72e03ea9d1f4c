//! Negative binomial, Poisson and quasi-Poisson fits with weights and offsets. Figures: R 4.2.2 (`glm`)
//! and MASS 7.3-58.2; R's iterations were run to `epsilon = 1e-15`.

use super::regression::loglik;
use super::regression_data::{QUINE_CODES, QUINE_DAYS};
use crate::support::{all_near, near, standard_errors};
use yalu_stats::{Covariance, Design, Family, Regression, ThetaOrigin, robust};

fn quine() -> Design {
    let digits = |place: usize, is: &str| -> Vec<f64> {
        QUINE_CODES
            .iter()
            .map(|code| f64::from(u8::from(&code[place..=place] == is)))
            .collect()
    };
    let mut design = Design::intercept(QUINE_DAYS.len());
    for (name, place, is) in [
        ("male", 0, "1"),
        ("F1", 1, "1"),
        ("F2", 1, "2"),
        ("F3", 1, "3"),
        ("not aboriginal", 2, "1"),
        ("slow", 3, "1"),
    ] {
        design = design.with(name, digits(place, is)).expect("finite");
    }
    design
}

#[test]
fn absence_from_school_is_mass() {
    // glm.nb(Days ~ Sex + Age + Eth + Lrn, data = quine), then with
    // weights = rep(c(1, 2, 0.5), length.out = 146). θ's SE: theta.ml's formula at the final θ (what
    // it prints belongs to the iterate before, 3e-6 off).
    let design = quine();
    let weights: Vec<f64> = (0..QUINE_DAYS.len())
        .map(|row| [1.0, 2.0, 0.5][row % 3])
        .collect();
    let plain = Regression::new(&QUINE_DAYS, &design, Family::NegativeBinomial);
    for (regression, coefficients, ses, theta, twice, deviances) in [
        (
            plain,
            [
                2.894_579_990_249_301,
                0.082_320_284_145_686_89,
                -0.448_428_149_877_522_9,
                0.088_080_152_114_072_66,
                0.356_900_971_429_445_2,
                -0.569_371_697_357_972,
                0.292_109_157_033_696_4,
            ],
            [
                0.228_424_614_781_915_7,
                0.159_915_014_648_278,
                0.239_746_592_555_299_8,
                0.236_193_028_653_609_6,
                0.248_324_362_799_487_1,
                0.153_333_359_282_744_6,
                0.186_474_710_100_360_3,
            ],
            [1.274_892_645_053_622_4, 0.161_035_661_713_532_1],
            -1_093.151_018_289_984,
            [167.951_800_820_585_3, 195.286_636_452_849],
        ),
        (
            plain.weights(&weights),
            [
                2.810_412_788_051_77,
                0.057_462_209_173_273_89,
                -0.345_334_732_149_470_6,
                0.291_414_833_077_501,
                0.528_490_732_532_493,
                -0.644_727_458_848_475_5,
                0.209_369_847_319_193_5,
            ],
            [
                0.220_143_085_075_499_2,
                0.153_506_017_625_952_2,
                0.231_770_113_592_867_9,
                0.227_706_199_741_117_9,
                0.236_913_265_877_716_6,
                0.146_537_322_991_784_4,
                0.180_295_584_302_495_7,
            ],
            [1.194_820_979_628_301_1, 0.140_367_126_877_202],
            -1_269.938_169_342_16,
            [198.380_613_453_325_1, 237.423_130_365_880_8],
        ),
    ] {
        let fit = regression.fit().expect("fits");
        all_near("coefficient", &fit.coefficients, &coefficients, 1e-6);
        all_near("SE", &standard_errors(&fit.covariance), &ses, 1e-6);
        near("θ", fit.theta.expect("NB"), theta[0], 1e-6);
        let ThetaOrigin::Estimated { se } = fit.theta_origin else {
            panic!("θ is {:?}", fit.theta_origin);
        };
        near("SE of θ", se, theta[1], 1e-6);
        near("2 log-likelihood", 2.0 * loglik(&fit), twice, 1e-11);
        near("deviance", fit.deviance, deviances[0], 1e-6);
        let null = regression.null_deviance(&fit).expect("fits");
        near("null deviance", null, deviances[1], 1e-6);
    }
}

/// Claims and policyholders of 64 groups (MASS `Insurance`; Baxter, Coutts and Ross 1980): district
/// slowest, then group of car, then age of holder.
const CLAIMS: [f64; 64] = [
    38.0, 35.0, 20.0, 156.0, 63.0, 84.0, 89.0, 400.0, 19.0, 52.0, 74.0, 233.0, 4.0, 18.0, 19.0,
    77.0, 22.0, 19.0, 22.0, 87.0, 25.0, 51.0, 49.0, 290.0, 14.0, 46.0, 39.0, 143.0, 4.0, 15.0,
    12.0, 53.0, 5.0, 11.0, 10.0, 67.0, 10.0, 24.0, 37.0, 187.0, 8.0, 19.0, 24.0, 101.0, 3.0, 2.0,
    8.0, 37.0, 2.0, 5.0, 4.0, 36.0, 7.0, 10.0, 22.0, 102.0, 5.0, 7.0, 16.0, 63.0, 0.0, 6.0, 8.0,
    33.0,
];
const HOLDERS: [f64; 64] = [
    197.0, 264.0, 246.0, 1680.0, 284.0, 536.0, 696.0, 3582.0, 133.0, 286.0, 355.0, 1640.0, 24.0,
    71.0, 99.0, 452.0, 85.0, 139.0, 151.0, 931.0, 149.0, 313.0, 419.0, 2443.0, 66.0, 175.0, 221.0,
    1110.0, 9.0, 48.0, 72.0, 322.0, 35.0, 73.0, 89.0, 648.0, 53.0, 155.0, 240.0, 1635.0, 24.0,
    78.0, 121.0, 692.0, 7.0, 29.0, 43.0, 245.0, 20.0, 33.0, 40.0, 316.0, 31.0, 81.0, 122.0, 724.0,
    18.0, 39.0, 68.0, 344.0, 3.0, 16.0, 25.0, 114.0,
];

#[test]
fn weighted_counts_with_an_offset_are_rs() {
    // glm(Claims ~ District + as.integer(Group) + as.integer(Age) + offset(log(Holders)),
    //     family, data = MASS::Insurance, weights = rep(c(1, 2, 3, 0.25), 16)); vcovHC(m, type).
    let offset: Vec<f64> = HOLDERS.iter().map(|one| one.ln()).collect();
    let weights: Vec<f64> = (0..64).map(|row| [1.0, 2.0, 3.0, 0.25][row % 4]).collect();
    let district = |which: usize| -> Vec<f64> {
        (0..64)
            .map(|row| f64::from(u8::from(row / 16 == which)))
            .collect()
    };
    let group: Vec<f64> = (0..64).map(|row| f64::from(row / 4 % 4 + 1)).collect();
    let age: Vec<f64> = (0..64).map(|row| f64::from(row % 4 + 1)).collect();
    let mut design = Design::intercept(64);
    for which in 1..4 {
        design = design
            .with(format!("District{}", which + 1), district(which))
            .expect("finite");
    }
    let design = design.with("Group", group.clone()).expect("finite");
    let design = design.with("Age", age.clone()).expect("finite");
    let regression = Regression::new(&CLAIMS, &design, Family::Poisson)
        .offset(&offset)
        .weights(&weights);
    let fit = regression.fit().expect("fits");
    let coefficients = [
        -1.921_596_082_637_132_8,
        0.039_774_893_688_596_45,
        0.061_581_586_610_946_37,
        0.200_630_544_075_223_16,
        0.218_281_633_912_619_62,
        -0.174_904_854_747_763_43,
    ];
    all_near("coefficient", &fit.coefficients, &coefficients, 1e-8);
    let ses = [
        0.081_033_965_726_156_84,
        0.044_197_512_645_822_85,
        0.053_706_400_074_434_29,
        0.066_017_271_871_489_9,
        0.021_527_301_780_744_15,
        0.022_163_531_270_222_37,
    ];
    all_near("SE", &standard_errors(&fit.covariance), &ses, 1e-8);
    near("deviance", fit.deviance, 84.166_661_892_037_04, 1e-10);
    let null = regression.null_deviance(&fit).expect("fits");
    near("null deviance", null, 250.741_800_334_192_53, 1e-9);
    near(
        "log-likelihood",
        loglik(&fit),
        -277.508_985_860_643_6,
        1e-10,
    );
    near("AIC", fit.aic().expect("one"), 567.017_971_721_287_2, 1e-10);
    near("BIC", fit.bic().expect("one"), 579.971_270_221_445_1, 1e-10);
    for (kind, ses) in [
        (
            Covariance::Hc0,
            [0.084_962_502_343_288_9, 0.028_646_876_797_036_76],
        ),
        (
            Covariance::Hc1,
            [0.089_248_984_876_265_2, 0.030_092_153_638_326_88],
        ),
        (
            Covariance::Hc2,
            [0.089_639_977_927_847_07, 0.030_649_846_734_240_68],
        ),
        (
            Covariance::Hc3,
            [0.094_658_186_642_185_12, 0.032_841_830_110_566_82],
        ),
    ] {
        let found = robust(&fit, &design, kind)
            .expect("exists")
            .standard_errors();
        all_near("HC", &[found[0], found[4]], &ses, 1e-8);
    }
    let quasi = Regression::new(&CLAIMS, &design, Family::QuasiPoisson)
        .offset(&offset)
        .weights(&weights)
        .fit()
        .expect("fits");
    near("dispersion", quasi.dispersion, 1.374_964_021_871_211, 1e-8);
    let p: Vec<f64> = quasi
        .terms(0.9)
        .expect("errors above zero")
        .iter()
        .map(|term| term.p_value)
        .collect();
    let peer = [
        5.970_068_943_833_728e-28,
        4.459_109_816_156_61e-1,
        3.322_020_130_014_27e-1,
        1.206_148_116_097_168e-2,
        5.087_452_812_370_574e-12,
        8.314_792_443_218_913e-9,
    ];
    all_near("p of t", &p, &peer, 1e-6);

    // The same model without a level: ~ 0 + District + …; R's null model is then the offset alone.
    let mut columns: Vec<(String, Vec<f64>)> = (0..4)
        .map(|which| (format!("District{}", which + 1), district(which)))
        .collect();
    columns.push(("Group".to_owned(), group));
    columns.push(("Age".to_owned(), age));
    let design = Design::new(columns).expect("columns of equal length");
    let regression = Regression::new(&CLAIMS, &design, Family::Poisson)
        .offset(&offset)
        .weights(&weights);
    let fit = regression.fit().expect("fits");
    let coefficients = [
        -1.921_596_082_637_131_9,
        -1.881_821_188_948_535_2,
        -1.860_014_496_026_185_3,
        -1.720_965_538_561_909_1,
        0.218_281_633_912_619_3,
        -0.174_904_854_747_763_5,
    ];
    all_near("coefficient", &fit.coefficients, &coefficients, 1e-8);
    let null = regression.null_deviance(&fit).expect("fits");
    near("null deviance", null, 21_587.855_955_809_624, 1e-9);
}
