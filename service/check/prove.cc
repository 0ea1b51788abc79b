#include "service/check/prove.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "service/check/generator.h"
#include "service/cli/cli.h"
#include "service/strings.h"

namespace signalbook::check {
namespace {

constexpr double kTimeoutSeconds = 60;
// Of what was not noticed, so many are shown.
constexpr size_t kMostShown = 20;

// A case and what it came to before anything was changed.
struct Proven {
  Case c;
  v1::Translation answer;
  absl::Status error;
};

// Something of the book that is changed in one mutant: the bytes of rows that stand in its image.
struct BookTarget {
  std::string name;                    // for people
  std::vector<std::string_view> rows;  // parts of the image
  bool pattern = false;    // a pattern, which shall never match; else a text, which shall differ
  std::set<size_t> cases;  // that reach it
};

// A case with one expectation changed.
struct ExpectationMutant {
  size_t index = 0;  // of the case
  std::string name;
  Expectations expect;
};

struct Score {
  std::string kind;
  size_t made = 0;
  std::vector<std::string> missed;
};

// The same text with one letter changed for another as long: 'a' → 'b', 'é' → 'è'. Unchanged when it has neither letter
// nor digit.
void ChangeText(char* begin, char* end) {
  for (char* at = begin; at < end; ++at) {
    const auto byte = static_cast<unsigned char>(*at);
    if (byte >= 0xC0) {
      // The last byte of the character; its lowest bit leaves it one.
      while (at + 1 < end && (static_cast<unsigned char>(at[1]) & 0xC0) == 0x80) ++at;
      *at = static_cast<char>(static_cast<unsigned char>(*at) ^ 1);
      return;
    }
    if ((byte >= 'a' && byte < 'z') || (byte >= 'A' && byte < 'Z') || (byte >= '0' && byte < '9')) {
      ++*at;
      return;
    }
    if (byte == 'z' || byte == 'Z' || byte == '9') {
      --*at;
      return;
    }
  }
}

class Prover {
 public:
  Prover(std::shared_ptr<const Book> book, Baseline* baseline, bool outputs,
         const ProveOptions& options)
      : book_(std::move(book)), baseline_(baseline), outputs_(outputs), options_(options) {
    for (const auto& [key, row] : book_->Phrases()) phrases_.emplace(Place(row, key), row.text);
    for (const GuardRule& rule : book_->guards()) {
      if (rule.concept_name[0] == '~') continue;  // sought in sources alone
      guards_[std::string(rule.concept_name)].push_back(rule.pattern);
    }
  }

  int Run(CaseSource* cases) {
    absl::StatusOr<std::unique_ptr<Examiner>> sound = ExaminerOf(book_);
    if (!sound.ok()) return ReportError("check", sound.status());
    if (const int code = ReadCases(cases, **sound); code != kExitClean) return code;
    const std::vector<Score> scores = {
        ProveBook("renderings", renderings_), ProveBook("phrases", phrase_targets_),
        ProveBook("guards", guard_targets_), ProveExpectations(**sound)};
    return Report(scores);
  }

 private:
  static std::string Place(const PhraseRow& row, std::string_view key) {
    return StrCat(row.from, "/", row.to, "/", key);
  }

  absl::StatusOr<std::unique_ptr<Examiner>> ExaminerOf(std::shared_ptr<const Book> book) const {
    absl::StatusOr<std::unique_ptr<Subject>> subject =
        MakeHere(std::move(book), nullptr, "here", kTimeoutSeconds);
    if (!subject.ok()) return subject.status();
    absl::StatusOr<std::unique_ptr<Examiner>> examiner =
        Examiner::Create(*std::move(subject), {.timeout_seconds = kTimeoutSeconds});
    if (examiner.ok() && baseline_ != nullptr) (*examiner)->set_baseline(baseline_, outputs_);
    return examiner;
  }

  // All cases, each of which must be green.
  int ReadCases(CaseSource* cases, const Examiner& sound) {
    while (std::optional<CaseOrBadLine> next = cases->Next()) {
      if (const BadLine* line = std::get_if<BadLine>(&*next)) {
        std::fprintf(stderr, "%s:%lld: %s\n", line->file.c_str(),
                     static_cast<long long>(line->line), line->what.c_str());
        return kExitUsage;
      }
      Case& c = std::get<Case>(*next);
      const absl::StatusOr<CaseResult> result = sound.Examine(c, 0);
      if (!result.ok()) return ReportError("check", result.status());
      if (!result->passed()) {
        std::fprintf(stderr,
                     "signalbook check: %s is red before anything is changed (%s); without engines "
                     "it has to be "
                     "green\n",
                     c.id.c_str(), result->findings[0].rule.c_str());
        return kExitFindings;
      }
      const absl::StatusOr<v1::Translation> answer = sound.subject().Translate(c);
      Proven proven{std::move(c), answer.ok() ? *answer : v1::Translation(), answer.status()};
      Reach(proven, proven_.size());
      proven_.push_back(std::move(proven));
    }
    return kExitClean;
  }

  void Reach(const Proven& proven, size_t index) {
    for (const v1::Piece& piece : proven.answer.pieces()) {
      if (piece.licence() == v1::LICENCE_BOOK) ReachRendering(piece.entry(), index);
      if (piece.licence() == v1::LICENCE_PHRASE) ReachPhrase(piece.entry(), index);
      if (piece.refusal().reason() == v1::REASON_GUARDED_CONCEPT) {
        const auto rules = guards_.find(piece.refusal().rule());
        if (rules == guards_.end()) continue;
        BookTarget& target = guard_targets_[rules->first];
        target.name = StrCat("guards of ", rules->first);
        target.rows = rules->second;
        target.pattern = true;
        target.cases.insert(index);
      }
    }
  }

  void ReachRendering(const v1::Entry& entry, size_t index) {
    const std::string name = StrCat(entry.source(), " ", entry.locale(), " ", entry.key());
    const auto known = renderings_.find(name);
    if (known != renderings_.end()) {
      known->second.cases.insert(index);
      return;
    }
    const std::optional<std::string_view> text = RowText(entry);
    if (text) renderings_[name] = {name, {*text}, false, {index}};
  }

  // nullopt for joins, and for what stands on an allowlist.
  std::optional<std::string_view> RowText(const v1::Entry& entry) const {
    const std::optional<LocaleId> locale = book_->locales().Resolve(entry.locale());
    if (!locale) return std::nullopt;
    const absl::StatusOr<std::vector<KeyId>> key = SelectKeys(*book_, StrCat("key:", entry.key()));
    if (!key.ok()) return std::nullopt;  // "join/space"
    constexpr std::string_view kMarkets = "markets/";
    std::optional<Rendering> row;
    if (std::string_view(entry.source()).substr(0, kMarkets.size()) == kMarkets) {
      const std::optional<MarketId> market = book_->Market(entry.source().substr(kMarkets.size()));
      if (market) row = book_->FindInMarket(*market, *locale, key->front());
    } else {
      row = book_->FindOwn(*locale, key->front());
    }
    if (!row || row->text.empty()) return std::nullopt;
    return row->text;
  }

  void ReachPhrase(const v1::Entry& entry, size_t index) {
    // "phrase/thx" of "phrases/en/es"; marks are no phrases.
    constexpr std::string_view kPhrase = "phrase/";
    const size_t from = entry.source().find('/');
    const size_t to = entry.source().rfind('/');
    if (entry.key().rfind(kPhrase, 0) != 0 || from == std::string::npos || to <= from) return;
    const auto source = book_->locales().Resolve(entry.source().substr(from + 1, to - from - 1));
    const auto target = book_->locales().Resolve(entry.source().substr(to + 1));
    if (!source || !target) return;
    const auto row =
        phrases_.find(Place({{}, *source, *target}, entry.key().substr(kPhrase.size())));
    if (row == phrases_.end()) return;
    BookTarget& phrase = phrase_targets_[row->first];
    phrase.name = StrCat(entry.source(), " ", entry.key().substr(kPhrase.size()));
    phrase.rows = {row->second};
    phrase.cases.insert(index);
  }

  Score ProveBook(std::string kind, const std::map<std::string, BookTarget>& targets) {
    Score score{std::move(kind), 0, {}};
    std::vector<const BookTarget*> drawn;
    drawn.reserve(targets.size());
    for (const auto& [name, target] : targets) drawn.push_back(&target);
    Draw(&drawn);
    score.made = drawn.size();
    for (const BookTarget* target : drawn) {
      if (!Noticed(*target)) score.missed.push_back(target->name);
    }
    return score;
  }

  bool Noticed(const BookTarget& target) const {
    std::string image(book_->image());
    for (const std::string_view row : target.rows) {
      char* const begin = image.data() + (row.data() - book_->image().data());
      if (target.pattern) {
        std::fill(begin, begin + row.size(), 'x');
      } else {
        ChangeText(begin, begin + row.size());
      }
    }
    absl::StatusOr<std::shared_ptr<const Book>> changed = Book::FromImage(std::move(image));
    if (!changed.ok()) return true;
    const absl::StatusOr<std::unique_ptr<Examiner>> examiner = ExaminerOf(*std::move(changed));
    if (!examiner.ok()) return true;
    return std::any_of(target.cases.begin(), target.cases.end(), [&](size_t index) {
      const absl::StatusOr<CaseResult> result = (*examiner)->Examine(proven_[index].c, 0);
      return !result.ok() || !result->passed();
    });
  }

  Score ProveExpectations(const Examiner& sound) {
    std::vector<ExpectationMutant> drawn;
    for (size_t i = 0; i < proven_.size(); ++i) AddMutants(i, &drawn);
    Draw(&drawn);
    Score score{"expectations", drawn.size(), {}};
    for (const ExpectationMutant& mutant : drawn) {
      const Proven& proven = proven_[mutant.index];
      Case c = proven.c;
      c.expect = mutant.expect;
      const absl::StatusOr<v1::Translation> answer =
          proven.error.ok() ? absl::StatusOr<v1::Translation>(proven.answer) : proven.error;
      if (sound.judge().FindingsOf(c, answer).empty()) {
        score.missed.push_back(StrCat(c.id, " ", mutant.name));
      }
    }
    return score;
  }

  // Each expectation of the case turned into one that its answer does not meet.
  void AddMutants(size_t index, std::vector<ExpectationMutant>* mutants) const {
    constexpr char kNowhere[] = "\u2049x";  // in no answer
    const Expectations& e = proven_[index].c.expect;
    const std::string& output = proven_[index].answer.translated_text();
    const auto add = [&](std::string name, Expectations changed) {
      mutants->push_back({index, std::move(name), std::move(changed)});
    };
    const auto changed = [&](auto change) {
      Expectations copy = e;
      change(&copy);
      return copy;
    };
    if (e.text) add("text", changed([&](Expectations* x) { *x->text += kNowhere; }));
    for (size_t i = 0; i < e.contains.size(); ++i) {
      add("contains", changed([&](Expectations* x) { x->contains[i] += kNowhere; }));
    }
    for (size_t i = 0; i < e.not_contains.size() && !output.empty(); ++i) {
      add("not_contains", changed([&](Expectations* x) { x->not_contains[i] = output; }));
    }
    if (e.verdict) {
      add("verdict", changed([&](Expectations* x) {
            x->verdict =
                *e.verdict == v1::VERDICT_REFUSED ? v1::VERDICT_TRANSLATED : v1::VERDICT_REFUSED;
          }));
    }
    for (size_t i = 0; i < e.reasons.size(); ++i) {
      add("reasons", changed([&](Expectations* x) { x->reasons[i] = v1::REASON_MODEL_FAILED; }));
    }
    for (size_t i = 0; i < e.rules.size(); ++i) {
      add("rules", changed([&](Expectations* x) { x->rules[i] += kNowhere; }));
    }
    if (!e.pieces.empty()) add("pieces", changed([&](Expectations* x) { x->pieces.pop_back(); }));
    if (e.emoji_preserved) {
      add("emoji_preserved",
          changed([&](Expectations* x) { x->emoji_preserved = !*e.emoji_preserved; }));
    }
    if (e.error) add("error", changed([&](Expectations* x) { *x->error += kNowhere; }));
  }

  template <typename T>
  void Draw(std::vector<T>* all) {
    std::mt19937_64 random(options_.seed);
    std::shuffle(all->begin(), all->end(), random);
    if (all->size() > static_cast<size_t>(options_.mutants)) {
      all->resize(static_cast<size_t>(options_.mutants));
    }
  }

  int Report(const std::vector<Score>& scores) const {
    size_t made = 0;
    size_t missed = 0;
    for (const Score& score : scores) {
      made += score.made;
      missed += score.missed.size();
      std::printf("%-13s %zu of %zu changes noticed\n", score.kind.c_str(),
                  score.made - score.missed.size(), score.made);
      for (size_t i = 0; i < score.missed.size() && i < kMostShown; ++i) {
        std::printf("  not noticed: %s\n", score.missed[i].c_str());
      }
      if (score.missed.size() > kMostShown) {
        std::printf("  and %zu more\n", score.missed.size() - kMostShown);
      }
    }
    std::printf("%zu cases reach %zu renderings, %zu phrases and %zu guarded concepts of %zu\n",
                proven_.size(), renderings_.size(), phrase_targets_.size(), guard_targets_.size(),
                guards_.size());
    if (made == 0) {
      std::printf("nothing to change: these cases expect nothing and reach no row\n");
      return kExitFindings;
    }
    const double percent = 100.0 * static_cast<double>(made - missed) / static_cast<double>(made);
    std::printf("mutation score %.1f %%\n", percent);
    return percent < options_.least_score ? kExitFindings : kExitClean;
  }

  const std::shared_ptr<const Book> book_;
  Baseline* const baseline_;
  const bool outputs_;
  const ProveOptions& options_;
  std::vector<Proven> proven_;
  std::map<std::string, std::string_view> phrases_;
  std::map<std::string, std::vector<std::string_view>> guards_;  // patterns by concept
  std::map<std::string, BookTarget> renderings_, phrase_targets_, guard_targets_;
};

}  // namespace

int Prove(CaseSource* cases, const Examiner& examiner, Baseline* baseline, bool outputs,
          const ProveOptions& options) {
  return Prover(examiner.book(), baseline, outputs, options).Run(cases);
}

}  // namespace signalbook::check
