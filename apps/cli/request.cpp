// SPDX-License-Identifier: Apache-2.0
#include "apps/cli/request.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>

#include "apps/cli/overrides.h"
#include "apps/cli/settings.h"
#include "tacit/core/error.h"
#include "tacit/version.h"

namespace tacit::cli {
namespace {

constexpr const char* kRecipeHelp = "a recipe: a TOML file, or one that comes with Tacit:";
constexpr const char* kRunHelp = "the folder of a finished tacit pretrain";

/// The grammar of the command line, writing into a request.
class Grammar {
 public:
  explicit Grammar(Request& request) : request_(request) {
    app_.name("tacit");
    app_.set_version_flag("--version", std::string("tacit ") + kVersion);
    app_.set_help_flag("-h,--help", "show this help");
    app_.require_subcommand(1);
    app_.footer(
        "tacit VERB --help says more about a verb. Try it, nothing to download:\n"
        "  tacit curve har_simulated");
    app_.failure_message([](const CLI::App*, const CLI::Error&) { return std::string(); });
    beginning();
    training();
    scoring();
    looking();
  }

  CLI::App& app() { return app_; }
  const std::vector<std::string>& stray() const { return stray_; }

 private:
  CLI::App* verb(CLI::App& parent, const std::string& name, const std::string& help,
                 const std::string& example) {
    CLI::App* verb = parent.add_subcommand(name, help);
    verb->footer("Example:\n  " + example);
    verb->set_help_flag("-h,--help", "show this help");
    const std::string full = &parent == &app_ ? name : parent.get_name() + " " + name;
    verb->callback([this, full] { request_.verb = full; });
    return verb;
  }
  void argument(CLI::App* verb, const std::string& name, const std::string& help) {
    verb->add_option(name, request_.argument, help)->required()->option_text(" ");
  }
  void overrides(CLI::App* verb, const std::string& help) {
    verb->add_option("key=value", stray_, help + "; also written --key value")->option_text("...");
  }
  void threads(CLI::App* verb) {
    verb->add_option("--threads", request_.threads,
                     "how many processor cores to use (default: all)")
        ->check(CLI::Range(1, 1024))
        ->option_text("N");
  }
  void run_folder(CLI::App* verb) {
    verb->add_option("-o,--output", request_.output,
                     "folder to write to (default: runs/NAME, NAME being the recipe's)")
        ->option_text("DIR");
    verb->add_flag("--overwrite", request_.overwrite,
                   "start anew when the folder holds a run already");
  }
  static std::string recipe_help() { return std::string(kRecipeHelp) + " " + join(recipe_names()); }

  void beginning() {
    CLI::App* init = verb(app_, "init", "look at your data and write a recipe for them",
                          "tacit init motion.csv -o motion.toml");
    argument(init, "PATH",
             "a text or Parquet file, a folder of them, a folder with X.npy, or pictures");
    overrides(init, "say what cannot be guessed, like data.file_rate_hz=50");
    init->add_option("-o,--output", request_.output, "recipe to write (default: recipe.toml)")
        ->option_text("FILE");
    init->add_flag("--overwrite", request_.overwrite, "replace the recipe if there is one");
  }

  void training() {
    CLI::App* pretrain =
        verb(app_, "pretrain", "train an encoder on recordings, without looking at labels",
             "tacit pretrain har_simulated train.epochs=5 -o runs/first");
    CLI::App* curve =
        verb(app_, "curve",
             "measure how many labels self-supervision saves: train it and what it is "
             "compared with on few and many labels",
             "tacit curve har_simulated curve.seeds=3");
    for (CLI::App* each : {pretrain, curve}) {
      argument(each, "RECIPE", recipe_help());
      overrides(each, "change a setting of the recipe, like train.epochs=5");
      run_folder(each);
      threads(each);
    }
  }

  void scoring() {
    CLI::App* probe = verb(app_, "probe", "score a trained encoder, left as it is, on a few labels",
                           "tacit probe runs/first --labels 10");
    CLI::App* finetune =
        verb(app_, "finetune", "train an encoder on with a few labels and score it",
             "tacit finetune runs/first --labels all");
    for (CLI::App* each : {probe, finetune}) {
      argument(each, "RUN", kRunHelp);
      overrides(each, "change a setting of the run's recipe, like curve.seeds=10");
      each->add_option(
              "--labels", request_.labels,
              "labelled rows of each class, or in all where labels are numbers (default: 10)")
          ->option_text("N|P%|all");
      threads(each);
    }
    finetune
        ->add_option("--subject", request_.subject,
                     "fit the fine-tuned model to one test person, or to \"all\" of them in turn, "
                     "with --labels windows a class of that person")
        ->option_text("NAME");
    CLI::App* embed = verb(app_, "embed", "write what an encoder says about each row to a file",
                           "tacit embed runs/first -o features.parquet");
    argument(embed, "RUN", kRunHelp);
    overrides(embed, "change a setting, like data.path=other.csv");
    embed
        ->add_option("-o,--output", request_.output,
                     "file to write: .parquet, .csv, .jsonl or .npy")
        ->required()
        ->option_text("FILE");
    embed
        ->add_option("--layers", request_.layers,
                     "of a table's encoder: the last layer, or all side by side (default: as the "
                     "recipe says)")
        ->option_text("last|all");
    threads(embed);
    cells();
    streaming();
    generating();
    exporting();
    CLI::App* report =
        verb(app_, "report", "write the report of a run anew", "tacit report runs/first");
    argument(report, "RUN", "the folder of a run");
  }

  void cells() {
    CLI::App* score = verb(app_, "score", "say how unlike the others each row of a table is",
                           "tacit score runs/first -o scores.csv data.path=new.csv");
    score
        ->add_option("--false-alarms", request_.false_alarms,
                     "share of usual rows that may be called anomalies (default: 0.01)")
        ->option_text("SHARE");
    CLI::App* impute = verb(app_, "impute", "fill the missing cells of a table",
                            "tacit impute runs/first -o filled.csv");
    CLI::App* predict =
        verb(app_, "predict", "say what a fine-tuned run makes of each row",
             "tacit predict runs/first -o predicted.csv data.path=new.csv data.label=");
    for (CLI::App* each : {score, impute, predict}) {
      argument(each, "RUN", kRunHelp);
      overrides(each, "change a setting, like data.path=other.csv");
      each->add_option("-o,--output", request_.output, "file to write: .csv, .jsonl or .parquet")
          ->required()
          ->option_text("FILE");
      threads(each);
    }
  }

  void streaming() {
    CLI::App* stream = verb(app_, "stream", "say what a run makes of samples while they come in",
                            "tacit stream runs/first samples.csv --follow --hop \"1 s\"");
    argument(stream, "RUN", kRunHelp);
    stream
        ->add_option("FILE", request_.input,
                     "a file, pipe or device with one sample a line (default: -, the standard "
                     "input); answers go to the standard output, a line of JSON each")
        ->option_text(" ");
    overrides(stream, "change a setting, like data.high_pass.phase=causal");
    stream
        ->add_option("--hop", request_.hop,
                     "from window to window, in samples or time (default: as the recipe says)")
        ->option_text("N|\"2 s\"");
    stream
        ->add_option("--rate", request_.rate_hz,
                     "samples a second of the stream, if not the model's")
        ->check(CLI::PositiveNumber)
        ->option_text("HZ");
    stream
        ->add_option("--format", request_.format,
                     "lines of text (default), or numbers, little-endian, channel beside channel")
        ->option_text("csv|f32|f64|i16|i32");
    stream->add_flag("--follow", request_.follow, "wait for more at the end of FILE");
    stream
        ->add_option("--head", request_.head,
                     "what follows the encoder (default: finetuned, where the run was fine-tuned)")
        ->option_text("none|finetuned");
    threads(stream);
  }

  void generating() {
    CLI::App* generate =
        verb(app_, "generate", "draw pictures with the generator that a run trained",
             "tacit generate runs/gan -o grid.png count=64 class=dog seed=3");
    argument(generate, "RUN", kRunHelp);
    overrides(generate, "what to draw: " + join(generate_keys()));
    generate
        ->add_option("-o,--output", request_.output,
                     "a .png file, for a grid, or a folder, for a file each")
        ->required()
        ->option_text("FILE|DIR");
    threads(generate);
    CLI::App* evaluate =
        verb(app_, "evaluate", "measure how near a generator's pictures are to real ones",
             "tacit evaluate runs/gan extractor=runs/classifier");
    argument(evaluate, "RUN", kRunHelp);
    overrides(evaluate, "by what to measure: " + join(evaluate_keys()) +
                            "; or change a setting of the run's data, like data.path=other");
    threads(evaluate);
  }

  void exporting() {
    CLI::App* onnx =
        verb(app_, "export",
             "write preprocessing, encoder and head, or a generator, to one ONNX file, compared "
             "before it is kept",
             "tacit export runs/first -o model.onnx");
    argument(onnx, "RUN", kRunHelp);
    onnx->add_option("-o,--output", request_.output, "file to write: .onnx")
        ->required()
        ->option_text("FILE");
    onnx->add_option("--head", request_.head,
                     "what follows the encoder (default: finetuned, where the run was fine-tuned), "
                     "or the generator instead of both")
        ->option_text("none|finetuned|generator");
    onnx->add_flag("--unchecked", request_.unchecked,
                   "keep the file without running it in ONNX Runtime");
    threads(onnx);
  }

  void looking() {
    CLI::App* methods = verb(app_, "methods", "list methods and encoders, or the options of one",
                             "tacit methods transformation_prediction");
    methods->add_option("NAME", request_.argument, "a method or an encoder")->option_text(" ");
    CLI::App* runs =
        verb(app_, "runs", "list the runs in a folder with their key figures", "tacit runs");
    runs->add_option("DIR", request_.argument, "a folder that holds runs (default: runs)")
        ->option_text(" ");
    CLI::App* data = app_.add_subcommand("data", "look at data, or make some");
    data->set_help_flag("-h,--help", "show this help");
    data->require_subcommand(1);
    data->footer("Example:\n  tacit data info har_simulated");
    CLI::App* info = verb(*data, "info", "say what a recipe's data hold, before training on them",
                          "tacit data info har_simulated");
    argument(info, "RECIPE", recipe_help());
    overrides(info, "change a setting of the recipe, like data.window.length=200");
    CLI::App* fetch =
        verb(*data, "fetch", "download a known data set from where its authors publish it",
             "tacit data fetch motionsense -o data");
    argument(fetch, "NAME", join(published_names()));
    overrides(fetch, "sha256=HASH to check the archive against, url=ADDRESS of another copy");
    fetch
        ->add_option("-o,--output", request_.output,
                     "folder in which a folder NAME is made (default: here)")
        ->option_text("DIR");
    CLI::App* simulate = verb(*data, "simulate", "write simulated signals of people to a file",
                              "tacit data simulate motion -o motion.parquet people=30");
    argument(simulate, "KIND", "motion of a phone, or hearts: electrocardiograms");
    overrides(simulate, "change a setting: " + join(simulation_keys()));
    simulate->add_option("-o,--output", request_.output, "file to write: .parquet, .csv or .jsonl")
        ->required()
        ->option_text("FILE");
  }

  Request& request_;
  std::vector<std::string> stray_;
  CLI::App app_{
      "Tacit learns from recordings, tables, pictures and video without labels, and shows how many "
      "labels "
      "that saves."};
};

void require_verb(CLI::App& app, const std::vector<std::string>& words) {
  std::vector<std::string> verbs;
  for (const CLI::App* verb : app.get_subcommands([](CLI::App*) { return true; }))
    verbs.push_back(verb->get_name());
  const bool known = words.empty() || words[0].starts_with("-") ||
                     std::find(verbs.begin(), verbs.end(), words[0]) != verbs.end();
  if (!known) throw ConfigError(unknown_name("verb", words[0], verbs));
}

/// The settings of the verb that was typed.
std::vector<std::string> keys_of(const std::vector<std::string>& words) {
  if (!words.empty() && words[0] == "generate") return generate_keys();
  if (!words.empty() && words[0] == "evaluate") return evaluate_keys();
  if (words.size() < 2 || words[0] != "data") return recipe_keys();
  if (words[1] == "simulate") return simulation_keys();
  return words[1] == "fetch" ? fetch_keys() : recipe_keys();
}

bool has_overrides(const std::string& verb) {
  return verb != "report" && verb != "methods" && verb != "export" && verb != "runs";
}

}  // namespace

std::optional<Request> parse(const std::vector<std::string>& words) {
  Request request;
  Grammar grammar(request);
  require_verb(grammar.app(), words);
  Words split = split_overrides(words, keys_of(words));
  std::reverse(split.plain.begin(), split.plain.end());  // CLI11 takes the last first
  try {
    grammar.app().parse(split.plain);
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() != 0) throw ConfigError(std::string(e.what()) + "; see tacit --help");
    grammar.app().exit(e, std::cout, std::cerr);
    return std::nullopt;
  }
  require<ConfigError>(grammar.stray().empty(),
                       "\"{}\" is one word too many: a setting is written key=value",
                       grammar.stray().empty() ? "" : grammar.stray().front());
  require<ConfigError>(has_overrides(request.verb) || split.overrides.empty(),
                       "tacit {} takes no settings, but there is {}", request.verb,
                       split.overrides.empty() ? "" : split.overrides.front());
  request.overrides = std::move(split.overrides);
  request.typed = "tacit " + join(words, " ");
  return request;
}

}  // namespace tacit::cli
