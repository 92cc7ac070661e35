//! Times of work in one process, and how they grow.

use std::time::{Duration, Instant};

/// The best time of as many runs as fit into a second, at least three.
pub(crate) fn best(mut work: impl FnMut()) -> Duration {
    let start = Instant::now();
    let mut best = Duration::MAX;
    let mut runs = 0;
    while runs < 3 || (start.elapsed() < Duration::from_secs(1) && runs < 200) {
        let before = Instant::now();
        work();
        best = best.min(before.elapsed());
        runs += 1;
    }
    best
}

/// The slope of a line through the logarithms of the points (least squares): 1 is linear.
#[allow(dead_code, reason = "not every bench draws a line")]
pub(crate) fn slope(points: &[(f64, f64)]) -> f64 {
    let logs: Vec<(f64, f64)> = points.iter().map(|(x, y)| (x.ln(), y.ln())).collect();
    let count = logs.len() as f64;
    let (mean_x, mean_y) =
        (logs.iter().map(|(x, _)| x).sum::<f64>() / count, logs.iter().map(|(_, y)| y).sum::<f64>() / count);
    let over: f64 = logs.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
    let under: f64 = logs.iter().map(|(x, _)| (x - mean_x).powi(2)).sum();
    over / under
}
