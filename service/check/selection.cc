#include "service/check/selection.h"

#include <CLI/CLI.hpp>
#include <optional>
#include <utility>

#include "service/check/carriers.h"
#include "service/check/generator.h"
#include "service/check/mutation.h"
#include "service/strings.h"

namespace signalbook::check {
namespace {

constexpr char kIncident[] = "incident";

CLI::Option* AddList(CLI::App* command, const char* name, std::vector<std::string>* values,
                     const char* description, const char* type) {
  return command->add_option(name, *values, description)
      ->type_name(type)
      ->delimiter(',')
      ->take_all()
      ->expected(1)
      ->allow_extra_args(false);
}

// "all" and "guarded" stand for what the book has.
std::vector<std::string> Languages(const std::vector<std::string>& words, const Book& book) {
  std::vector<std::string> languages;
  for (const std::string& word : words) {
    if (word == "all") {
      for (const LocaleId locale : book.NamedLocales()) {
        if (locale != kRootLocale) languages.emplace_back(book.locales().tag(locale));
      }
    } else if (word == "guarded") {
      for (const GuardRule& rule : book.guards()) {
        if (rule.locale == "und" || rule.locale == "root") continue;
        if (languages.empty() || languages.back() != rule.locale)
          languages.emplace_back(rule.locale);
      }
    } else {
      languages.push_back(word);
    }
  }
  return languages;
}

absl::StatusOr<CaseDefaults> DefaultsOf(const Selection& selection, const Book& book) {
  CaseDefaults defaults;
  defaults.from = selection.from;
  defaults.to = Languages(selection.to, book);
  defaults.dialects = selection.dialects;
  defaults.market = selection.market;
  if (selection.policy == "strict") {
    defaults.policy = v1::POLICY_STRICT;
  } else if (!selection.policy.empty() && selection.policy != "guarded") {
    return absl::InvalidArgumentError(
        StrCat("--policy \"", selection.policy, "\" is not one of guarded, strict"));
  }
  if (!selection.modes.empty()) defaults.modes.clear();
  for (const std::string& word : selection.modes) {
    const std::optional<v1::EmojiMode> mode = ParseMode(word);
    if (!mode) {
      return absl::InvalidArgumentError(
          StrCat("--emoji \"", word, "\" is not one of keep, name, both"));
    }
    defaults.modes.push_back(*mode);
  }
  return defaults;
}

// The options of December 2019, as far as nothing else is said.
Selection Incident(Selection selection) {
  selection.sequences = {"flags"};
  if (selection.carriers.empty()) selection.carriers = {kIncident};
  if (selection.to.empty()) selection.to = {"en"};
  if (selection.modes.empty()) selection.modes = {"keep", "name"};
  if (selection.says.empty()) selection.says = IncidentSayings();
  return selection;
}

absl::Status AddGenerated(const Selection& selection, const std::string& name,
                          const std::shared_ptr<const Book>& book, bool scripted,
                          std::vector<std::unique_ptr<CaseSource>>* sources) {
  absl::StatusOr<CaseDefaults> defaults = DefaultsOf(selection, *book);
  if (!defaults.ok()) return defaults.status();
  if (defaults->to.empty()) {
    return absl::InvalidArgumentError("generated cases need a target language: --to LANGUAGE");
  }
  std::vector<Carrier> carriers;
  for (const std::string& word : selection.carriers) {
    absl::StatusOr<std::vector<Carrier>> loaded = LoadCarriers(word);
    if (!loaded.ok()) return loaded.status();
    carriers.insert(carriers.end(), loaded->begin(), loaded->end());
  }
  if (!selection.from.empty()) {
    std::erase_if(carriers, [&](const Carrier& c) { return c.language != selection.from; });
    if (carriers.empty()) {
      return absl::InvalidArgumentError(
          StrCat("no carrier is in the language of --from ", selection.from));
    }
  }
  for (const std::string& selector : selection.sequences) {
    absl::StatusOr<std::vector<KeyId>> keys = SelectKeys(*book, selector);
    if (!keys.ok()) return keys.status();
    sources->push_back(GenerateCases(book, name.empty() ? selector : name, *std::move(keys),
                                     carriers, *defaults,
                                     scripted ? selection.says : std::vector<std::string>()));
  }
  return absl::OkStatus();
}

}  // namespace

void AddSelectionOptions(CLI::App* command, Selection* selection) {
  command
      ->add_option("corpora", selection->corpora,
                   "Corpora: files (.jsonl, .tsv, else a message a line), folders, -")
      ->type_name("CORPUS...");
  const std::vector<std::pair<std::string, CorpusFormat>> formats = {
      {"jsonl", CorpusFormat::kJsonLines},
      {"tsv", CorpusFormat::kTsv},
      {"raw", CorpusFormat::kRaw}};
  command
      ->add_option_function<std::string>(
          "--format",
          [selection, formats](const std::string& word) {
            for (const auto& [name, format] : formats) {
              if (name == word) {
                selection->format = format;
                return;
              }
            }
            throw CLI::ValidationError("--format",
                                       StrCat("\"", word, "\" is not one of jsonl, tsv, raw"));
          },
          "Form of the corpora, whatever they are called")
      ->type_name("jsonl|tsv|raw");
  command->add_option("--from", selection->from, "Language of messages that do not name theirs")
      ->type_name("LANGUAGE");
  AddList(command, "--to", &selection->to,
          "Languages wanted where a case names none; guarded, all: those of the book",
          "LANGUAGE,...");
  AddList(command, "--emoji", &selection->modes, "Modes where a case names none: keep, name, both",
          "MODE,...");
  command->add_option("--policy", selection->policy, "What may leave")->type_name("guarded|strict");
  AddList(command, "--dialect", &selection->dialects, "Shortcode sets to recognise", "NAME,...");
  command->add_option("--market", selection->market, "Market whose naming rules apply")
      ->type_name("NAME");
  command->add_flag("--incident", selection->incident,
                    "December 2019: every flag in its sentences, and what was made of them");
  AddList(command, "--sequences", &selection->sequences,
          "Generate cases: flags, rgi, all, zwj, group:Flags, version:18.0, key:1F1E8 ...",
          "SELECTOR,...");
  AddList(command, "--carriers", &selection->carriers,
          "Sentences around them: incident, chat (default), or a file", "NAME,...");
  command
      ->add_option("--says", selection->says,
                   "What a model answers to generated cases; several: a case each")
      ->type_name("TEXT")
      ->take_all()
      ->expected(1)
      ->allow_extra_args(false);
  command
      ->add_option("--mutate", selection->mutate,
                   "Also mutants: truncate, selectors, indicators, tags, joins, neighbours, all")
      ->type_name("KIND,...");
  command->add_option("--sample", selection->sample, "Only about one case in N")
      ->type_name("N")
      ->check(CLI::Range(uint64_t{1}, uint64_t{1} << 32).description(""));
  command->add_option("--seed", selection->seed, "Another sample")->type_name("N");
}

absl::StatusOr<std::unique_ptr<CaseSource>> OpenCases(const Selection& selection,
                                                      const std::shared_ptr<const Book>& book,
                                                      bool scripted) {
  if (selection.corpora.empty() && selection.sequences.empty() && !selection.incident) {
    return absl::InvalidArgumentError(
        "nothing to check: name a corpus, or --incident, or --sequences flags");
  }
  std::vector<std::unique_ptr<CaseSource>> sources;
  if (!selection.corpora.empty()) {
    absl::StatusOr<CaseDefaults> defaults = DefaultsOf(selection, *book);
    if (!defaults.ok()) return defaults.status();
    auto corpora = OpenCorpora(selection.corpora, selection.format, *defaults);
    if (!corpora.ok()) return corpora.status();
    sources.push_back(*std::move(corpora));
  }
  if (selection.incident) {
    const absl::Status added =
        AddGenerated(Incident(selection), kIncident, book, scripted, &sources);
    if (!added.ok()) return added;
  }
  if (!selection.sequences.empty()) {
    Selection generated = selection;
    if (generated.carriers.empty()) generated.carriers = {"chat"};
    const absl::Status added = AddGenerated(generated, "", book, scripted, &sources);
    if (!added.ok()) return added;
  }
  std::unique_ptr<CaseSource> cases = Concatenated(std::move(sources));
  if (!selection.mutate.empty()) {
    absl::StatusOr<std::vector<Mutation>> mutations = ParseMutations(selection.mutate);
    if (!mutations.ok()) return mutations.status();
    cases = Mutated(std::move(cases), *std::move(mutations));
  }
  if (selection.sample > 1) cases = Sampled(std::move(cases), selection.sample, selection.seed);
  return cases;
}

std::string Describe(const Selection& selection) {
  std::string words;
  const auto add = [&](std::string_view name, const std::vector<std::string>& values) {
    for (const std::string& value : values) {
      words += StrCat(words.empty() ? "" : " ", name, name.empty() ? "" : " ", value);
    }
  };
  const auto add_one = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) add(name, {value});
  };
  add("", selection.corpora);
  if (selection.format != CorpusFormat::kByName) {
    add("--format", {std::to_string(static_cast<int>(selection.format))});
  }
  add_one("--from", selection.from);
  add("--to", selection.to);
  add("--emoji", selection.modes);
  add_one("--policy", selection.policy);
  add("--dialect", selection.dialects);
  add_one("--market", selection.market);
  if (selection.incident) add("", {"--incident"});
  add("--sequences", selection.sequences);
  add("--carriers", selection.carriers);
  add("--says", selection.says);
  add_one("--mutate", selection.mutate);
  if (selection.sample > 1) {
    add("--sample", {std::to_string(selection.sample)});
    add("--seed", {std::to_string(selection.seed)});
  }
  return words;
}

}  // namespace signalbook::check
