// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tacit/data/column_encoders.h"
#include "tacit/onnx/graph.h"

namespace tacit {

/// ColumnEncoders::apply() as ONNX operators. x: float32 [batch, row_width(columns)], as tables are
/// read, NaN where a cell is missing -> float32 [batch, fields]. Of a category any number that is
/// none of its places counts as a new category.
///
/// Numbers are computed in float64, like Tacit's own: float32 cannot tell moments of a day apart,
/// nor close knots far from 0. Sine and cosine alone are float32, of angles of one turn.
onnx::Value emit_columns(const ColumnEncoders& encoders, onnx::Graph& graph, const onnx::Value& x);

}  // namespace tacit
