#include "service/cli/evaluation.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <iterator>
#include <memory>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "service/cli/text_lines.h"
#include "service/strings.h"
#include "translator/emoji.h"
#include "translator/normalize.h"
#include "translator/sentences.h"
#include "translator/tsv.h"

namespace signalbook {
namespace {

namespace fs = std::filesystem;

constexpr double kLikenesses[] = {0.06, 0.08, 0.1, 0.12, 0.15, 0.2, 0.3};
constexpr size_t kRoundTripBatch = 64;
constexpr absl::Duration kRoundTripTimeout = absl::Seconds(30);

constexpr double kMargins[] = {-6, -4, -3, -2, -1, -0.5, 0, 0.5, 1, 2, 3, 4, 6};

struct Row {
  std::string source, translation;
  bool is_error = false;  // labelled files only
};

// A file in one direction.
struct Job {
  const std::vector<Row>* rows = nullptr;
  bool reversed = false;
  bool labelled = false;
  std::string file;
  LocaleId from = kRootLocale, to = kRootLocale;

  std::string_view source(size_t row) const {
    return reversed ? (*rows)[row].translation : (*rows)[row].source;
  }
  std::string_view translation(size_t row) const {
    return reversed ? (*rows)[row].source : (*rows)[row].translation;
  }
};

struct Corpus {
  std::vector<std::unique_ptr<std::vector<Row>>> files;
  std::vector<Job> jobs;
  std::vector<std::string> skipped;
  // A text in each language, for the fault of the wrong one.
  std::map<LocaleId, std::vector<std::string>> texts;
};

// The gate sees NFC without emoji (the pipeline took them out): so do we.
std::optional<std::string> Prose(std::string_view text, const EmojiTable& emoji) {
  const absl::StatusOr<Message> message = Normalize(text);
  if (!message.ok()) return std::nullopt;
  std::vector<EmojiCluster> clusters;
  FindEmoji(message->text(), emoji, &clusters);
  std::string prose;
  size_t done = 0;
  for (const EmojiCluster& cluster : clusters) {
    prose += message->text().substr(done, cluster.range.begin - done);
    done = cluster.range.end;
  }
  prose += message->text().substr(done);
  return prose;
}

class CorpusReader {
 public:
  CorpusReader(const Book& book, Corpus* corpus) : book_(book), corpus_(*corpus) {}

  // Names with two languages are corpora; others are left out, and said.
  void Read(const fs::path& path) {
    const std::string name = path.filename();
    const std::string stem = name.substr(0, name.find('.'));
    const std::vector<std::string> codes = absl::StrSplit(stem, '-');
    const auto from = codes.size() == 2 ? book_.locales().Resolve(codes[0]) : std::nullopt;
    const auto to = codes.size() == 2 ? book_.locales().Resolve(codes[1]) : std::nullopt;
    if (!from || !to) {
      corpus_.skipped.push_back(StrCat(path.string(), ": not named FROM-TO.tsv"));
      return;
    }
    absl::StatusOr<std::string> text = ReadFile(path);
    if (!text.ok()) {
      corpus_.skipped.push_back(std::string(text.status().message()));
      return;
    }
    const bool labelled = std::count(name.begin(), name.end(), '.') > 1;
    auto rows = std::make_unique<std::vector<Row>>();
    int line = 0;
    for (const std::string_view row : TextLines(*text)) {
      ++line;
      if (!row.empty() && !AddRow(row, labelled, rows.get())) {
        corpus_.skipped.push_back(StrCat(path.string(), ":", line, ": not a row of its layout"));
      }
    }
    if (rows->empty()) return;
    Job job{.rows = rows.get(), .labelled = labelled, .file = path, .from = *from, .to = *to};
    corpus_.jobs.push_back(job);
    if (!labelled) {
      std::swap(job.from, job.to);
      job.reversed = true;
      corpus_.jobs.push_back(job);
      for (const Row& r : *rows) {
        corpus_.texts[*from].push_back(r.source);
        corpus_.texts[*to].push_back(r.translation);
      }
    }
    corpus_.files.push_back(std::move(rows));
  }

 private:
  bool AddRow(std::string_view line, bool labelled, std::vector<Row>* rows) {
    const std::vector<std::string> cells = absl::StrSplit(AsAbsl(line), '\t');
    const size_t source_at = labelled ? 1 : 0;
    if (cells.size() < (labelled ? 5 : 2)) return false;
    std::optional<std::string> source = Prose(cells[source_at], book_.emoji());
    std::optional<std::string> translation = Prose(cells[source_at + 1], book_.emoji());
    if (!source || !translation || source->empty() || translation->empty()) return false;
    const std::string label = labelled ? cells[4].substr(0, 3) : "NOT";
    if (label != "NOT" && label != "ERR") return false;
    rows->push_back({*std::move(source), *std::move(translation), label == "ERR"});
    return true;
  }

  const Book& book_;
  Corpus& corpus_;
};

class Measurer {
 public:
  Measurer(const Translator& translator, const Corpus& corpus)
      : book_(translator.book()),
        gate_(translator.gate()),
        round_trip_(translator.round_trip()),
        corpus_(corpus) {}

  Measurement Measure(const Job& job, std::vector<FalseRefusal>* false_refusals) const {
    Measurement m;
    m.from = book_.locales().tag(job.from);
    m.to = book_.locales().tag(job.to);
    m.file = job.file;
    m.labelled = job.labelled;
    const GateInput first{job.source(0), job.translation(0), job.from, job.to};
    m.has_lexicon = gate_.ScoreWords(first).has_value();
    for (const double margin : kMargins) {
      if (m.has_lexicon) m.curve.push_back({.margin = margin, .good = {}, .detached = {}});
    }
    for (size_t i = 0; i < job.rows->size(); ++i) {
      if (job.labelled) {
        const bool error = (*job.rows)[i].is_error;
        Add(job, i, job.translation(i), error, &m, error ? nullptr : false_refusals);
        continue;
      }
      Add(job, i, job.translation(i), /*bad=*/false, &m, false_refusals);
      if (const auto other = Other(job, i)) {
        Add(job, i, job.translation(*other), /*bad=*/true, &m, nullptr);
      }
      AddFaults(job, i, &m);
    }
    if (!job.labelled) AddRoundTrips(job, &m);
    return m;
  }

 private:
  // Another row, from the other half of the file: neighbours may be alike.
  static std::optional<size_t> Other(const Job& job, size_t row) {
    const size_t other = (row + job.rows->size() / 2) % job.rows->size();
    const bool differs =
        job.source(other) != job.source(row) && job.translation(other) != job.translation(row);
    return differs ? std::optional(other) : std::nullopt;
  }

  void AddRoundTrips(const Job& job, Measurement* m) const {
    const RoundTripRoute* route = round_trip_.Find(m->from, m->to);
    if (route == nullptr) return;
    for (const double likeness : kLikenesses) m->round_trip.push_back({likeness, {}, {}});
    m->round_trip.push_back({route->least_likeness, {}, {}});
    std::vector<absl::StatusOr<Candidate>> back;
    for (size_t begin = 0; begin < job.rows->size(); begin += kRoundTripBatch) {
      std::vector<std::string> texts;
      for (size_t i = begin; i < std::min(begin + kRoundTripBatch, job.rows->size()); ++i) {
        texts.emplace_back(job.translation(i));
      }
      for (absl::StatusOr<Candidate>& answer : round_trip_.TranslateBack(
               {m->to, m->from, std::move(texts), absl::Now() + kRoundTripTimeout})) {
        back.push_back(std::move(answer));
      }
    }
    const auto add = [&](size_t row, const absl::StatusOr<Candidate>& answer,
                         Share Measurement::RoundTripPoint::*share) {
      if (!answer.ok()) return;
      const double likeness = Likeness(job.source(row), answer->text);
      for (Measurement::RoundTripPoint& point : m->round_trip) {
        (point.*share).Add(likeness < point.least_likeness);
      }
    };
    for (size_t i = 0; i < back.size(); ++i) {
      if (!back[i].ok()) ++m->not_translated_back;
      add(i, back[i], &Measurement::RoundTripPoint::good);
      if (const auto other = Other(job, i)) {
        add(i, back[*other], &Measurement::RoundTripPoint::detached);
      }
    }
  }

  void Add(const Job& job, size_t row, std::string_view candidate, bool bad, Measurement* m,
           std::vector<FalseRefusal>* false_refusals) const {
    const GateInput input{job.source(row), candidate, job.from, job.to};
    bool refused_by_others = false;
    bool refused = false;
    for (const CheckResult& result : gate_.Explain(input)) {
      if (!result.refusal) continue;
      Measurement::ByCheck& check = m->by_check[std::string(result.check)];
      ++(bad ? check.detected : check.false_refusals);
      if (!refused && false_refusals != nullptr) {
        false_refusals->push_back({m->from, m->to, std::string(job.source(row)),
                                   std::string(candidate), std::string(result.check),
                                   result.refusal->rule});
      }
      refused = true;
      refused_by_others |= result.check != "lexicon";
    }
    (bad ? m->detached : m->good).Add(refused);
    if (m->curve.empty()) return;
    const std::optional<Gate::LexicalScore> score = gate_.ScoreWords(input);
    for (Measurement::CurvePoint& point : m->curve) {
      (bad ? point.detached : point.good)
          .Add(refused_by_others || (score && score->score < score->threshold + point.margin));
    }
  }

  void AddFaults(const Job& job, size_t row, Measurement* m) const {
    FaultInput input{.source = job.source(row),
                     .translation = job.translation(row),
                     .language = book_.locales().tag(job.to),
                     .foreign = {}};
    for (const auto& [locale, texts] : corpus_.texts) {
      if (locale == job.from || locale == job.to) continue;
      input.foreign = texts[row % texts.size()];
      // Not always the first language of the list.
      if ((row + locale) % 3 == 0) break;
    }
    for (int f = 0; f < kFaultCount; ++f) {
      const std::optional<std::string> bad = Inject(static_cast<Fault>(f), input);
      if (!bad) continue;
      if (static_cast<Fault>(f) == Fault::kEmojiDropped) {
        // The gate never sees it: the pipeline asks anew when a marker is lost.
        m->faults[f].Add(!SplitAtMarkers(*bad, 1).has_value());
        continue;
      }
      if (*bad == input.translation) continue;
      m->faults[f].Add(gate_.Judge({input.source, *bad, job.from, job.to}).has_value());
    }
  }

  const Book& book_;
  const Gate& gate_;
  const RoundTrip& round_trip_;
  const Corpus& corpus_;
};

// The .tsv files of a folder and of the folders in it, in order.
std::vector<fs::path> Tables(const std::string& folder) {
  std::vector<fs::path> folders = {folder};
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename();
    const bool training = name.size() >= 5 && name.substr(name.size() - 5) == "train";
    if (entry.is_directory() && !training) folders.push_back(entry.path());
  }
  std::vector<fs::path> tables;
  for (const fs::path& each : folders) {
    for (const auto& entry : fs::directory_iterator(each, error)) {
      if (entry.path().extension() == ".tsv") tables.push_back(entry.path());
    }
  }
  std::sort(tables.begin(), tables.end());
  return tables;
}

}  // namespace

absl::StatusOr<Evaluation> Evaluate(const std::string& folder, const Translator& translator) {
  if (!fs::is_directory(folder)) return absl::NotFoundError(StrCat(folder, ": no such folder"));
  Corpus corpus;
  CorpusReader reader(translator.book(), &corpus);
  for (const fs::path& table : Tables(folder)) reader.Read(table);
  if (corpus.jobs.empty()) {
    return absl::NotFoundError(StrCat(folder, ": holds no file named FROM-TO.tsv with rows"));
  }
  const Measurer measurer(translator, corpus);
  std::vector<Measurement> measurements(corpus.jobs.size());
  std::vector<std::vector<FalseRefusal>> refusals(corpus.jobs.size());
  std::atomic<size_t> next = 0;
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency()); ++i) {
    threads.emplace_back([&] {
      for (size_t job; (job = next++) < corpus.jobs.size();) {
        measurements[job] = measurer.Measure(corpus.jobs[job], &refusals[job]);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  Evaluation evaluation{std::move(measurements), {}, std::move(corpus.skipped)};
  for (std::vector<FalseRefusal>& each : refusals) {
    std::move(each.begin(), each.end(), std::back_inserter(evaluation.false_refusals));
  }
  return evaluation;
}

}  // namespace signalbook
