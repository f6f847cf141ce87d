//! The module `_statistics`: the inverse of the normal distribution, by M. J. Wichura's algorithm AS241
//! (Applied Statistics 37, 1988).

use crate::prelude::*;

pub static MODULE: ModuleDef = ModuleDef {
    name: "_statistics",
    doc: "Accelerators for the statistics module.",
    functions: &[functions::FUNCTIONS],
    init: None,
};

// Coefficients from the highest power down, for |p - 1/2| <= 0.425, for the flanks and for the tails.
const CENTRAL_NUMERATOR: [f64; 8] = [
    2.50908_09287_30122_6727e+3, 3.34305_75583_58812_8105e+4, 6.72657_70927_00870_0853e+4, 4.59219_53931_54987_1457e+4, 1.37316_93765_50946_1125e+4, 1.97159_09503_06551_4427e+3, 1.33141_66789_17843_7745e+2, 3.38713_28727_96366_6080,
];
const CENTRAL_DENOMINATOR: [f64; 8] = [
    5.22649_52788_52854_5610e+3, 2.87290_85735_72194_2674e+4, 3.93078_95800_09271_0610e+4, 2.12137_94301_58659_5867e+4, 5.39419_60214_24751_1077e+3, 6.87187_00749_20579_0830e+2, 4.23133_30701_60091_1252e+1, 1.0,
];
const MIDDLE_NUMERATOR: [f64; 8] = [
    7.74545_01427_83414_07640e-4, 2.27238_44989_26918_45833e-2, 2.41780_72517_74506_11770e-1, 1.27045_82524_52368_38258, 3.64784_83247_63204_60504, 5.76949_72214_60691_40550, 4.63033_78461_56545_29590, 1.42343_71107_49683_57734,
];
const MIDDLE_DENOMINATOR: [f64; 8] = [
    1.05075_00716_44416_84324e-9, 5.47593_80849_95344_94600e-4, 1.51986_66563_61645_71966e-2, 1.48103_97642_74800_74590e-1, 6.89767_33498_51000_04550e-1, 1.67638_48301_83803_84940, 2.05319_16266_37758_82187, 1.0,
];
const TAIL_NUMERATOR: [f64; 8] = [
    2.01033_43992_92288_13265e-7, 2.71155_55687_43487_57815e-5, 1.24266_09473_88078_43860e-3, 2.65321_89526_57612_30930e-2, 2.96560_57182_85048_91230e-1, 1.78482_65399_17291_33580, 5.46378_49111_64114_36990, 6.65790_46435_01103_77720,
];
const TAIL_DENOMINATOR: [f64; 8] = [
    2.04426_31033_89939_78564e-15, 1.42151_17583_16445_88870e-7, 1.84631_83175_10054_68180e-5, 7.86869_13114_56132_59100e-4, 1.48753_61290_85061_48525e-2, 1.36929_88092_27358_05310e-1, 5.99832_20655_58879_37690e-1, 1.0,
];

fn polynomial(coefficients: &[f64; 8], r: f64) -> f64 {
    coefficients[1..].iter().fold(coefficients[0], |sum, c| sum * r + c)
}

/// The value below which the fraction `p` of the distribution lies.
fn inverse(p: f64, mu: f64, sigma: f64) -> f64 {
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        let r = 0.180625 - q * q;
        let x = polynomial(&CENTRAL_NUMERATOR, r) * q / polynomial(&CENTRAL_DENOMINATOR, r);
        return mu + x * sigma;
    }
    let r = (-(if q <= 0.0 { p } else { 1.0 - p }).ln()).sqrt();
    let x = if r <= 5.0 {
        let r = r - 1.6;
        polynomial(&MIDDLE_NUMERATOR, r) / polynomial(&MIDDLE_DENOMINATOR, r)
    } else {
        let r = r - 5.0;
        polynomial(&TAIL_NUMERATOR, r) / polynomial(&TAIL_DENOMINATOR, r)
    };
    mu + (if q < 0.0 { -x } else { x }) * sigma
}

#[taipan_macros::functions(module = "_statistics")]
pub mod functions {
    use super::*;

    #[function("_normal_dist_inv_cdf(p, mu, sigma, /)")]
    fn normal_dist_inv_cdf(p: f64, mu: f64, sigma: f64) -> f64 {
        inverse(p, mu, sigma)
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn quantiles() {
        assert_eq!(super::inverse(0.5, 3.0, 2.0), 3.0);
        assert_eq!(super::inverse(0.975, 0.0, 1.0), 1.9599639845400536);
        assert_eq!(super::inverse(1e-10, 0.0, 1.0), -6.361340902404056);
        assert_eq!(super::inverse(0.9, 0.0, 1.0), 1.2815515655446008);
    }
}
