// SPDX-License-Identifier: Apache-2.0
#include <ATen/Parallel.h>

#include <algorithm>
#include <functional>
#include <iostream>
#include <map>
#include <new>

#include "apps/cli/interrupt.h"
#include "apps/cli/progress.h"
#include "apps/cli/request.h"
#include "apps/cli/verbs.h"
#include "tacit/core/error.h"
#include "tacit/core/memory.h"
#include "tacit/dist/world.h"

namespace {

using namespace tacit::cli;

enum ExitCode {
  kDone = 0,
  kUnexpected = 1,
  kConfig = 2,
  kData = 3,
  kShape = 4,
  kState = 5,
  kInterrupted = 130
};

void run(const Request& request, const tacit::Caller& caller) {
  using Verb = std::function<void(const Request&, const tacit::Caller&)>;
  static const std::map<std::string, Verb> verbs{{"init", init},
                                                 {"pretrain", pretrain},
                                                 {"curve", curve},
                                                 {"probe", probe},
                                                 {"finetune", probe},
                                                 {"embed", embed},
                                                 {"score", score},
                                                 {"impute", impute},
                                                 {"predict", predict},
                                                 {"stream", stream},
                                                 {"generate", generate},
                                                 {"evaluate", evaluate},
                                                 {"export", export_onnx},
                                                 {"report", report},
                                                 {"runs", runs},
                                                 {"methods", methods},
                                                 {"data info", data_info},
                                                 {"data simulate", data_simulate},
                                                 {"data fetch", data_fetch}};
  verbs.at(request.verb)(request, caller);
}

ExitCode fail(ExitCode code, const std::string& sentence) {
  std::string line = sentence;
  std::replace(line.begin(), line.end(), '\n', ' ');
  std::cerr << "tacit: error: " << line << std::endl;
  return code;
}

/// The processes that share this run. Only training an encoder is shared.
std::shared_ptr<const tacit::Communicator> join(const std::string& verb) {
  if (verb == "pretrain") return tacit::join_world();
  if (const auto meeting = tacit::find_meeting())
    throw tacit::ConfigError(
        tacit::text("tacit {} runs as one process, but this is one of {}; start it by "
                    "itself, without RANK, WORLD_SIZE and SLURM_PROCID (several "
                    "processes can share tacit pretrain)",
                    verb, meeting->size));
  return std::make_shared<tacit::SingleProcess>();
}

/// The first line: what follows in LibTorch's exceptions is a stack trace.
std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

ExitCode interrupted(const Request& request, ProgressLine& progress) {
  progress.say(request.overwrite
                   ? "tacit: interrupted; run the same command without --overwrite to continue"
                   : "tacit: interrupted; run the same command again to continue");
  return kInterrupted;
}

ExitCode answer(const std::vector<std::string>& words) {
  const std::optional<Request> request = parse(words);
  if (!request) return kDone;
  if (request->threads > 0) at::set_num_threads(request->threads);
  ProgressLine progress;
  tacit::Caller caller;
  caller.command = request->typed;
  caller.world = join(request->verb);  // before signals are caught: it may wait long
  caller.stop = &watch_signals();
  if (caller.world->rank() == 0) {
    caller.say = [&](const std::string& line) { progress.say(line); };
    caller.progress = [&](const std::string& stage, const tacit::Progress& state) {
      progress.show(stage, state);
    };
  }
  try {
    run(*request, caller);
  } catch (const tacit::Interrupted&) {
    return caller.world->rank() == 0 ? interrupted(*request, progress) : kInterrupted;
  }
  return kDone;
}

}  // namespace

int main(int argc, char** argv) {
  tacit::keep_freed_memory();
  try {
    return answer({argv + 1, argv + argc});
  } catch (const tacit::ConfigError& e) {
    return fail(kConfig, e.what());
  } catch (const tacit::DataError& e) {
    return fail(kData, e.what());
  } catch (const tacit::ShapeError& e) {
    return fail(kShape, e.what());
  } catch (const tacit::StateError& e) {
    return fail(kState, e.what());
  } catch (const std::exception& e) {
    const bool memory = dynamic_cast<const std::bad_alloc*>(&e) != nullptr ||
                        first_line(e.what()).find("not enough memory") != std::string::npos;
    return fail(kUnexpected,
                memory
                    ? "there is not enough memory; use fewer or shorter recordings, "
                      "or a smaller train.batch_size"
                    : first_line(e.what()) + "; this is a fault of Tacit itself: please report it");
  }
}
