//! What the functions of `cmath` come to where an infinity, a NaN or a zero is involved: C99's Annex G. Rows
//! are the kinds of the real part, columns those of the imaginary one, in the order -inf, negative, -0, 0,
//! positive, inf, NaN. `U` is never looked at.

use std::f64::consts::{FRAC_PI_2 as P12, FRAC_PI_4 as P14, PI as P};

pub type Table = [[(f64, f64); 7]; 7];

const P34: f64 = 3.0 * P14;
const I: f64 = f64::INFINITY;
const N: f64 = f64::NAN;
const U: (f64, f64) = (N, N);

#[rustfmt::skip]
pub static ACOS: Table = [
    [(P34, I), (P, I), (P, I), (P, -I), (P, -I), (P34, -I), (N, I)],
    [(P12, I), U, U, U, U, (P12, -I), (N, N)],
    [(P12, I), U, (P12, 0.), (P12, -0.), U, (P12, -I), (P12, N)],
    [(P12, I), U, (P12, 0.), (P12, -0.), U, (P12, -I), (P12, N)],
    [(P12, I), U, U, U, U, (P12, -I), (N, N)],
    [(P14, I), (0., I), (0., I), (0., -I), (0., -I), (P14, -I), (N, I)],
    [(N, I), (N, N), (N, N), (N, N), (N, N), (N, -I), (N, N)],
];
#[rustfmt::skip]
pub static ACOSH: Table = [
    [(I, -P34), (I, -P), (I, -P), (I, P), (I, P), (I, P34), (I, N)],
    [(I, -P12), U, U, U, U, (I, P12), (N, N)],
    [(I, -P12), U, (0., -P12), (0., P12), U, (I, P12), (N, P12)],
    [(I, -P12), U, (0., -P12), (0., P12), U, (I, P12), (N, P12)],
    [(I, -P12), U, U, U, U, (I, P12), (N, N)],
    [(I, -P14), (I, -0.), (I, -0.), (I, 0.), (I, 0.), (I, P14), (I, N)],
    [(I, N), (N, N), (N, N), (N, N), (N, N), (I, N), (N, N)],
];
#[rustfmt::skip]
pub static ASINH: Table = [
    [(-I, -P14), (-I, -0.), (-I, -0.), (-I, 0.), (-I, 0.), (-I, P14), (-I, N)],
    [(-I, -P12), U, U, U, U, (-I, P12), (N, N)],
    [(-I, -P12), U, (-0., -0.), (-0., 0.), U, (-I, P12), (N, N)],
    [(I, -P12), U, (0., -0.), (0., 0.), U, (I, P12), (N, N)],
    [(I, -P12), U, U, U, U, (I, P12), (N, N)],
    [(I, -P14), (I, -0.), (I, -0.), (I, 0.), (I, 0.), (I, P14), (I, N)],
    [(I, N), (N, N), (N, -0.), (N, 0.), (N, N), (I, N), (N, N)],
];
#[rustfmt::skip]
pub static ATANH: Table = [
    [(-0., -P12), (-0., -P12), (-0., -P12), (-0., P12), (-0., P12), (-0., P12), (-0., N)],
    [(-0., -P12), U, U, U, U, (-0., P12), (N, N)],
    [(-0., -P12), U, (-0., -0.), (-0., 0.), U, (-0., P12), (-0., N)],
    [(0., -P12), U, (0., -0.), (0., 0.), U, (0., P12), (0., N)],
    [(0., -P12), U, U, U, U, (0., P12), (N, N)],
    [(0., -P12), (0., -P12), (0., -P12), (0., P12), (0., P12), (0., P12), (0., N)],
    [(0., -P12), (N, N), (N, N), (N, N), (N, N), (0., P12), (N, N)],
];
#[rustfmt::skip]
pub static COSH: Table = [
    [(I, N), U, (I, 0.), (I, -0.), U, (I, N), (I, N)],
    [(N, N), U, U, U, U, (N, N), (N, N)],
    [(N, 0.), U, (1., 0.), (1., -0.), U, (N, 0.), (N, 0.)],
    [(N, 0.), U, (1., -0.), (1., 0.), U, (N, 0.), (N, 0.)],
    [(N, N), U, U, U, U, (N, N), (N, N)],
    [(I, N), U, (I, -0.), (I, 0.), U, (I, N), (I, N)],
    [(N, N), (N, N), (N, 0.), (N, 0.), (N, N), (N, N), (N, N)],
];
#[rustfmt::skip]
pub static EXP: Table = [
    [(0., 0.), U, (0., -0.), (0., 0.), U, (0., 0.), (0., 0.)],
    [(N, N), U, U, U, U, (N, N), (N, N)],
    [(N, N), U, (1., -0.), (1., 0.), U, (N, N), (N, N)],
    [(N, N), U, (1., -0.), (1., 0.), U, (N, N), (N, N)],
    [(N, N), U, U, U, U, (N, N), (N, N)],
    [(I, N), U, (I, -0.), (I, 0.), U, (I, N), (I, N)],
    [(N, N), (N, N), (N, -0.), (N, 0.), (N, N), (N, N), (N, N)],
];
#[rustfmt::skip]
pub static LOG: Table = [
    [(I, -P34), (I, -P), (I, -P), (I, P), (I, P), (I, P34), (I, N)],
    [(I, -P12), U, U, U, U, (I, P12), (N, N)],
    [(I, -P12), U, (-I, -P), (-I, P), U, (I, P12), (N, N)],
    [(I, -P12), U, (-I, -0.), (-I, 0.), U, (I, P12), (N, N)],
    [(I, -P12), U, U, U, U, (I, P12), (N, N)],
    [(I, -P14), (I, -0.), (I, -0.), (I, 0.), (I, 0.), (I, P14), (I, N)],
    [(I, N), (N, N), (N, N), (N, N), (N, N), (I, N), (N, N)],
];
#[rustfmt::skip]
pub static SINH: Table = [
    [(I, N), U, (-I, -0.), (-I, 0.), U, (I, N), (I, N)],
    [(N, N), U, U, U, U, (N, N), (N, N)],
    [(0., N), U, (-0., -0.), (-0., 0.), U, (0., N), (0., N)],
    [(0., N), U, (0., -0.), (0., 0.), U, (0., N), (0., N)],
    [(N, N), U, U, U, U, (N, N), (N, N)],
    [(I, N), U, (I, -0.), (I, 0.), U, (I, N), (I, N)],
    [(N, N), (N, N), (N, -0.), (N, 0.), (N, N), (N, N), (N, N)],
];
#[rustfmt::skip]
pub static SQRT: Table = [
    [(I, -I), (0., -I), (0., -I), (0., I), (0., I), (I, I), (N, I)],
    [(I, -I), U, U, U, U, (I, I), (N, N)],
    [(I, -I), U, (0., -0.), (0., 0.), U, (I, I), (N, N)],
    [(I, -I), U, (0., -0.), (0., 0.), U, (I, I), (N, N)],
    [(I, -I), U, U, U, U, (I, I), (N, N)],
    [(I, -I), (I, -0.), (I, -0.), (I, 0.), (I, 0.), (I, I), (I, N)],
    [(I, -I), (N, N), (N, N), (N, N), (N, N), (I, I), (N, N)],
];
#[rustfmt::skip]
pub static TANH: Table = [
    [(-1., 0.), U, (-1., -0.), (-1., 0.), U, (-1., 0.), (-1., 0.)],
    [(N, N), U, U, U, U, (N, N), (N, N)],
    [(-0., N), U, (-0., -0.), (-0., 0.), U, (-0., N), (-0., N)],
    [(0., N), U, (0., -0.), (0., 0.), U, (0., N), (0., N)],
    [(N, N), U, U, U, U, (N, N), (N, N)],
    [(1., 0.), U, (1., -0.), (1., 0.), U, (1., 0.), (1., 0.)],
    [(N, N), (N, N), (N, -0.), (N, 0.), (N, N), (N, N), (N, N)],
];
#[rustfmt::skip]
pub static RECT: Table = [
    [(I, N), U, (-I, 0.), (-I, -0.), U, (I, N), (I, N)],
    [(N, N), U, U, U, U, (N, N), (N, N)],
    [(0., 0.), U, (-0., 0.), (-0., -0.), U, (0., 0.), (0., 0.)],
    [(0., 0.), U, (0., -0.), (0., 0.), U, (0., 0.), (0., 0.)],
    [(N, N), U, U, U, U, (N, N), (N, N)],
    [(I, N), U, (I, -0.), (I, 0.), U, (I, N), (I, N)],
    [(N, N), (N, N), (N, 0.), (N, 0.), (N, N), (N, N), (N, N)],
];
