// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "tacit/core/spec.h"

namespace tacit {

/// Rows that can be read in any order. All members are safe to call from several threads.
class Dataset {
 public:
  virtual ~Dataset() = default;
  virtual const Spec& spec() const = 0;
  virtual int64_t size() const = 0;
  /// Rows by number (0 … size()-1), in the order asked for. Throws DataError.
  virtual Batch read(std::span<const int64_t> rows) const = 0;
  /// The same with x as small as it is kept, for the way to a device; what it lacks of read()'s x,
  /// unpack() adds there: unpack(read_packed(rows).x) is read(rows).x.
  virtual Batch read_packed(std::span<const int64_t> rows) const { return read(rows); }
  virtual Tensor unpack(const Tensor& x) const { return x; }
};

/// Some rows of another data set, renumbered 0 … rows.size()-1; Batch::row keeps the source's
/// numbers. The source must outlive it.
class Subset final : public Dataset {
 public:
  /// Throws ShapeError for a row that the source does not have.
  Subset(const Dataset& source, std::vector<int64_t> rows);
  const Spec& spec() const override { return source_.spec(); }
  int64_t size() const override { return static_cast<int64_t>(rows_.size()); }
  Batch read(std::span<const int64_t> rows) const override { return source_.read(of(rows)); }
  Batch read_packed(std::span<const int64_t> rows) const override {
    return source_.read_packed(of(rows));
  }
  Tensor unpack(const Tensor& x) const override { return source_.unpack(x); }

 private:
  std::vector<int64_t> of(std::span<const int64_t> rows) const;  ///< the source's numbers

  const Dataset& source_;
  std::vector<int64_t> rows_;
};

}  // namespace tacit
