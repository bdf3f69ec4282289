// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "tacit/core/json.h"
#include "tacit/run/folder.h"

namespace tacit {

/// `tacit finetune --subject`: what a few labelled windows of one new person add to the fine-tuned
/// model in `run`/finetuned. For `subject`, one of the test people or "all" of them in turn,
/// `labels` windows a class are drawn from the earlier half of the person's windows, a head is
/// fitted to them and to everyone else's ([personalize]), and both models are scored on the later
/// half, over curve.seeds draws. Adds the member "personal" to results.json (scores of the models
/// general and personalized, and the gain), and keeps the first draw's model of a person in
/// `run`/personal/SUBJECT. Returns results.json. Throws ConfigError for somebody who is not a test
/// person and StateError without a fine-tuned model.
Json run_personalize(const std::filesystem::path& run, const std::string& subject,
                     const LabelCount& labels, const std::vector<std::string>& overrides,
                     const Caller& caller);

/// The gain of each person in results.json's member "personal", as a line each for a terminal.
std::string print_gain(const Json& personal);

}  // namespace tacit
