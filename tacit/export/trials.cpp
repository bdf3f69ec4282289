// SPDX-License-Identifier: Apache-2.0
#include "tacit/export/trials.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <ATen/ops/linspace.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "tacit/core/error.h"

namespace tacit {
namespace {

constexpr int64_t kRandom = 64;  // rows of each kind
constexpr int64_t kFew = 7;
constexpr int64_t kMostImages = 16;  // of one trial of a generator, or of clips
constexpr double kSlack = 1e-4;
constexpr int64_t kMostRows = 256;                          // of one trial of a table
constexpr int64_t kFirstDay = -719162, kLastDay = 2932896;  // of the years 1 and 9999, since 1970
constexpr double kDaySeconds = 86400;
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

std::vector<int64_t> shape_of(int64_t rows, const Spec& spec) {
  std::vector<int64_t> shape{rows};
  shape.insert(shape.end(), spec.shape.begin(), spec.shape.end());
  return shape;
}

Tensor noise(int64_t rows, const Spec& spec, Rng rng) {
  Tensor x = at::empty(shape_of(rows, spec));
  auto* values = x.mutable_data_ptr<float>();
  for (int64_t i = 0; i < x.numel(); ++i) values[i] = static_cast<float>(rng.normal());
  return x;
}

std::vector<Trial> signal_trials(const Spec& spec, const Normalizer& normalizer) {
  const auto in_units = [&](const Tensor& x) {
    return x * normalizer.scale.view({1, -1, 1}) + normalizer.mean.view({1, -1, 1});
  };
  const auto constant = [&](double value) { return at::full(shape_of(1, spec), value); };
  const Rng rng(1);
  Tensor impulse = constant(0), step = constant(0), swinging = constant(1e3);
  impulse.select(2, 0).fill_(1);
  step.slice(2, spec.shape[1] / 2).fill_(1);
  swinging.slice(2, 0, std::nullopt, 2).fill_(-1e3);
  return {{"noise", in_units(noise(kRandom, spec, rng.stream("noise")))},
          {"random walks", in_units(noise(kRandom, spec, rng.stream("walks")).cumsum(2) / 8)},
          {"one window of noise", in_units(noise(1, spec, rng.stream("one")))},
          {"seven windows of noise", in_units(noise(kFew, spec, rng.stream("few")))},
          {"zeros", constant(0)},
          {"the sensors' means", in_units(constant(0))},
          {"ones", constant(1)},
          {"1000 throughout", constant(1e3)},
          {"-1000 throughout", constant(-1e3)},
          {"1000 and -1000 in turn", swinging},
          {"noise of size 1e-6", noise(1, spec, rng.stream("tiny")) * 1e-6},
          {"noise of size 1000", noise(1, spec, rng.stream("huge")) * 1e3},
          {"an impulse", impulse},
          {"a step", step}};
}

std::vector<Trial> image_trials(const Spec& spec) {
  const auto constant = [&](double value) { return at::full(shape_of(1, spec), value); };
  const auto in_range = [](const Tensor& x) { return (x * 64 + 128).clamp(0, 255); };
  const Rng rng(1);
  Tensor dot = constant(0), edge = constant(0), board = constant(255), ramp = constant(0);
  dot.select(3, 0).select(2, 0).fill_(255);
  edge.slice(3, spec.shape.at(2) / 2).fill_(255);
  board.slice(2, 0, std::nullopt, 2).slice(3, 0, std::nullopt, 2).fill_(0);
  ramp.copy_(at::linspace(0, 255, spec.shape.at(2)).expand_as(ramp));
  std::vector<Trial> trials{
      {"noise", in_range(noise(kRandom, spec, rng.stream("noise")))},
      {"smooth noise", in_range(noise(kRandom, spec, rng.stream("smooth")).cumsum(3) / 8)},
      {"one image of noise", in_range(noise(1, spec, rng.stream("one")))},
      {"seven images of noise", in_range(noise(kFew, spec, rng.stream("few")))},
      {"black", constant(0)},
      {"white", constant(255)},
      {"grey", constant(128)},
      {"a dot", dot},
      {"an edge", edge},
      {"a board", board},
      {"a ramp", ramp}};
  for (int64_t channel = 0; channel < spec.shape.at(0); ++channel) {
    const Tensor coloured = constant(0);
    coloured.select(1, channel).fill_(255);
    trials.push_back({"only " + spec.channels.at(static_cast<size_t>(channel)), coloured});
  }
  return trials;
}

/// Clips: a moving edge, single frames that differ from the others, and what image_trials() has.
std::vector<Trial> video_trials(const Spec& spec) {
  const auto constant = [&](double value) { return at::full(shape_of(1, spec), value); };
  const auto in_range = [](const Tensor& x) { return (x * 64 + 128).clamp(0, 255); };
  const int64_t frames = spec.shape.at(1), width = spec.shape.at(3);
  const Rng rng(1);
  Tensor flash = constant(0), moving = constant(0), board = constant(255);
  flash.select(2, frames / 2).fill_(255);
  for (int64_t frame = 0; frame < frames; ++frame)
    moving.select(2, frame).slice(3, 0, 1 + frame * (width - 1) / frames).fill_(255);
  board.slice(3, 0, std::nullopt, 2).slice(4, 0, std::nullopt, 2).fill_(0);
  std::vector<Trial> trials{
      {"noise", in_range(noise(kMostImages, spec, rng.stream("noise")))},
      {"smooth noise", in_range(noise(kFew, spec, rng.stream("smooth")).cumsum(2) / 2)},
      {"one clip of noise", in_range(noise(1, spec, rng.stream("one")))},
      {"black", constant(0)},
      {"white", constant(255)},
      {"grey", constant(128)},
      {"a flash", flash},
      {"a moving edge", moving},
      {"a board", board}};
  for (int64_t channel = 0; channel < spec.shape.at(0); ++channel) {
    const Tensor coloured = constant(0);
    coloured.select(1, channel).fill_(255);
    trials.push_back({"only " + spec.channels.at(static_cast<size_t>(channel)), coloured});
  }
  return trials;
}

/// Rows of a table with cells set column by column.
class TableTrials {
 public:
  explicit TableTrials(const ColumnEncoders& encoders) : encoders_(encoders) {}

  std::vector<Trial> all() {
    const int64_t width = row_width(encoders_.columns());
    add("usual rows", usual(kRandom, "usual"));
    add("one usual row", usual(1, "one"));
    add("seven usual rows", usual(kFew, "few"));
    add("missing cells", with_missing(usual(kRandom, "missing")));
    add("nothing but missing cells", at::full({1, width}, kNan));
    add("numbers far beyond those of training", far_beyond());
    add("each category", categories());
    add("each knot", knots());
    if (has_moments()) {
      add("each day around 2000-02-29", moments(10926, 1, 500));
      add("days of the years 1600 to 2400", moments(-135140, 366, 800));
    }
    return std::move(trials_);
  }

 private:
  /// In trials of at most kMostRows rows.
  void add(const std::string& name, const Tensor& x) {
    for (int64_t begin = 0; begin < x.size(0); begin += kMostRows)
      trials_.push_back({name, x.slice(0, begin, std::min(begin + kMostRows, x.size(0)))});
  }

  /// set(column, cell) for each column, with a pointer to its first cell in row `row` of x.
  template <class Set>
  void each_column(const Tensor& x, int64_t row, Set set) const {
    float* cell = x.mutable_data_ptr<float>() + row * x.size(1);
    for (size_t i = 0; i < encoders_.columns().size(); ++i) {
      set(i, cell);
      cell += encoders_.columns()[i].width();
    }
  }
  ColumnKind kind(size_t column) const { return encoders_.columns()[column].kind; }
  bool has_moments() const {
    return std::ranges::count(encoders_.columns(), ColumnKind::datetime, &TableColumn::kind) > 0;
  }

  /// Numbers and moments at normal quantiles of those of training, categories with a code.
  Tensor usual(int64_t rows, const std::string& stream) const {
    Rng rng = Rng(1).stream(stream);
    const std::vector<Field> fields = encoders_.fields();
    const Tensor encoded = at::empty({rows, static_cast<int64_t>(fields.size())});
    float* to = encoded.mutable_data_ptr<float>();
    for (int64_t row = 0; row < rows; ++row) {
      for (const Field& field : fields) {
        const int64_t known = field.codes - ColumnEncoders::kFirstCode;
        double value = static_cast<double>(ColumnEncoders::kUnseenCode);
        if (field.codes == 0) value = rng.normal();
        if (known > 0)
          value = static_cast<double>(ColumnEncoders::kFirstCode) +
                  static_cast<double>(rng.below(known));
        *to++ = static_cast<float>(value);
      }
    }
    return encoders_.invert(encoded).contiguous();
  }

  Tensor with_missing(const Tensor& x) const {
    Rng rng = Rng(1).stream("missing cells");
    for (int64_t row = 0; row < x.size(0); ++row) {
      each_column(x, row, [&](size_t column, float* cell) {
        if (rng.below(4) == 0) std::fill_n(cell, encoders_.columns()[column].width(), kNan);
      });
    }
    return x;
  }

  /// The number, or of a moment the days since 1970, within the years 1 to 9999.
  void put(size_t column, float* cell, double value) const {
    if (kind(column) == ColumnKind::numeric) {
      *cell = static_cast<float>(value);
      return;
    }
    const double day = std::clamp(std::floor(value), double{kFirstDay}, double{kLastDay});
    cell[0] = static_cast<float>(day);
    cell[1] = static_cast<float>(std::clamp((value - day) * kDaySeconds, 0.0, kDaySeconds - 1));
  }

  /// Two rows: 1000 scales or spans below and above, and categories never seen.
  Tensor far_beyond() const {
    const Tensor x = usual(2, "far");
    for (int64_t row = 0; row < 2; ++row) {
      each_column(x, row, [&](size_t column, float* cell) {
        if (kind(column) == ColumnKind::categorical) {
          *cell =
              row == 0 ? 1e6F : static_cast<float>(encoders_.columns()[column].categories.size());
          return;
        }
        const ColumnEncoders::Scale& scale = encoders_.scales()[column];
        double low = scale.shift, high = scale.shift, step = scale.scale;
        if (scale.values.defined()) {
          low = scale.values[0].item<double>();
          high = scale.values[-1].item<double>();
          step = 1 + high - low;
        }
        put(column, cell, row == 0 ? low - 1e3 * step : high + 1e3 * step);
      });
    }
    return x;
  }

  /// Each category of each column, and two never seen.
  Tensor categories() const {
    int64_t most = 0;
    for (const TableColumn& column : encoders_.columns())
      if (column.kind == ColumnKind::categorical)
        most = std::max(most, static_cast<int64_t>(column.categories.size()) + 2);
    const Tensor x =
        most == 0 ? at::empty({0, row_width(encoders_.columns())}) : usual(most, "categories");
    for (int64_t row = 0; row < most; ++row) {
      each_column(x, row, [&](size_t column, float* cell) {
        const auto count = static_cast<int64_t>(encoders_.columns()[column].categories.size());
        if (kind(column) == ColumnKind::categorical) *cell = static_cast<float>(row % (count + 2));
      });
    }
    return x;
  }

  /// Each knot of each column, the floats before and after it, and half way to the next; where a
  /// column has none, its shift and six scales to each side.
  Tensor knots() const {
    int64_t most = 13;
    for (const ColumnEncoders::Scale& scale : encoders_.scales())
      if (scale.values.defined()) most = std::max(most, 4 * scale.values.size(0));
    const Tensor x = usual(most, "knots");
    for (int64_t row = 0; row < most; ++row) {
      each_column(x, row, [&](size_t column, float* cell) {
        if (kind(column) == ColumnKind::categorical) return;
        const ColumnEncoders::Scale& scale = encoders_.scales()[column];
        if (!scale.values.defined()) {
          put(column, cell, scale.shift + static_cast<double>(row % 13 - 6) * scale.scale);
          return;
        }
        const auto knot = [&](int64_t i) {
          return scale.values[i % scale.values.size(0)].item<double>();
        };
        const double here = knot(row / 4);
        put(column, cell, row % 4 == 3 ? (here + knot(row / 4 + 1)) / 2 : here);
        float& last = cell[encoders_.columns()[column].width() - 1];
        if (row % 4 == 0) last = std::nextafter(last, -std::numeric_limits<float>::infinity());
        if (row % 4 == 1) last = std::nextafter(last, std::numeric_limits<float>::infinity());
      });
    }
    return x;
  }

  /// Rows whose moments are `step` days apart, at any time of the day.
  Tensor moments(int64_t first, int64_t step, int64_t rows) const {
    const Tensor x = usual(rows, "moments");
    for (int64_t row = 0; row < rows; ++row) {
      each_column(x, row, [&](size_t column, float* cell) {
        if (kind(column) != ColumnKind::datetime) return;
        cell[0] = static_cast<float>(first + row * step);
        cell[1] = static_cast<float>(row * 7919 % 86400);
      });
    }
    return x;
  }

  const ColumnEncoders& encoders_;
  std::vector<Trial> trials_;
};

}  // namespace

std::vector<Trial> parity_trials(const Spec& spec, const Preprocessing& preprocessing) {
  if (const auto* encoders = std::get_if<ColumnEncoders>(&preprocessing))
    return TableTrials(*encoders).all();
  if (spec.modality == Modality::image) return image_trials(spec);
  if (spec.modality == Modality::video) return video_trials(spec);
  return signal_trials(spec, std::get<Normalizer>(preprocessing));
}

std::vector<GeneratorTrial> generator_trials(const GanGeneratorConfig& config) {
  const bool is_told = config.normalization == GeneratorNormalization::conditional;
  const Spec spec{.shape = {config.noise}, .channels = {}};
  const Rng rng(1);
  std::vector<GeneratorTrial> trials;
  const auto add = [&](const std::string& name, const Tensor& z, double slack, int64_t first = 0) {
    const Tensor rows = at::arange(first, first + z.size(0), at::kLong);
    trials.push_back({name, z, is_told ? rows.remainder(config.classes) : Tensor(), slack});
  };
  const auto constant = [&](double value) { return at::full(shape_of(1, spec), value); };
  add("noise", noise(kMostImages, spec, rng.stream("noise")), 0);
  add("one row of noise", noise(1, spec, rng.stream("one")), 0);
  add("three rows of noise", noise(3, spec, rng.stream("three")), 0);
  add("zeros", constant(0), 0);
  add("noise of size 1e-6", noise(3, spec, rng.stream("tiny")) * 1e-6, 0);
  for (int64_t first = 0; is_told && first < config.classes; first += kMostImages) {
    const int64_t rows = std::min(kMostImages, config.classes - first);
    add("each class", noise(rows, spec, rng.stream("classes").row(first)), 0, first);
  }
  Tensor swinging = constant(1e3);
  swinging.slice(1, 0, std::nullopt, 2).fill_(-1e3);
  add("1000 throughout", constant(1e3), kSlack);
  add("-1000 throughout", constant(-1e3), kSlack);
  add("1000 and -1000 in turn", swinging, kSlack);
  add("noise of size 1000", noise(3, spec, rng.stream("huge")) * 1e3, kSlack);
  return trials;
}

}  // namespace tacit
