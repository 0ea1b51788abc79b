#include "translator/gate.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "translator/gate_checks.h"

namespace signalbook {
namespace {

using gate_checks::Context;
using gate_checks::Objection;
using gate_checks::Refuse;
using gate_checks::Tables;

// ---- size: before any other work ----

// Both are far beyond any honest translation (UTF-8 makes Thai three times as long as English) and
// keep the cost of everything below in proportion to the message.
constexpr size_t kMaxBytesPerSourceByte = 8;
constexpr size_t kSpareBytes = 256;

Objection CheckSize(const GateInput& input) {
  if (input.candidate.size() <= kMaxBytesPerSourceByte * input.source.size() + kSpareBytes) {
    return std::nullopt;
  }
  return Refuse(Reason::kLength, "size",
                absl::StrCat(input.candidate.size(), " bytes for ", input.source.size()));
}

struct Check {
  std::string_view name;
  Objection (*run)(const Context&);
  bool is_law;  // the law needs it: it cannot be switched off
};

// Cheapest and surest first: the first that objects names the reason.
constexpr Check kChecks[] = {
    {"characters", gate_checks::CheckCharacters, true},
    {"empty", gate_checks::CheckEmpty, false},
    {"emoji", gate_checks::CheckEmoji, true},
    {"invisible", gate_checks::CheckInvisible, true},
    {"markers", gate_checks::CheckMarkers, true},
    {"unknown_words", gate_checks::CheckUnknownWords, false},
    {"links", gate_checks::CheckLinks, true},
    {"numbers", gate_checks::CheckNumbers, false},
    {"script", gate_checks::CheckScript, false},
    {"length", gate_checks::CheckLength, false},
    {"repetition", gate_checks::CheckRepetition, false},
    {"untranslated", gate_checks::CheckUntranslated, false},
    {"guards", gate_checks::CheckGuards, false},
    {"lexicon", gate_checks::CheckLexicon, false},
    {"language", gate_checks::CheckLanguage, false},
};

absl::Status CheckOptions(const GateOptions& options) {
  for (const std::string& name : options.disabled) {
    const auto check = std::find_if(std::begin(kChecks), std::end(kChecks),
                                    [&](const Check& c) { return c.name == name; });
    if (check == std::end(kChecks)) {
      return absl::InvalidArgumentError(absl::StrCat("the gate has no check '", name, "'"));
    }
    if (check->is_law) {
      return absl::InvalidArgumentError(
          absl::StrCat("the check '", name, "' belongs to the law and cannot be disabled"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

struct Gate::Impl {
  Tables tables;
  std::vector<Check> checks;  // those that run

  // Runs the checks until `visit(name, objection)` returns false.
  template <typename Visit>
  void Run(const GateInput& input, std::string* saw, Visit visit) const {
    // Nothing can be said about text of absurd size or that is not text: these two stand before the
    // list and end it.
    Objection size = CheckSize(input);
    const bool fits = !size.has_value();
    if (!visit("size", std::move(size)) || !fits) return;
    const std::optional<DecodedText> source = DecodedText::Decode(input.source);
    const std::optional<DecodedText> candidate = DecodedText::Decode(input.candidate);
    if (!source || !candidate) {
      visit("text", Refuse(Reason::kInvalidText, "utf8", "not well-formed UTF-8"));
      return;
    }
    if (!visit("text", std::nullopt)) return;
    const Context context{input, *source, *candidate, tables, saw};
    for (const Check& check : checks) {
      if (!visit(check.name, check.run(context))) return;
    }
  }
};

Gate::Gate() = default;
Gate::~Gate() = default;

absl::StatusOr<std::unique_ptr<const Gate>> Gate::Create(std::shared_ptr<const Book> book,
                                                         std::shared_ptr<const Protector> protector,
                                                         const GateOptions& options) {
  if (absl::Status status = CheckOptions(options); !status.ok()) return status;
  absl::StatusOr<Guards> guards = Guards::Create(book->concepts(), book->guards(), book->locales());
  if (!guards.ok()) return guards.status();
  std::vector<gate_checks::PairLexicon> lexicons;
  for (const LexiconRow& row : book->lexicons()) {
    absl::StatusOr<Lexicon> lexicon = Lexicon::View(row.image);
    if (!lexicon.ok()) return lexicon.status();
    lexicons.push_back({row.from, row.to, *std::move(lexicon)});
  }
  NumberWords words = NumberWords::Create(book->locales(), book->number_words());
  const std::optional<LocaleId> english = book->locales().Resolve("en");
  std::unique_ptr<Gate> gate(new Gate());
  auto impl = std::make_unique<Impl>(
      Impl{{std::move(book), std::move(protector), options, *std::move(guards), std::move(words),
            std::move(lexicons), english},
           {}});
  std::copy_if(std::begin(kChecks), std::end(kChecks), std::back_inserter(impl->checks),
               [&](const Check& check) {
                 return std::find(options.disabled.begin(), options.disabled.end(), check.name) ==
                        options.disabled.end();
               });
  gate->impl_ = std::move(impl);
  return std::unique_ptr<const Gate>(std::move(gate));
}

absl::Status Gate::Prepare() const { return impl_->tables.guards.Prepare(); }

std::optional<Refusal> Gate::Judge(const GateInput& input) const {
  std::optional<Refusal> refusal;
  impl_->Run(input, nullptr, [&](std::string_view, Objection objection) {
    refusal = std::move(objection);
    return !refusal.has_value();
  });
  return refusal;
}

std::vector<CheckResult> Gate::Explain(const GateInput& input) const {
  std::vector<CheckResult> results;
  std::string saw;
  impl_->Run(input, &saw, [&](std::string_view check, Objection objection) {
    results.push_back({check, std::move(objection), std::exchange(saw, {})});
    return true;
  });
  return results;
}

std::optional<Gate::LexicalScore> Gate::ScoreWords(const GateInput& input) const {
  const std::optional<DecodedText> source = DecodedText::Decode(input.source);
  const std::optional<DecodedText> candidate = DecodedText::Decode(input.candidate);
  if (!source || !candidate) return std::nullopt;
  const auto pair = gate_checks::FindPair({input, *source, *candidate, impl_->tables});
  if (!pair) return std::nullopt;
  return gate_checks::ScoreOf(*pair, impl_->tables.options);
}

}  // namespace signalbook
