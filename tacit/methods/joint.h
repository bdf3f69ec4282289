// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "tacit/methods/method.h"

namespace tacit {

/// One of the methods that are trained together.
struct JointPart {
  std::string name;
  double weight = 1;
  Json options = Json::object();

  static JointPart read(const Json&, const std::string& where);  ///< throws ConfigError
  static std::string type_name() { return "a table with a method's name, weight and options"; }
  Json write() const;
};

struct JointConfig {
  std::vector<JointPart> methods;
};
template <class Visitor>
void describe(Visitor& visit, JointConfig& config) {
  visit("methods", config.methods,
        "the methods, each a table: name, weight in the sum (default 1), and its own options");
}

/// Several methods that share one encoder: the weighted sum of their losses. Each draws its own
/// views of the batch. Multi-task self-supervision: Doersch & Zisserman 2017, arXiv:1708.07860.
class Joint final : public Method {
 public:
  static constexpr const char* kName = "joint";
  static constexpr const char* kTitle = "Several methods on one encoder";
  static constexpr const char* kPaper = "Doersch & Zisserman 2017, arXiv:1708.07860";
  using Config = JointConfig;

  /// Throws ConfigError when no method is named or one has phases of its own.
  Joint(const Config& config, const Ingredients& ingredients);
  Loss loss(const Batch& batch, Step& step) override;
  void after_update(const Step& step) override;
  Encoder& encoder() override { return methods_.front()->encoder(); }

 private:
  JointConfig config_;
  std::vector<std::shared_ptr<Method>> methods_;
};

}  // namespace tacit
