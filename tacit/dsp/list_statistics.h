// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <span>
#include <vector>

/// Statistics of a few numbers. Of none, each is 0.
namespace tacit {

double mean(std::span<const double> x);
/// Standard deviation, denominator n.
double deviation(std::span<const double> x);
double root_mean_square(std::span<const double> x);
/// Linear between the sorted values, as numpy's; percent in 0 … 100.
double percentile(std::vector<double> x, double percent);
double median(std::vector<double> x);
/// Pearson's, of two lists of one length; 0 with a constant (its deviation is below 1e-9 of its
/// root mean square).
double correlation(std::span<const double> x, std::span<const double> y);

}  // namespace tacit
