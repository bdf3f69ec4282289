// SPDX-License-Identifier: Apache-2.0
#include "tacit/train/means.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/full.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>

namespace tacit {

std::string name_of(const std::string& name, const std::string& phase) {
  return phase.empty() ? name : phase + "/" + name;
}

std::vector<std::string> names_of(const Loss& loss, const std::string& phase) {
  std::vector<std::string> names{name_of("loss", phase)};
  for (const auto& [name, value] : loss.parts) names.push_back(name_of(name, phase));
  return names;
}

Tensor values_of(const Loss& loss) {
  std::vector<Tensor> values{loss.total.detach().to(at::kFloat)};
  for (const auto& [name, value] : loss.parts) values.push_back(value.detach().to(at::kFloat));
  return at::stack(values);
}

void Means::add(const std::vector<std::string>& names, const Tensor& values, int64_t rows) {
  Group& group = groups_[names];
  if (!group.sums.defined()) {
    std::vector<double> start;
    for (const std::string& name : names) {
      start.push_back(saved_sums_[name]);
      group.rows = saved_rows_[name];
      saved_sums_.erase(name), saved_rows_.erase(name);
    }
    group.sums = at::tensor(start, at::kDouble).to(values.device());
  }
  group.sums += values.to(at::kDouble) * static_cast<double>(rows);
  group.rows += rows;
}

void Means::add_up(const Communicator& world) {
  for (auto& [names, group] : groups_) {
    group.sums = world.sum(group.sums);
    group.rows = world.sum(at::full({}, group.rows, at::kLong)).item<int64_t>();
  }
}

void Means::write(const std::string& prefix, std::map<std::string, double>& quantities) const {
  const Json all = save();
  for (const auto& [name, rows] : all["rows"].items())
    if (rows.get<int64_t>() > 0)
      quantities[prefix + name] =
          all["sums"][name].get<double>() / static_cast<double>(rows.get<int64_t>());
}

Json Means::save() const {
  std::map<std::string, double> sums = saved_sums_;
  std::map<std::string, int64_t> rows = saved_rows_;
  for (const auto& [names, group] : groups_) {
    const Tensor here = group.sums.to(at::kCPU);
    for (size_t i = 0; i < names.size(); ++i) {
      sums[names[i]] = here.const_data_ptr<double>()[i];
      rows[names[i]] = group.rows;
    }
  }
  return {{"sums", sums}, {"rows", rows}};
}

Means Means::restore(const Json& saved) {
  Means means;
  saved.at("sums").get_to(means.saved_sums_);
  saved.at("rows").get_to(means.saved_rows_);
  return means;
}

}  // namespace tacit
