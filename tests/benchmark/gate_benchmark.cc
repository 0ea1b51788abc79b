// What the gate costs: to create, to judge a sentence, what of it each check takes, and that it grows
// with the text and no faster. A check costs what law_and_CHECK takes beyond law_only: the checks that
// cannot be switched off, and the decoding of both texts.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "translator/book.h"
#include "translator/book_builder.h"
#include "translator/gate.h"
#include "translator/segment.h"
#include "translator/tsv.h"

namespace signalbook {
namespace {

struct Sentence {
  const char* from;
  const char* to;
  std::string_view source, candidate;
};

constexpr Sentence kEnglishToSpanish = {
    "en", "es",
    "I told my sister that we would meet at the station at 5 o'clock, but the train was late and "
    "we "
    "had to wait for an hour.",
    "Le dije a mi hermana que nos veríamos en la estación a las 5, pero el tren llegó tarde y "
    "tuvimos que esperar una hora."};
constexpr Sentence kChineseToEnglish = {
    "zh", "en", "我告诉我妹妹我们5点在车站见面，可是火车晚点了，我们不得不等了一个小时。",
    "I told my sister that we would meet at the station at 5 o'clock, but the train was late and "
    "we "
    "had to wait for an hour."};

std::shared_ptr<const Book> TheBook() {
  static const auto* const book = [] {
    const absl::StatusOr<BuiltBook> built = BuildBook(SIGNALBOOK_SOURCE_DIR "/data", {});
    if (!built.ok() || !built->findings.empty()) {
      std::cerr << "the tables of data/ do not build\n";
      std::exit(1);
    }
    return new std::shared_ptr<const Book>(Book::FromImage(built->image).value());
  }();
  return *book;
}

std::unique_ptr<const Gate> MakeGate(const GateOptions& options) {
  static const auto* const protector = [] {
    std::vector<ProtectedRule> rules;
    for (const Book::ProtectedRow& row : TheBook()->protected_rows()) {
      rules.push_back({std::string(row.name), std::string(row.pattern)});
    }
    return new std::shared_ptr<const Protector>(
        std::make_shared<const Protector>(Protector::Create(std::move(rules)).value()));
  }();
  return Gate::Create(TheBook(), *protector, options).value();
}

// Names of the checks that may be switched off, in the order in which they run.
std::vector<std::string> Optional() {
  std::vector<std::string> names;
  const std::unique_ptr<const Gate> gate = MakeGate({});
  for (const CheckResult& result : gate->Explain({.source = "a", .candidate = "a"})) {
    const std::string name(result.check);
    if (Gate::Create(TheBook(), nullptr, {.disabled = {name}}).ok()) names.push_back(name);
  }
  return names;
}

GateInput InputOf(const Sentence& sentence, std::string_view source, std::string_view candidate) {
  return {source, candidate, TheBook()->locales().Resolve(sentence.from).value(),
          TheBook()->locales().Resolve(sentence.to).value()};
}

void Judge(benchmark::State& state, const Gate& gate, const GateInput& input) {
  bool refused = false;
  for (auto _ : state) {
    const std::optional<Refusal> refusal = gate.Judge(input);
    refused = refusal.has_value();
    benchmark::DoNotOptimize(refusal);
  }
  // A refusal ends the list of checks: the rest would cost nothing.
  if (refused) state.SkipWithError("the gate refuses the sentence");
}

void JudgeSentence(benchmark::State& state, const Sentence& sentence, const GateOptions& options) {
  Judge(state, *MakeGate(options), InputOf(sentence, sentence.source, sentence.candidate));
}

struct Texts {
  std::string source, candidate;
};

// Words and their translations from the lexicon's table, no two alike: a text that says the same over
// and over would be refused, and would tell little of tables and caches.
Texts WordsOfLength(size_t size) {
  static const auto* const words = [] {
    std::map<std::string, std::pair<double, std::string>> best;
    const Tsv table = ReadTsv(SIGNALBOOK_SOURCE_DIR "/data/lexicons/en/es.tsv", 5).value();
    for (const std::vector<std::string>& row : table.rows) {
      if (row[0] != "link" || row[1] != "word" || row[2].size() < 3 || row[3].size() < 3) continue;
      auto& [ratio, word] = best[row[2]];
      if (const double r = std::strtod(row[4].c_str(), nullptr); r > ratio)
        ratio = r, word = row[3];
    }
    const std::unique_ptr<const Gate> gate = MakeGate({});
    auto* list = new std::vector<std::pair<std::string, std::string>>;
    for (const auto& [from, to] : best) {
      // What the gate guards, it would also find among others.
      if (from != to.second && !gate->Judge(InputOf(kEnglishToSpanish, from, to.second))) {
        list->emplace_back(from, to.second);
      }
    }
    std::shuffle(list->begin(), list->end(), std::mt19937(1));
    return list;
  }();
  Texts texts;
  for (const auto& [from, to] : *words) {
    if (texts.source.size() >= size) break;
    texts.source += from + " ";
    texts.candidate += to + " ";
  }
  return texts;
}

void JudgeLength(benchmark::State& state, const GateOptions& options) {
  const Texts texts = WordsOfLength(static_cast<size_t>(state.range(0)));
  Judge(state, *MakeGate(options), InputOf(kEnglishToSpanish, texts.source, texts.candidate));
  state.SetComplexityN(state.range(0));
}

void CreateGate(benchmark::State& state) {
  TheBook();
  for (auto _ : state) benchmark::DoNotOptimize(MakeGate({}));
}

void RegisterAll() {
  const std::vector<std::string> optional = Optional();
  const std::pair<const char*, const Sentence*> sentences[] = {{"en_es", &kEnglishToSpanish},
                                                               {"zh_en", &kChineseToEnglish}};
  for (const auto& [name, sentence] : sentences) {
    const auto add = [name = std::string(name), sentence = sentence](const std::string& what,
                                                                     const GateOptions& options) {
      benchmark::RegisterBenchmark(
          ("JudgeSentence/" + name + "/" + what).c_str(),
          [=](benchmark::State& state) { JudgeSentence(state, *sentence, options); });
    };
    add("all", {});
    add("law_only", {.disabled = optional});
    for (const std::string& check : optional) {
      std::vector<std::string> others = optional;
      others.erase(std::find(others.begin(), others.end(), check));
      add("law_and_" + check, {.disabled = others});
    }
  }
  const std::pair<const char*, GateOptions> lengths[] = {
      {"JudgeLength/all", {}},
      {"JudgeLength/without_lexicon", {.disabled = {"lexicon"}}},
      {"JudgeLength/law_only", {.disabled = optional}}};
  for (const auto& [name, options] : lengths) {
    benchmark::RegisterBenchmark(
        name, [options = options](benchmark::State& state) { JudgeLength(state, options); })
        ->Arg(120)
        ->Arg(1200)
        ->Arg(12000)
        ->Complexity();
  }
  benchmark::RegisterBenchmark("CreateGate", CreateGate)->Unit(benchmark::kMillisecond);
}

}  // namespace
}  // namespace signalbook

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  signalbook::RegisterAll();
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
