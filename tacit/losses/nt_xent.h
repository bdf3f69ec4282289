// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tacit/core/spec.h"
#include "tacit/dist/communicator.h"

namespace tacit {

/// The normalised, temperature-scaled cross-entropy: each view must pick out the other view of its
/// row among all other views, by cosine. Chen, Kornblith, Norouzi & Hinton 2020, "A Simple
/// Framework for Contrastive Learning of Visual Representations", arXiv:2002.05709, equation 1 and
/// algorithm 1.
///
/// a, b: [N, D], the two views of N rows; N is the same in every process. The candidates are the
/// views of all processes, the mean is over this process' 2 N views. A row alone costs 0. Part:
/// "pair/accuracy", the share of views whose nearest candidate is the right one. Throws ShapeError
/// unless a and b are matrices of one shape, ConfigError unless temperature > 0.
Loss nt_xent(const Tensor& a, const Tensor& b, double temperature, const Communicator& world);

}  // namespace tacit
