// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>

#include "apps/cli/request.h"
#include "tacit/run/folder.h"

/// The verbs: each calls the library and prints what came out. They throw what the library throws.
namespace tacit::cli {

void init(const Request& request, const Caller& caller);
void pretrain(const Request& request, const Caller& caller);
void curve(const Request& request, const Caller& caller);
void probe(const Request& request, const Caller& caller);  ///< and finetune, by request.verb
void embed(const Request& request, const Caller& caller);
void predict(const Request& request, const Caller& caller);
void stream(const Request& request, const Caller& caller);
void score(const Request& request, const Caller& caller);
void impute(const Request& request, const Caller& caller);
void generate(const Request& request, const Caller& caller);
void evaluate(const Request& request, const Caller& caller);
void export_onnx(const Request& request, const Caller& caller);
void report(const Request& request, const Caller& caller);
void runs(const Request& request, const Caller& caller);
void methods(const Request& request, const Caller& caller);
void data_info(const Request& request, const Caller& caller);
void data_fetch(const Request& request, const Caller& caller);
void data_simulate(const Request& request, const Caller& caller);

/// Where a run is written: -o, or runs/ and the name of the recipe.
std::filesystem::path run_folder(const Request& request);
Existing existing(const Request& request);

}  // namespace tacit::cli
