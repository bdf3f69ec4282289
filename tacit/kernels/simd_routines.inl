// SPDX-License-Identifier: Apache-2.0
// The vector routines (simd.h says what each does), included by simd.cpp once for each kind of
// processor, in a namespace and under a target of its own: kWidth lanes in a vector, tiles of
// kTileRows rows. No include guard, on purpose.
template <int width>
struct Lanes {
  using Float [[gnu::vector_size(width * sizeof(float))]] = float;
  using Int [[gnu::vector_size(width * sizeof(int32_t))]] = int32_t;
  using Unsigned [[gnu::vector_size(width * sizeof(uint32_t))]] = uint32_t;
};
template <int width>
using Vector = typename Lanes<width>::Float;

template <class Lanes>
[[gnu::always_inline]] inline Lanes load(const void* from) {
  Lanes value;
  std::memcpy(&value, from, sizeof(value));
  return value;
}

template <class Lanes>
[[gnu::always_inline]] inline void store(void* to, const Lanes& value) {
  std::memcpy(to, &value, sizeof(value));
}

/// Computes rows x (vectors * width) elements of c, from (row, column) on.
template <int width, int rows, int vectors>
[[gnu::always_inline]] inline void tile(const StridedProduct& p, int64_t row, int64_t column) {
  Vector<width> sum[rows][vectors] = {};
  const float* a = p.a + row * p.a_row_stride;
  const float* b = p.b + column;
  for (int64_t depth = 0; depth < p.depth; ++depth) {
    Vector<width> right[vectors];
#pragma GCC unroll 4
    for (int v = 0; v < vectors; ++v) right[v] = load<Vector<width>>(b + v * width);
#pragma GCC unroll 16
    for (int r = 0; r < rows; ++r) {
      const float left = a[r * p.a_row_stride];
#pragma GCC unroll 4
      for (int v = 0; v < vectors; ++v) sum[r][v] += left * right[v];
    }
    a += p.a_depth_stride;
    b += p.b_row_stride;
  }
#pragma GCC unroll 16
  for (int r = 0; r < rows; ++r) {
#pragma GCC unroll 4
    for (int v = 0; v < vectors; ++v) {
      const int64_t first = column + v * width;
      const int64_t count = std::min<int64_t>(p.columns - first, width);
      if (count <= 0) continue;
      float* const c = p.c + (row + r) * p.c_row_stride + first;
      Vector<width> value = sum[r][v];
      if (count == width) {
        if (p.add) value += load<Vector<width>>(c);
        store(c, value);
      } else {
        Vector<width> before = {};
        if (p.add) std::memcpy(&before, c, count * sizeof(float));
        value += before;
        std::memcpy(c, &value, count * sizeof(float));
      }
    }
  }
}

/// Computes the rows from `row` on in tiles of `rows`, and what is left over in smaller tiles.
template <int width, int rows, int vectors>
[[gnu::always_inline]] inline void panel(const StridedProduct& p, int64_t row, int64_t column) {
  for (; row + rows <= p.rows; row += rows) tile<width, rows, vectors>(p, row, column);
  if constexpr (rows > 1) panel<width, rows / 2, vectors>(p, row, column);
}

template <int width, int rows>
void all_panels(const StridedProduct& p) {
  const int64_t end = padded_columns(p.columns);
  int64_t column = 0;
  for (; column + 2 * width <= end; column += 2 * width) panel<width, rows, 2>(p, 0, column);
  for (; column < end; column += width) panel<width, rows, 1>(p, 0, column);
}

/// The sum of `count` terms weights[i] * values[i], without those whose weight is 0; the weights
/// are known when this is compiled.
template <int count, class Row, class Weight, class Value>
[[gnu::always_inline]] inline Row weighted_sum(const Weight& weight, const Value& value) {
  Row sum = {};
  bool empty = true;
#pragma GCC unroll 8
  for (int i = 0; i < count; ++i) {
    const float w = weight(i);
    if (w == 0.0F) continue;
    const Row term = w == 1.0F ? value(i) : w == -1.0F ? -value(i) : w * value(i);
    sum = empty ? term : sum + term;
    empty = false;
  }
  return sum;
}

/// The steps of algorithms one inside the other, the first one outermost.
template <class Row, class Algorithm>
struct Parts;

template <class Row>
struct Parts<Row, Nested<>> {
  [[gnu::always_inline]] static void split(const Row* x, float* out, int64_t) { store(out, *x); }
  [[gnu::always_inline]] static void join(const float* in, int64_t, Row* y) { *y = load<Row>(in); }
  [[gnu::always_inline]] static void spread(const Row* y, float* out, int64_t) { store(out, *y); }
};

template <class Row, class First, class... Rest>
struct Parts<Row, Nested<First, Rest...>> {
  using Inner = Parts<Row, Nested<Rest...>>;
  static constexpr int kWays = First::kWays;
  static constexpr int kInnerWays = Nested<Rest...>::kWays;
  static constexpr int64_t kInnerParts = Nested<Rest...>::kParts;

  /// From 2 kWays kInnerWays - 1 successive rows to one row of each part.
  [[gnu::always_inline]] static void split(const Row* x, float* out, int64_t part_stride) {
#pragma GCC unroll 8
    for (int part = 0; part < First::kParts; ++part) {
      Row dealt[2 * kInnerWays - 1];
#pragma GCC unroll 8
      for (int i = 0; i < 2 * kInnerWays - 1; ++i) {
        dealt[i] = weighted_sum<2 * kWays - 1, Row>([&](int j) { return First::kRows[part][j]; },
                                                    [&](int j) { return x[kWays * i + j]; });
      }
      Inner::split(dealt, out + part * kInnerParts * part_stride, part_stride);
    }
  }

  /// From one row of each part to kWays kInnerWays rows of results.
  [[gnu::always_inline]] static void join(const float* in, int64_t part_stride, Row* y) {
    Row dealt[First::kParts][kInnerWays];
#pragma GCC unroll 8
    for (int part = 0; part < First::kParts; ++part) {
      Inner::join(in + part * kInnerParts * part_stride, part_stride, dealt[part]);
    }
#pragma GCC unroll 4
    for (int i = 0; i < kInnerWays; ++i) {
#pragma GCC unroll 4
      for (int a = 0; a < kWays; ++a) {
        y[kWays * i + a] =
            weighted_sum<First::kParts, Row>([&](int part) { return First::kResults[a][part]; },
                                             [&](int part) { return dealt[part][i]; });
      }
    }
  }

  /// From kWays kInnerWays rows of the gradient of results to one row of each part.
  [[gnu::always_inline]] static void spread(const Row* y, float* out, int64_t part_stride) {
#pragma GCC unroll 8
    for (int part = 0; part < First::kParts; ++part) {
      Row dealt[kInnerWays];
#pragma GCC unroll 4
      for (int i = 0; i < kInnerWays; ++i) {
        dealt[i] = weighted_sum<kWays, Row>([&](int a) { return First::kResults[a][part]; },
                                            [&](int a) { return y[kWays * i + a]; });
      }
      Inner::spread(dealt, out + part * kInnerParts * part_stride, part_stride);
    }
  }
};

template <int count, class Row>
[[gnu::always_inline]] inline void load_rows(const float* from, int64_t stride, Row* rows) {
#pragma GCC unroll 32
  for (int i = 0; i < count; ++i) rows[i] = load<Row>(from + i * stride);
}

template <class Row, class Algorithm>
[[gnu::always_inline]] inline void split_at(const Split& s, const float* x, float* parts) {
  Row rows[2 * Algorithm::kWays - 1];
  load_rows<2 * Algorithm::kWays - 1>(x, s.channels, rows);
  Parts<Row, Algorithm>::split(rows, parts, s.part_stride);
}

template <int width, class Algorithm>
void split_all(const Split& s, const float* x, float* parts) {
  for (int64_t n = 0; n < s.rows; ++n) {
    int64_t i = 0;
    for (; i + width <= s.channels; i += width) {
      split_at<Vector<width>, Algorithm>(s, x + i, parts + i);
    }
    for (; i < s.channels; ++i) split_at<float, Algorithm>(s, x + i, parts + i);
    x += s.channels * Algorithm::kWays;
    parts += s.channels;
  }
}

template <class Row, class Algorithm>
[[gnu::always_inline]] inline void join_at(const Split& s, const float* parts, float* y,
                                           int64_t left, int64_t y_row_stride) {
  Row rows[Algorithm::kWays];
  Parts<Row, Algorithm>::join(parts, s.part_stride, rows);
#pragma GCC unroll 16
  for (int i = 0; i < Algorithm::kWays; ++i) {
    if (i < left) store(y + i * y_row_stride, rows[i]);
  }
}

template <int width, class Algorithm>
void join_all(const Split& s, const float* parts, float* y, int64_t steps, int64_t y_row_stride) {
  for (int64_t n = 0; n < s.rows; ++n) {
    const int64_t left = steps - n * Algorithm::kWays;
    int64_t i = 0;
    for (; i + width <= s.channels; i += width) {
      join_at<Vector<width>, Algorithm>(s, parts + i, y + i, left, y_row_stride);
    }
    for (; i < s.channels; ++i) join_at<float, Algorithm>(s, parts + i, y + i, left, y_row_stride);
    y += y_row_stride * Algorithm::kWays;
    parts += s.channels;
  }
}

template <class Row, class Algorithm>
[[gnu::always_inline]] inline void spread_at(const Split& s, const float* gradient, float* parts) {
  Row rows[Algorithm::kWays];
  load_rows<Algorithm::kWays>(gradient, s.channels, rows);
  Parts<Row, Algorithm>::spread(rows, parts, s.part_stride);
}

template <int width, class Algorithm>
void spread_all(const Split& s, const float* gradient, float* parts) {
  for (int64_t n = 0; n < s.rows; ++n) {
    int64_t i = 0;
    for (; i + width <= s.channels; i += width) {
      spread_at<Vector<width>, Algorithm>(s, gradient + i, parts + i);
    }
    for (; i < s.channels; ++i) spread_at<float, Algorithm>(s, gradient + i, parts + i);
    gradient += s.channels * Algorithm::kWays;
    parts += s.channels;
  }
}

template <int width>
void split(const Split& s, const float* x, float* parts) {
  with_ways(s.ways, [&](auto algorithm) { split_all<width, decltype(algorithm)>(s, x, parts); });
}

template <int width>
void join(const Split& s, const float* parts, float* y, int64_t steps, int64_t y_row_stride) {
  with_ways(s.ways, [&](auto algorithm) {
    join_all<width, decltype(algorithm)>(s, parts, y, steps, y_row_stride);
  });
}

template <int width>
void spread(const Split& s, const float* gradient, float* parts) {
  with_ways(s.ways,
            [&](auto algorithm) { spread_all<width, decltype(algorithm)>(s, gradient, parts); });
}

template <class Float, class Unsigned>
[[gnu::always_inline]] inline Float activated(const Activation& a, Float y, Unsigned index,
                                              uint32_t key) {
  const Float negative = a.slope == 0.0F ? Float{} : y * a.slope;  // no 0 * infinity
  y = y < 0.0F ? negative : y;  // false for NaN, which therefore stays
  if (a.threshold == 0) return y;
  return counter_hash(index ^ key) >= a.threshold ? y * a.scale : Float{};
}

template <int width>
void activate(const Activation& a, float* y, int64_t rows, int64_t outputs, const float* bias,
              uint32_t key, uint32_t first) {
  using Unsigned = typename Lanes<width>::Unsigned;
  Unsigned lane;
  for (int i = 0; i < width; ++i) lane[i] = static_cast<uint32_t>(i);
  for (int64_t row = 0; row < rows; ++row) {
    int64_t o = 0;
    for (; o + width <= outputs; o += width) {
      const Vector<width> sum = load<Vector<width>>(y + o) + load<Vector<width>>(bias + o);
      store(y + o, activated(a, sum, lane + (first + static_cast<uint32_t>(o)), key));
    }
    for (; o < outputs; ++o) {
      y[o] = activated(a, y[o] + bias[o], first + static_cast<uint32_t>(o), key);
    }
    y += outputs;
    first += static_cast<uint32_t>(outputs);
  }
}

template <class Float>
[[gnu::always_inline]] inline Float gated(const Activation& a, Float y, Float gradient) {
  const Float open = gradient * a.scale;
  const Float closed = y < 0.0F ? open * a.slope : gradient * a.slope_at_zero;
  return y <= 0.0F ? (a.slope == 0.0F ? Float{} : closed) : open;
}

template <int width>
void gate(const Activation& a, const float* y, const float* gradient, float* to, int64_t count) {
  int64_t i = 0;
  for (; i + width <= count; i += width) {
    store(to + i, gated(a, load<Vector<width>>(y + i), load<Vector<width>>(gradient + i)));
  }
  for (; i < count; ++i) to[i] = gated(a, y[i], gradient[i]);
}

/// The largest of `columns` neighbours over all rows; several, because each waits for itself.
template <class Float, class Int, int columns>
[[gnu::always_inline]] inline void largest_from(const float* y, int64_t rows, int64_t stride,
                                                float* value, int32_t* row) {
  constexpr int kLanes = sizeof(Float) / sizeof(float);
  Float best[columns];
  Int place[columns] = {};
  for (int c = 0; c < columns; ++c) best[c] = load<Float>(y + c * kLanes);
  for (int32_t t = 1; t < rows; ++t) {
    y += stride;
#pragma GCC unroll 4
    for (int c = 0; c < columns; ++c) {
      const Float next = load<Float>(y + c * kLanes);
      const Int nearer = next <= best[c] ? place[c] : Int{} + t;  // one comparison a choice: GCC
      const Float larger = next <= best[c] ? best[c] : next;      // takes two lane by lane
      place[c] = best[c] == best[c] ? nearer : place[c];
      best[c] = best[c] == best[c] ? larger : best[c];
    }
  }
  for (int c = 0; c < columns; ++c) {
    store(value + c * kLanes, best[c]);
    store(row + c * kLanes, place[c]);
  }
}

template <int width>
void largest(const float* y, int64_t rows, int64_t outputs, float* value, int32_t* row) {
  using Int = typename Lanes<width>::Int;
  int64_t o = 0;
  for (; o + 4 * width <= outputs; o += 4 * width) {
    largest_from<Vector<width>, Int, 4>(y + o, rows, outputs, value + o, row + o);
  }
  for (; o + width <= outputs; o += width) {
    largest_from<Vector<width>, Int, 1>(y + o, rows, outputs, value + o, row + o);
  }
  for (; o < outputs; ++o) {
    largest_from<float, int32_t, 1>(y + o, rows, outputs, value + o, row + o);
  }
}

template <int width>
void add_scaled(float* target, const float* source, float factor, int64_t count) {
  int64_t i = 0;
  for (; i + width <= count; i += width) {
    store(target + i, load<Vector<width>>(target + i) + factor * load<Vector<width>>(source + i));
  }
  for (; i < count; ++i) target[i] += factor * source[i];
}

template <int width>
bool is_finite(const float* x, int64_t count) {
  Vector<width> zeros = {};
  int64_t i = 0;
  for (; i + width <= count; i += width) zeros += load<Vector<width>>(x + i) * 0.0F;
  float zero = 0;
  for (; i < count; ++i) zero += x[i] * 0.0F;
  for (int lane = 0; lane < width; ++lane) zero += zeros[lane];
  return zero == 0.0F;
}

constexpr Simd kRoutines{kName,
                         all_panels<kWidth, kTileRows>,
                         split<kWidth>,
                         join<kWidth>,
                         spread<kWidth>,
                         activate<kWidth>,
                         gate<kWidth>,
                         largest<kWidth>,
                         add_scaled<kWidth>,
                         is_finite<kWidth>};
